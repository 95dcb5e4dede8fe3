/**
 * What people said of an exchange outright, as votes: one for each actor, for or against, more or less strongly. A reviewer's
 * is the review, whatever they mended beside it.
 */
import type { Feedback } from "../core/feedback.ts";
import type { Vote } from "./actors.ts";
import { isReview, WEIGHTS, weigh } from "./weights.ts";

export function votesOf(feedback: readonly Feedback[]): Vote[] {
  const votes: Vote[] = [];
  for (const [actor, pieces] of Map.groupBy(feedback.filter(labels), (piece) => piece.actor)) {
    const [first] = pieces;
    const review = pieces.find(isReview);
    if (first !== undefined && review !== undefined) {
      votes.push({ exchangeId: first.exchangeId, actor, up: review.value === "up", strength: 1, isReview: true });
      continue;
    }
    const net = pieces.reduce((sum, piece) => sum + weigh(piece).logOdds, 0);
    const up = net > 0;
    const strength = Math.min(1, Math.abs(net / thumb(up)));
    if (first !== undefined && strength > 0) votes.push({ exchangeId: first.exchangeId, actor, up, strength });
  }
  return votes;
}

/** By how much the priors' log-odds of what an actor said have to be multiplied, if his vote is worth `logOdds`. */
export function multiplierOf({ up, strength }: Vote, logOdds: number): number {
  return logOdds / (strength * thumb(up));
}

export function labels(piece: Feedback): boolean {
  return weigh(piece).labels;
}

function thumb(up: boolean): number {
  return up ? WEIGHTS.thumbUp.logOdds : WEIGHTS.thumbDown.logOdds;
}
