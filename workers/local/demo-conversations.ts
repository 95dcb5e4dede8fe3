/**
 * What the demo sends: conversations with their answers, and who says what about them. Either made here (a shop's
 * support desk, no two runs alike), or read from a JSONL file, a line each in one of the forms
 *
 *     {"prompt": "…", "groundTruth"?: "…", "answers": [{"model": "…", "text": "…", "correct"?: true}]}
 *     {"messages": [{"role": "user", "content": "…"}, …], "response"?: "…", "thumbsUp"?: n, "thumbsDown"?: n}
 *
 * Votes on answers of known truth are simulated: 70% of users err 5% of the time, 20% err 30%, 10% err 85%.
 */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import type { Message } from "../../shared/core/exchange.ts";

export interface DemoExchange {
  model: string;
  messages: Message[];
  /** What the stand-in will answer; undefined: what it thinks of itself. */
  answer: string | undefined;
  user: string;
  feedback: { kind: "thumb" | "correction" | "copied"; value?: "up" | "down"; text?: string }[];
  /** Is the answer right? undefined where nobody knows. */
  correct: boolean | undefined;
}

export interface DemoData {
  exchanges: DemoExchange[];
  /** Texts that are right, as answers or as corrections; empty where nobody knows. */
  rightTexts: Set<string>;
}

/** A number in [0, 1), from a seeded generator. */
export type Random = () => number;

const answerSchema = z.object({ model: z.string(), text: z.string(), correct: z.boolean().optional() });
const promptSchema = z.object({
  prompt: z.string(),
  groundTruth: z.string().optional(),
  answers: z.array(answerSchema),
});
const messagesSchema = z.object({
  messages: z.array(z.object({ role: z.string(), content: z.string() })).min(1),
  response: z.string().optional(),
  thumbsUp: z.number().optional(),
  thumbsDown: z.number().optional(),
});

export async function readConversations(file: string, random: Random): Promise<DemoData> {
  const data: DemoData = { exchanges: [], rightTexts: new Set() };
  const lines = (await readFile(file, "utf8")).split("\n");
  for (const [at, line] of lines.entries()) {
    if (line.trim() === "") continue;
    const json: unknown = JSON.parse(line);
    const asked = promptSchema.safeParse(json);
    const said = messagesSchema.safeParse(json);
    if (asked.success) addAnswers(data, asked.data, random);
    else if (said.success) data.exchanges.push(fromMessages(said.data, data.exchanges.length));
    else throw new Error(`${file}:${at + 1} is of neither form: it has prompt and answers, or messages`);
  }
  return data;
}

/** Share of calls whose user says anything at all. */
const COVERAGE = 0.3;
/** Share of thumbs down that come with a correction. */
const CORRECTED = 0.2;

function addAnswers(data: DemoData, line: z.infer<typeof promptSchema>, random: Random): void {
  if (line.groundTruth !== undefined) data.rightTexts.add(line.groundTruth);
  for (const answer of line.answers) {
    const user = `user-${Math.floor(random() * 200)}`;
    if (answer.correct === true) data.rightTexts.add(answer.text);
    data.exchanges.push({
      model: answer.model,
      messages: [{ role: "user", content: line.prompt }],
      answer: answer.text,
      user,
      feedback: random() < COVERAGE ? simulateVote({ user, answer, line, random }) : [],
      correct: answer.correct,
    });
  }
}

function simulateVote(options: {
  user: string;
  answer: z.infer<typeof answerSchema>;
  line: z.infer<typeof promptSchema>;
  random: Random;
}): DemoExchange["feedback"] {
  const { user, answer, line, random } = options;
  const number = Number(user.slice("user-".length)) % 10;
  const errs = number < 7 ? 0.05 : number < 9 ? 0.3 : 0.85;
  const mistaken = random() < errs;
  const up = (answer.correct ?? true) !== mistaken;
  const feedback: DemoExchange["feedback"] = [{ kind: "thumb", value: up ? "up" : "down" }];
  if (up || random() >= CORRECTED) return feedback;
  const wrong = line.answers.find((other) => other.correct === false)?.text;
  const text = mistaken ? wrong : line.groundTruth;
  return text === undefined ? feedback : [...feedback, { kind: "correction", text }];
}

function fromMessages(line: z.infer<typeof messagesSchema>, index: number): DemoExchange {
  const messages = [...line.messages];
  const last = messages.at(-1);
  const answer = line.response ?? (last?.role === "assistant" ? messages.pop()?.content : undefined);
  const up = Array.from({ length: line.thumbsUp ?? 0 }, () => ({ kind: "thumb" as const, value: "up" as const }));
  const down = Array.from({ length: line.thumbsDown ?? 0 }, () => ({ kind: "thumb" as const, value: "down" as const }));
  // Several answers to one question are told apart by their model.
  return { model: `recorded-${index}`, messages, answer, user: "", feedback: [...up, ...down], correct: undefined };
}

const TOPICS = [
  "a late parcel",
  "a broken zip",
  "the wrong colour",
  "a missing invoice",
  "a double charge",
  "a lost password",
];
const WISHES = [
  "Tell the customer what happens next.",
  "Write a short apology.",
  "List the steps to take.",
  "Ask for what is missing.",
];

/** A day at a support desk: `count` calls, a third of them with feedback. */
export function makeConversations(count: number, random: Random): DemoData {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const exchanges = Array.from({ length: count }, (): DemoExchange => {
    const order = 10_000 + Math.floor(random() * 90_000);
    const say = random();
    const feedback: DemoExchange["feedback"] = [];
    if (say < 0.2) feedback.push({ kind: "thumb", value: "up" });
    else if (say < 0.28) feedback.push({ kind: "thumb", value: "down" });
    else if (say < 0.33) {
      feedback.push({
        kind: "correction",
        text: `Dear customer, order ${order} is with us and you will hear from us today.`,
      });
    } else if (say < 0.38) feedback.push({ kind: "copied" });
    return {
      model: say > 0.95 ? "standin-truncated" : "standin-1",
      messages: [
        { role: "system", content: "You answer for the support desk of a small shop, kindly and in three sentences." },
        { role: "user", content: `Order ${order}: the customer writes about ${pick(TOPICS)}. ${pick(WISHES)}` },
      ],
      answer: undefined,
      user: `user-${Math.floor(random() * 40)}`,
      feedback,
      correct: undefined,
    };
  });
  return { exchanges, rightTexts: new Set() };
}
