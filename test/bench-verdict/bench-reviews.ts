/**
 * What reviews bring, on school-maths answers of known truth, whose siblings are not looked at: a night's judgement after so
 * many reviews, chosen by lot or by the review queue, beside the same night without any.
 *
 *     node test/bench-verdict/bench-reviews.ts [FILE]
 */
import { resolve } from "node:path";
import type { Feedback } from "../../shared/core/feedback.ts";
import { fingerprint, uniform } from "../../shared/core/hash.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { orderQueue } from "../../shared/review/order-queue.ts";
import { judgeNight, type NightJudgement } from "../../workers/curator/judge-night.ts";
import { NightRows } from "../../workers/curator/night-rows.ts";
import { readAnswers } from "./gsm8k.ts";
import { auc, calibrationError, mean, precisionAt, type Ranked } from "./measures.ts";
import { castVotes } from "./simulated-users.ts";

const FILE = process.argv[2] ?? resolve(import.meta.dirname, "../../../shared/data/gsm8k.jsonl");
const COVERAGES = [0.03, 0.1, 0.3];
const REVIEWS = [0, 50, 100, 200];
const SEEDS = [1, 2, 3, 4, 5];
const VOTES_PER_USER = 15;
/** A reviewer is wrong in three of a hundred: what their prior says (shared/verdict/weights.ts). */
const REVIEWER_ERRS = 0.03;
const PARTS = { actors: true, agreement: false, scorer: true };

type Answers = ReturnType<typeof readAnswers>;
type Said = Map<string, Feedback[]>;
type Choose = (night: NightJudgement, options: { answers: Answers; seed: number; count: number }) => string[];

const WAYS: Record<string, Choose> = {
  "by lot": (_night, { answers, seed, count }) => byLot(answers, seed).slice(0, count),
  "by the queue": (night, { answers, seed, count }) => {
    const blind = new Set(byLot(answers, seed).slice(0, answers.length / 20));
    const candidates = answers.map(({ id }) => {
      const { pGood = 0.5, grounds = [], conflicting = false } = night.judgementOf(id) ?? {};
      const known = { isJudged: grounds.length > 0, isConflicting: conflicting, isHeld: false, isBlind: blind.has(id) };
      // as of an exchange, an id tells nothing of its prompt
      return { id: fingerprint(id), task: "maths", pGood, ...known, inclusionProbability: null };
    });
    const own = new Map(answers.map(({ id }) => [fingerprint(id), id]));
    return orderQueue(candidates, { seed: String(seed), itemsMax: count }).flatMap(({ id }) => own.get(id) ?? []);
  },
};

const answers = readAnswers(FILE);
console.log(
  `${answers.length} answers, ${SEEDS.length} seeds; precision of as many of the best as there are thumbs up, in all answers`,
);
for (const coverage of COVERAGES) {
  console.log(`\n${100 * coverage}% voted on\nreviews  chosen         precision   AUC  calibration error`);
  for (const count of REVIEWS) {
    for (const [way, choose] of Object.entries(WAYS)) {
      if (count === 0 && way !== "by lot") continue;
      const runs = SEEDS.map((seed) => runOnce({ coverage, seed, count, choose }));
      const at = (name: keyof (typeof runs)[number]) => mean(runs.map((run) => run[name]));
      const line = [
        `${(100 * at("precision")).toFixed(1)}%`,
        at("auc").toFixed(3),
        `${(100 * at("error")).toFixed(1)} points`,
      ];
      console.log(`${String(count).padStart(7)}  ${(count === 0 ? "–" : way).padEnd(14)} ${line.join("  ")}`);
    }
  }
}

function runOnce({ coverage, seed, count, choose }: { coverage: number; seed: number; count: number; choose: Choose }) {
  const cast = castVotes({ answers, coverage, votesPerUser: VOTES_PER_USER, seed });
  const before = judge(cast, seed);
  const chosen = new Set(count === 0 ? [] : choose(before, { answers, seed, count }));
  const said: Said = new Map(cast);
  for (const { id, correct } of answers) {
    if (chosen.has(id)) said.set(id, [...(said.get(id) ?? []), review(id, correct !== errs(id, seed))]);
  }
  const after = count === 0 ? before : judge(said, seed);
  // what was reviewed is known now, and is left out: what is asked is what the others gain
  const ranked = answers
    .filter(({ id }) => !chosen.has(id))
    .map(({ id, correct }): Ranked => ({ id, score: after.judgementOf(id)?.pGood ?? 0.5, truth: Number(correct) }));
  const thumbsUp = [...cast.values()].filter(([first]) => first?.value === "up").length;
  return { precision: precisionAt(ranked, thumbsUp), auc: auc(ranked), error: calibrationError(ranked) };
}

function judge(said: Said, seed: number): NightJudgement {
  const night = new NightRows();
  for (const { id, prompt, model, text } of answers) {
    const body = { prompt, answer: text, finishReason: null };
    night.add({ id, task: "maths", model, promptKey: prompt, feedback: said.get(id) ?? [], text: body });
  }
  return judgeNight(night, { seed: `bench-${seed}`, parts: PARTS });
}

function review(id: string, up: boolean): Feedback {
  const plain = { name: "", actor: "reviewer:key k1", text: null, atMs: 1, eventId: `${id} review` };
  return { exchangeId: id as ExchangeId, kind: "review", value: up ? "up" : "down", ...plain };
}

function errs(id: string, seed: number): boolean {
  return uniform("review", String(seed), id) < REVIEWER_ERRS;
}

function byLot(of: Answers, seed: number): string[] {
  const lots = new Map(of.map(({ id }) => [id, uniform("lot", String(seed), id)]));
  return of.map(({ id }) => id).sort((a, b) => (lots.get(a) ?? 0) - (lots.get(b) ?? 0));
}
