/**
 * Real answers with real, conflicting votes of several people, part of them hidden: what is said of the hidden ones, and
 * in which order answers to the same prompt come, beside the visible thumbs alone.
 */
import { readFileSync } from "node:fs";
import type { Feedback } from "../../shared/core/feedback.ts";
import { verdictOf } from "../../shared/verdict/verdict.ts";
import { judgeNight, type NightJudgement } from "../../workers/curator/judge-night.ts";
import type { Parts } from "../../workers/curator/learned.ts";
import { NightRows } from "../../workers/curator/night-rows.ts";
import { seeded } from "../unit/seeded.ts";
import { auc, calibrationError, mean, type Ranked } from "./measures.ts";
import { thumb } from "./simulated-users.ts";

interface Message {
  id: string;
  messages: { role: string; content: string }[];
  response: string;
  thumbsUp: number;
  thumbsDown: number;
  rank: number | null;
  parent: string;
  modelWritten: boolean;
}

export function readMessages(path: string): Message[] {
  const lines = readFileSync(path, "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as Message);
}

export interface Predicted {
  hiddenVotes: number;
  /** Of hidden votes. */
  auc: number;
  calibrationError: number;
  /** Minus mean log-likelihood of a hidden vote, nats. */
  logLoss: number;
  /** Of the messages that have visible votes too. */
  aucSeen: number;
  /** Share of sibling pairs, half for ties: by the annotators' rank, and by the share of hidden votes that are up. */
  pairsByRank: number;
  pairsByHidden: number;
  scorerUsed: number;
}

/** The share of visible thumbs that are up, drawn towards the share of all, as if by two more votes. */
export const VARIANTS: Record<string, Parts | "thumbs" | "priors"> = {
  "thumbs alone (smoothed share)": "thumbs",
  "priors only": "priors",
  "+ base rate": { actors: false, agreement: false, scorer: false },
  "+ actors": { actors: true, agreement: false, scorer: false },
  "+ scorer": { actors: true, agreement: false, scorer: true },
  "+ agreement (all)": { actors: true, agreement: true, scorer: true },
};
const HIDDEN_SHARE = 0.4;
const SMOOTHING_VOTES = 2;

export function runOnce(options: { messages: readonly Message[]; seed: number; variant: string }): Predicted {
  const { messages, seed, variant } = options;
  const random = seeded(seed);
  const votes = messages.map((message) => splitVotes(message, random));
  const scores = scoresOf({ messages, votes, how: VARIANTS[variant] ?? "priors", seed });
  const hidden = votes.flatMap(({ id, hidden }) =>
    hidden.map((up, at): Ranked => ({ id: `${id}-${at}`, score: scores.upOf(id), truth: Number(up) })),
  );
  const seen = new Set(votes.filter(({ visible }) => visible.length > 0).map(({ id }) => id));
  const hiddenShare = new Map(
    votes.filter((one) => one.hidden.length > 0).map((one) => [one.id, mean(one.hidden.map(Number))]),
  );
  return {
    hiddenVotes: hidden.length,
    auc: auc(hidden),
    calibrationError: calibrationError(hidden),
    logLoss: -mean(hidden.map(({ score, truth }) => Math.log(truth === 1 ? score : 1 - score))),
    aucSeen: auc(hidden.filter(({ id }) => seen.has(id.slice(0, id.lastIndexOf("-"))))),
    pairsByRank: pairsInOrder({ messages, score: scores.of, truth: ({ rank }) => (rank === null ? null : -rank) }),
    pairsByHidden: pairsInOrder({ messages, score: scores.of, truth: ({ id }) => hiddenShare.get(id) ?? null }),
    scorerUsed: Number(scores.scorerUsed),
  };
}

interface SplitVotes {
  id: string;
  visible: boolean[];
  hidden: boolean[];
}

function splitVotes({ id, thumbsUp, thumbsDown }: Message, random: () => number): SplitVotes {
  const all = [...Array<boolean>(thumbsUp).fill(true), ...Array<boolean>(thumbsDown).fill(false)];
  const split: SplitVotes = { id, visible: [], hidden: [] };
  for (const up of all) (random() < HIDDEN_SHARE ? split.hidden : split.visible).push(up);
  return split;
}

interface Scores {
  /** P(good), to rank by. */
  of: (id: string) => number;
  /** Probability that one more vote is up. */
  upOf: (id: string) => number;
  scorerUsed: boolean;
}

function scoresOf(options: {
  messages: readonly Message[];
  votes: readonly SplitVotes[];
  how: Parts | "thumbs" | "priors";
  seed: number;
}): Scores {
  const { messages, votes, how, seed } = options;
  const byId = new Map(votes.map((one) => [one.id, one.visible]));
  if (how === "thumbs") {
    const share = mean(votes.flatMap(({ visible }) => visible.map(Number)));
    const smoothed = (id: string) => smooth(byId.get(id) ?? [], share);
    return { of: smoothed, upOf: smoothed, scorerUsed: false };
  }
  const feedbackOf = (id: string) => (byId.get(id) ?? []).map((up, at) => thumb({ id, actor: `${id}-${at}`, up }));
  if (how === "priors") {
    const pGood = (id: string) => verdictOf(feedbackOf(id)).pGood;
    return { of: pGood, upOf: (id) => 0.84 * pGood(id) + 0.21 * (1 - pGood(id)), scorerUsed: false };
  }
  const night = judgeMessages({ messages, feedbackOf, how, seed });
  const { sensitivity, specificity } = night.typical;
  const pGood = (id: string) => night.judgementOf(id)?.pGood ?? 0.5;
  const upOf = (id: string) => sensitivity * pGood(id) + (1 - specificity) * (1 - pGood(id));
  return { of: pGood, upOf, scorerUsed: night.report?.used ?? false };
}

function judgeMessages(options: {
  messages: readonly Message[];
  feedbackOf: (id: string) => Feedback[];
  how: Parts;
  seed: number;
}): NightJudgement {
  const { messages, feedbackOf, how, seed } = options;
  const night = new NightRows();
  for (const { id, messages: conversation, response, parent, modelWritten } of messages) {
    const text = { prompt: conversation.at(-1)?.content ?? "", answer: response, finishReason: null };
    const model = modelWritten ? "model" : null;
    night.add({ id, task: "assistant", model, promptKey: parent, feedback: feedbackOf(id), text });
  }
  return judgeNight(night, { seed: `bench-${seed}`, parts: how });
}

function smooth(visible: readonly boolean[], share: number): number {
  const up = visible.filter((one) => one).length;
  return (up + SMOOTHING_VOTES * share) / (visible.length + SMOOTHING_VOTES);
}

function pairsInOrder(options: {
  messages: readonly Message[];
  score: (id: string) => number;
  truth: (message: Message) => number | null;
}): number {
  const { messages, score, truth } = options;
  let [pairs, right] = [0, 0];
  for (const [, siblings] of Map.groupBy(messages, ({ parent }) => parent)) {
    for (const [at, one] of siblings.entries()) {
      for (const other of siblings.slice(at + 1)) {
        const [a, b] = [truth(one), truth(other)];
        if (a === null || b === null || a === b) continue;
        const order = Math.sign(score(one.id) - score(other.id)) * Math.sign(a - b);
        pairs += 1;
        right += (1 + order) / 2;
      }
    }
  }
  return right / pairs;
}
