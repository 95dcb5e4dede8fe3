/**
 * What is most worth a person's minute. Each exchange gets one reason, and the reasons take turns by their shares, so that
 * whoever stops after ten minutes has seen something of each:
 *
 *     audit         by lot, whatever was said: what reviews find here holds for all (drawn first, so that nothing biases it)
 *     held          made rows of a batch that is held, the least likely good first: they decide whether it may go
 *     conflicting   people contradict each other, and one word settles it
 *     influence     moves the estimated share of good answers most: p(1 − p) / π² is its part of the estimate's variance
 *                   (Horvitz & Thompson 1952)
 *     uncertain     P(good) is nearest to even odds (uncertainty sampling, Lewis & Gale 1994)
 *
 * Within a reason tasks take turns too. Pure: the same candidates and seed, the same order, in whatever order they come.
 */
import { fingerprint } from "../core/hash.ts";

export const REVIEW_REASONS = ["audit", "held", "conflicting", "influence", "uncertain"] as const;
export type ReviewReason = (typeof REVIEW_REASONS)[number];

export interface ReviewCandidate {
  id: string;
  task: string;
  /** In (0, 1). */
  pGood: number;
  /** Does anything speak for or against it? Of others nothing is known, and each is as good as the next. */
  isJudged: boolean;
  isConflicting: boolean;
  /** Has it made rows of a batch that is held? */
  isHeld: boolean;
  /** Was it chosen without a look at what people said? */
  isBlind: boolean;
  /** With which it was drawn; null: no night has come to it. */
  inclusionProbability: number | null;
}

export interface ReviewPick {
  id: string;
  task: string;
  reason: ReviewReason;
  pGood: number;
}

/** Of ten items: so many of each reason, as long as there are any. */
const SHARES: Readonly<Record<ReviewReason, number>> = {
  audit: 0.1,
  held: 0.25,
  conflicting: 0.3,
  influence: 0.15,
  uncertain: 0.2,
};
/** Further from even odds a person's word changes little. */
const UNCERTAIN_DISTANCE_MAX = 0.25;

export function orderQueue(
  candidates: readonly ReviewCandidate[],
  { seed, itemsMax }: { seed: string; itemsMax: number },
): ReviewPick[] {
  const sorted = candidates.toSorted(byId);
  const left = new Map(sorted.map((one) => [one.id, one]));
  const take = (chosen: readonly ReviewCandidate[]) => {
    for (const { id } of chosen) left.delete(id);
    return [...chosen];
  };
  const among = (fits: (one: ReviewCandidate) => boolean) => [...left.values()].filter(fits);
  const part = (reason: ReviewReason) => Math.ceil(SHARES[reason] * itemsMax);
  const audit = byLot(among(({ isBlind }) => isBlind), seed).slice(0, part("audit")); // biome-ignore format: one line a reason
  const lists: Record<ReviewReason, ReviewCandidate[]> = {
    audit: take(audit),
    held: take(
      inTurns(
        among(({ isHeld }) => isHeld),
        ({ pGood }) => 1 - pGood,
      ),
    ),
    conflicting: take(
      inTurns(
        among(({ isConflicting }) => isConflicting),
        nearness,
      ),
    ),
    influence: take(
      inTurns(
        among((one) => influence(one) > 0),
        influence,
      ).slice(0, part("influence")),
    ),
    uncertain: take(inTurns(among(isUncertain), nearness)),
  };
  return interleave(lists, itemsMax);
}

function isUncertain({ isJudged, pGood }: ReviewCandidate): boolean {
  return isJudged && Math.abs(pGood - 0.5) <= UNCERTAIN_DISTANCE_MAX;
}

/** To even odds: 1 at P(good) = 0.5, 0 at either end. */
function nearness({ pGood }: ReviewCandidate): number {
  return 1 - Math.abs(2 * pGood - 1);
}

/** 0 where it was drawn for certain, as it stands for itself alone. */
function influence({ pGood, inclusionProbability }: ReviewCandidate): number {
  if (inclusionProbability === null || inclusionProbability >= 1) return 0;
  return (pGood * (1 - pGood)) / inclusionProbability ** 2;
}

function byLot(candidates: readonly ReviewCandidate[], seed: string): ReviewCandidate[] {
  const lots = new Map(candidates.map(({ id }) => [id, fingerprint(`review\0${seed}\0${id}`)]));
  return candidates.toSorted((a, b) => ((lots.get(a.id) ?? "") < (lots.get(b.id) ?? "") ? -1 : 1));
}

/** The best of each task, then the second best of each, and so on. */
function inTurns(candidates: readonly ReviewCandidate[], worth: (one: ReviewCandidate) => number): ReviewCandidate[] {
  const turns = [...Map.groupBy(candidates, ({ task }) => task).values()].flatMap((own) =>
    own.toSorted((a, b) => worth(b) - worth(a) || byId(a, b)).map((one, turn) => ({ one, turn })),
  );
  turns.sort((a, b) => a.turn - b.turn || worth(b.one) - worth(a.one) || byId(a.one, b.one));
  return turns.map(({ one }) => one);
}

/** The reason that is furthest behind its share is next (Webster's method, as seats are shared out). */
function interleave(lists: Record<ReviewReason, ReviewCandidate[]>, itemsMax: number): ReviewPick[] {
  const picks: ReviewPick[] = [];
  const taken: Record<ReviewReason, number> = { audit: 0, held: 0, conflicting: 0, influence: 0, uncertain: 0 };
  const behind = (reason: ReviewReason) => (taken[reason] + 0.5) / SHARES[reason];
  while (picks.length < itemsMax) {
    const open = REVIEW_REASONS.filter((reason) => taken[reason] < lists[reason].length);
    const [reason] = open.toSorted((a, b) => behind(a) - behind(b));
    const one = reason && lists[reason][taken[reason]];
    if (reason === undefined || one === undefined) break;
    taken[reason]++;
    picks.push({ id: one.id, task: one.task, reason, pGood: one.pGood });
  }
  return picks;
}

/** Ids of equal worth by their random end: by their time the oldest would always come first. */
function byId(a: ReviewCandidate, b: ReviewCandidate): number {
  const [x, y] = [a.id.slice(-12) + a.id, b.id.slice(-12) + b.id];
  return x < y ? -1 : x > y ? 1 : 0;
}
