/**
 * The verdict on one exchange: every piece of evidence as an independent voter in log-odds (naive Bayes).
 * Pure: the same evidence gives the same verdict, whatever the order; taking a word back takes its effect back.
 *
 * `verdictOf` knows nothing but the priors. `judge` also knows what a night has learned: the task's base rate, how far
 * each actor can be believed, what behaviour means in this app, how answers to the same prompt agree, the scorer.
 */
import type { Ground } from "../core/example.ts";
import type { Feedback } from "../core/feedback.ts";
import { round6, sigmoid } from "../core/probability.ts";
import type { VoteWeight } from "./actors.ts";
import { isReview, weigh } from "./weights.ts";

export interface Verdict {
  /** In (0, 1); 0.5 where nothing is known. */
  pGood: number;
  grounds: Ground[];
  /** Is there evidence that may make an example? */
  labelled: boolean;
  /**
   * Do labelling voters contradict each other? A correction speaks for itself and counts for no side; where somebody has
   * reviewed it, reviewers alone can.
   */
  conflicting: boolean;
}

export interface Judgement extends Verdict {
  /** 95%, from not knowing well enough what each voter is worth. */
  interval: { low: number; high: number };
  /** Who says good and who says bad, where both are said: by their words, whatever these turn out to be worth. */
  sides: { good: string[]; bad: string[] } | null;
}

/** What else is known of an exchange, and what its words are worth. */
export interface Evidence {
  /** Log-odds of "good" in its task, before anything is known. */
  base: VoteWeight;
  /** What is known without any person's word, each by its name ("agreement", "scorer", "same_answer", "judge"). */
  voices: readonly (VoteWeight & { kind: string; value: string | number })[];
  weightOf: (piece: Feedback) => VoteWeight;
}

/** What is learned, and not said by anyone: it makes no exchange one that people spoke of. */
const LEARNED = new Set(["base_rate", "agreement", "same_answer", "scorer", "judge"]);
export function isLearned(kind: string): boolean {
  return LEARNED.has(kind);
}

/**
 * Good enough for a target though nobody may have spoken of it: for what is known of this one answer. That most answers of
 * its task are good is known of all of them alike, and signs of behaviour rank and never label.
 */
export function isSurelyGood(
  { interval, grounds }: Pick<Judgement, "interval" | "grounds">,
  pGoodMin: number,
): boolean {
  const own = grounds.filter(({ kind }) => isLearned(kind) && kind !== "base_rate");
  return interval.low >= pGoodMin && own.reduce((sum, { logOdds }) => sum + logOdds, 0) > 0;
}

const TWO_SIDED_95 = 1.96;

const PRIOR_KNOWLEDGE: Evidence = {
  base: { logOdds: 0, variance: 0 },
  voices: [],
  weightOf: (piece) => ({ logOdds: weigh(piece).logOdds, variance: 0 }),
};

export function verdictOf(feedback: readonly Feedback[]): Verdict {
  const { pGood, grounds, labelled, conflicting } = judge(feedback, PRIOR_KNOWLEDGE);
  return { pGood, grounds, labelled, conflicting };
}

export function judge(feedback: readonly Feedback[], { base, voices, weightOf }: Evidence): Judgement {
  let { logOdds, variance } = base;
  const grounds: Ground[] = [];
  if (logOdds !== 0) grounds.push(learned({ kind: "base_rate", value: round6(sigmoid(logOdds)), logOdds }));
  for (const voice of voices) {
    logOdds += voice.logOdds;
    variance += voice.variance;
    grounds.push(learned(voice));
  }
  for (const piece of feedback) {
    const weight = weightOf(piece);
    logOdds += weight.logOdds;
    variance += weight.variance;
    grounds.push(groundOf(piece, weight.logOdds));
  }
  const reach = TWO_SIDED_95 * Math.sqrt(variance);
  const sides = sidesOf(feedback);
  return {
    pGood: probability(logOdds),
    interval: { low: probability(logOdds - reach), high: probability(logOdds + reach) },
    grounds,
    labelled: feedback.some((piece) => weigh(piece).labels),
    conflicting: sides !== null,
    sides,
  };
}

function sidesOf(feedback: readonly Feedback[]): Judgement["sides"] {
  const reviews = feedback.filter(isReview);
  const heard = reviews.length > 0 ? reviews : feedback;
  const spoken = heard.filter((piece) => piece.kind !== "correction" && weigh(piece).labels);
  const actors = (sign: number) =>
    [...new Set(spoken.filter((piece) => weigh(piece).logOdds * sign > 0).map(({ actor }) => actor))].sort();
  const [good, bad] = [actors(1), actors(-1)];
  return good.length > 0 && bad.length > 0 ? { good, bad } : null;
}

function groundOf(piece: Feedback, logOdds: number): Ground {
  const { kind, name, value, actor } = piece;
  return { kind, ...(name !== "" && { name }), value, actor, logOdds: round6(logOdds) };
}

function learned({ kind, value, logOdds }: { kind: string; value: string | number; logOdds: number }): Ground {
  return { kind, value, actor: "", logOdds: round6(logOdds) };
}

/** Never 0 or 1, to which a dozen thumbs would be rounded: no number of voters makes certain. */
function probability(logOdds: number): number {
  return Math.min(Math.max(round6(1 / (1 + Math.exp(-logOdds))), 1e-6), 1 - 1e-6);
}

export const VERDICT_CLASSES = ["corrected", "good", "bad", "conflicting", "weak", "none"] as const;
export type VerdictClass = (typeof VERDICT_CLASSES)[number];

/** The coarse classes by which sampling is stratified. */
export function classOf(verdict: Verdict): VerdictClass {
  if (verdict.grounds.some((ground) => ground.kind === "correction")) return "corrected";
  if (verdict.conflicting) return "conflicting";
  if (verdict.labelled) return verdict.pGood >= 0.5 ? "good" : "bad";
  return verdict.grounds.some((ground) => ground.logOdds !== 0 && !isLearned(ground.kind)) ? "weak" : "none";
}
