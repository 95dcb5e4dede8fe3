/**
 * What each kind of evidence adds to the log-odds of "this answer was good": the priors, before anything is learned
 * from an app's own feedback. Explicit words label; weak signals only rank (DESIGN.md, "Assemble").
 *
 * Where they come from:
 * - A thumb is right some 4 times in 5 when the user could tell at all: what people agree among themselves, and judges
 *   with people, on answers of models (Zheng et al. 2023, arXiv 2306.05685: 81% and 85%), so ±1.4 = logit(0.8).
 * - Down counts a little more than up: people prefer what flatters them (Sharma et al. 2023, arXiv 2310.13548), and
 *   bother to complain for a reason.
 * - Asking again is the strongest sign of dissatisfaction that behaviour gives (Hassan et al. 2013, CIKM, on reformulated
 *   queries): a regeneration weighs nearly as much as a thumb down.
 * - Taking what was offered tracks what people say of its use (Ziegler et al. 2022, on accepted completions); copying and
 *   keeping are weaker signs of the same, as dwelling is in search (Fox et al. 2005, TOIS).
 * - A review is ground: a person whose work it is, with the whole conversation before them. 3.5 = logit(0.97), as sure as any
 *   consensus is ever held to be (actors.ts), so that one outweighs two thumbs, and is never learned away.
 * They are where a night starts from: actors.ts re-estimates what a thumb is worth, estimate-weights.ts the behaviour.
 */
import type { Feedback, NextValue } from "../core/feedback.ts";

export interface Weight {
  logOdds: number;
  /** May make an example; the others only move P(good). */
  labels: boolean;
}

export const WEIGHTS_VERSION = "priors-3";

export const WEIGHTS = {
  reviewUp: { logOdds: 3.5, labels: true },
  reviewDown: { logOdds: -3.5, labels: true },
  thumbUp: { logOdds: 1.4, labels: true },
  thumbDown: { logOdds: -1.6, labels: true },
  /** Times (2 × rating − 1): a rating of 1 weighs as much as a thumb. */
  rating: { logOdds: 1.4, labels: true },
  /** The answer, not the correction, is what is judged; less where little was changed, if that is known. */
  correction: { logOdds: -1.2, labels: true },
  accepted: { logOdds: 1.2, labels: true },
  dismissed: { logOdds: -0.6, labels: false },
  regenerated: { logOdds: -1.2, labels: false },
  copied: { logOdds: 0.5, labels: false },
  retained: { logOdds: 0.5, labels: false },
  reverted: { logOdds: -0.8, labels: false },
  /** A metric that is true or false says something of the outcome, if not of the answer alone. */
  metricTrue: { logOdds: 0.8, labels: false },
  metricFalse: { logOdds: -0.8, labels: false },
  /** The beacon's own metric: left without anything done with the answer, which also happens to good ones. */
  abandoned: { logOdds: -0.2, labels: false },
  /** What the user says next, as rules read it (shared/next): rules err, and thanks are often manners. */
  nextThanks: { logOdds: 0.4, labels: false },
  nextComplaint: { logOdds: -0.9, labels: false },
  nextCorrection: { logOdds: -0.7, labels: false },
  nextRephrase: { logOdds: -0.5, labels: false },
  nextLeft: { logOdds: -0.2, labels: false },
} as const satisfies Record<string, Weight>;

export type Signal = keyof typeof WEIGHTS;

export type WeightName = keyof typeof WEIGHTS;

const NOTHING: Weight = { logOdds: 0, labels: false };

const NEXT: Readonly<Record<NextValue, WeightName>> = {
  thanks: "nextThanks",
  complaint: "nextComplaint",
  correction: "nextCorrection",
  rephrase: "nextRephrase",
  left: "nextLeft",
};

export function weigh(feedback: Feedback): Weight {
  const { kind, value } = feedback;
  if (kind === "rating") {
    const rating = typeof value === "number" ? value : 0.5;
    return { logOdds: WEIGHTS.rating.logOdds * (2 * rating - 1), labels: rating !== 0.5 };
  }
  if (kind === "correction" && feedback.changed !== undefined) {
    return { logOdds: WEIGHTS.correction.logOdds * severity(feedback.changed), labels: true };
  }
  const name = weightNameOf(feedback);
  return name === null ? NOTHING : WEIGHTS[name];
}

/**
 * A correction that changes a third of the answer speaks fully against it, one that mends a comma rather for it: whoever cares
 * to mend so little thought the rest was right.
 */
function severity(changed: number): number {
  return Math.min(1, (changed - 0.08) / 0.25);
}

/** A reviewer's word, which settles what others dispute. */
export function isReview({ kind }: { kind: string }): boolean {
  return kind === "review";
}

/** null: it weighs nothing. A comment's words are not understood, and a metric that is a number has no known scale. */
export function weightNameOf({ kind, name, value }: Feedback): WeightName | null {
  if (kind === "comment") return null;
  if (kind === "review") return value === "up" ? "reviewUp" : "reviewDown";
  if (kind === "thumb") return value === "up" ? "thumbUp" : "thumbDown";
  if (kind === "next") return NEXT[value as NextValue] ?? null;
  if (kind !== "metric") return kind;
  if (typeof value !== "boolean") return null;
  if (name === "abandoned") return value ? "abandoned" : null;
  return value ? "metricTrue" : "metricFalse";
}
