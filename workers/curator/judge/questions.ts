/** From rows and pairs to questions: who may be judged at all, and what is to be asked in which order. Pure. */
import type { Message } from "../../../shared/core/exchange.ts";
import { cacheKey, type Order } from "../../../shared/judge/cache-key.ts";
import { textOfMessage } from "../../../shared/judge/conversation-text.ts";
import { type KnownFamilies, mayJudge } from "../../../shared/judge/family.ts";
import type { Rubric } from "../../../shared/judge/rubric.ts";
import { QUESTIONS_MAX } from "./bounds.ts";
import type { JudgeEndpoint } from "./judge-endpoint.ts";

export interface JudgeRow {
  id: string;
  /** Who wrote the answer; "human" for people, null where nobody knows. */
  model: string | null;
  messages: readonly Message[];
  answer: Message;
  /** What people said of it, if they did. */
  people?: "good" | "bad" | undefined;
}

export interface JudgePair {
  id: string;
  messages: readonly Message[];
  first: { model: string | null; answer: Message };
  second: { model: string | null; answer: Message };
  people?: "first" | "second" | "tie" | undefined;
}

export interface OpenQuestion {
  id: string;
  order: Order;
  messages: readonly Message[];
  answers: readonly [Message] | readonly [Message, Message];
  key: string;
}

export type LeftOutBecause = "own_family" | "model_unknown" | "answer_empty" | "step_full";

export interface Questions {
  open: OpenQuestion[];
  /** By `rows/<id>` or `pairs/<id>`. */
  leftOut: Map<string, LeftOutBecause>;
}

/** Pairs first, both orders side by side: they are few, and what judges do best. */
export function questionsOf(work: {
  rows: readonly JudgeRow[];
  pairs: readonly JudgePair[];
  endpoint: JudgeEndpoint;
  rubric: Rubric;
  families?: KnownFamilies | undefined;
}): Questions {
  const questions: Questions = { open: [], leftOut: new Map() };
  for (const { id, messages, first, second } of work.pairs) {
    const [one, other] = [first.answer, second.answer];
    add(questions, work, {
      name: pairName(id),
      models: [first.model, second.model],
      ask: [
        { order: "AB", messages, answers: [one, other] },
        { order: "BA", messages, answers: [other, one] },
      ],
    });
  }
  for (const { id, messages, model, answer } of work.rows) {
    add(questions, work, {
      name: rowName(id),
      models: [model],
      ask: [{ order: "points", messages, answers: [answer] }],
    });
  }
  return questions;
}

export function rowName(id: string): string {
  return `rows/${id}`;
}

export function pairName(id: string): string {
  return `pairs/${id}`;
}

interface Wanted {
  name: string;
  models: readonly (string | null)[];
  ask: readonly Omit<OpenQuestion, "id" | "key">[];
}

function add(questions: Questions, work: Parameters<typeof questionsOf>[0], { name, models, ask }: Wanted): void {
  const because = leaveOut(questions, work, { name, models, ask });
  if (because !== undefined) {
    questions.leftOut.set(name, because);
    return;
  }
  const { provider, model, replyTokensMax } = work.endpoint;
  const judge = { rubricVersion: work.rubric.version, provider, model, replyTokensMax };
  for (const one of ask) questions.open.push({ ...one, id: name, key: cacheKey({ ...judge, ...one }) });
}

function leaveOut(
  questions: Questions,
  work: Parameters<typeof questionsOf>[0],
  { models, ask }: Wanted,
): LeftOutBecause | undefined {
  if (models.includes(null)) return "model_unknown";
  if (!mayJudge(work.endpoint.model, models, work.families)) return "own_family";
  if (ask.some(({ answers }) => answers.some((answer) => textOfMessage(answer).trim() === ""))) return "answer_empty";
  return questions.open.length + ask.length > QUESTIONS_MAX ? "step_full" : undefined;
}
