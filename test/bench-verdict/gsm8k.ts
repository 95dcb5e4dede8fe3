/** School-maths answers with objective truth, and simulated users: what is selected, beside "export the thumbs-up". */
import { readFileSync } from "node:fs";
import type { Feedback } from "../../shared/core/feedback.ts";
import { verdictOf } from "../../shared/verdict/verdict.ts";
import { judgeNight } from "../../workers/curator/judge-night.ts";
import type { Parts } from "../../workers/curator/learned.ts";
import { NightRows } from "../../workers/curator/night-rows.ts";
import { auc, calibrationError, precisionAt, type Ranked } from "./measures.ts";
import { castVotes } from "./simulated-users.ts";

interface GivenAnswer {
  id: string;
  prompt: string;
  model: string;
  text: string;
  correct: boolean;
}

export function readAnswers(path: string): GivenAnswer[] {
  const lines = readFileSync(path, "utf8").trim().split("\n");
  return lines.flatMap((line, at) => {
    const { prompt, answers } = JSON.parse(line) as {
      prompt: string;
      answers: { model: string; text: string; correct: boolean }[];
    };
    return answers.map((answer, place) => ({ id: `p${at}-a${place}`, prompt, ...answer }));
  });
}

export interface Measured {
  rows: number;
  thumbsUp: number;
  precisionHalf: number;
  precisionFull: number;
  votedHalf: number;
  votedFull: number;
  errorAll: number;
  errorVoted: number;
  aucAll: number;
  aucVoted: number;
  scorerUsed: number;
}

export const VARIANTS: Record<string, Parts | "thumbs" | "priors"> = {
  "export the thumbs-up": "thumbs",
  "priors only": "priors",
  "+ base rate": { actors: false, agreement: false, scorer: false },
  "+ actors": { actors: true, agreement: false, scorer: false },
  "+ scorer": { actors: true, agreement: false, scorer: true },
  "+ agreement (all)": { actors: true, agreement: true, scorer: true },
  "all but the scorer": { actors: true, agreement: true, scorer: false },
  "all but actors": { actors: false, agreement: true, scorer: true },
};

export function runOnce(options: {
  answers: readonly GivenAnswer[];
  coverage: number;
  votesPerUser: number;
  seed: number;
  variant: string;
}): Measured {
  const { answers, variant, seed } = options;
  const cast = castVotes(options);
  const scores = scoresOf({ answers, cast, how: VARIANTS[variant] ?? "priors", seed });
  const ranked = answers.map(({ id, correct }): Ranked => ({ id, score: scores.of(id), truth: Number(correct) }));
  const voted = ranked.filter(({ id }) => cast.has(id));
  const thumbsUp = [...cast.values()].filter(([first]) => first?.value === "up").length;
  const half = Math.round(thumbsUp / 2);
  return {
    rows: cast.size,
    thumbsUp,
    precisionHalf: precisionAt(ranked, half),
    precisionFull: precisionAt(ranked, thumbsUp),
    votedHalf: precisionAt(voted, half),
    votedFull: precisionAt(voted, thumbsUp),
    errorAll: calibrationError(ranked),
    errorVoted: calibrationError(voted),
    aucAll: auc(ranked),
    aucVoted: auc(voted),
    scorerUsed: Number(scores.scorerUsed),
  };
}

function scoresOf(options: {
  answers: readonly GivenAnswer[];
  cast: ReadonlyMap<string, Feedback[]>;
  how: Parts | "thumbs" | "priors";
  seed: number;
}): { of: (id: string) => number; scorerUsed: boolean } {
  const { answers, cast, how, seed } = options;
  if (how === "thumbs") return { of: (id) => thumbScore(cast.get(id)), scorerUsed: false };
  if (how === "priors") return { of: (id) => verdictOf(cast.get(id) ?? []).pGood, scorerUsed: false };
  const night = new NightRows();
  for (const { id, prompt, model, text } of answers) {
    const body = { prompt, answer: text, finishReason: null };
    night.add({ id, task: "maths", model, promptKey: prompt, feedback: cast.get(id) ?? [], text: body });
  }
  const { judgementOf, report } = judgeNight(night, { seed: `bench-${seed}`, parts: how });
  return { of: (id) => judgementOf(id)?.pGood ?? 0.5, scorerUsed: report?.used ?? false };
}

function thumbScore(feedback: readonly Feedback[] | undefined): number {
  const value = feedback?.[0]?.value;
  return value === "up" ? 1 : value === "down" ? 0 : 0.5;
}
