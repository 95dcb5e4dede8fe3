/**
 * May a judge's word decide, or only rank? It may decide ("gate") what becomes of a row only where people labelled enough of
 * the same rows, of each kind, and agreed with it surely enough. Until then its scores are an order and nothing more.
 */
import type { Preference, Preferred } from "./both-orders.ts";
import { GOOD_FROM, KAPPA_LOW_MIN, LABELS_MIN, LABELS_OF_EACH_MIN } from "./bounds.ts";
import { cohensKappa, type Kappa, type Labelled } from "./kappa.ts";
import { type LengthSlope, lengthSlope } from "./length-slope.ts";

/** A judged row or pair that people spoke of too. Kept from night to night; the newest of an id counts. */
export type Compared =
  | { kind: "points"; id: string; score: number; people: "good" | "bad" }
  | { kind: "pair"; id: string; preferred: Preferred; people: Preferred };

export interface Standing extends Kappa {
  calibrated: boolean;
  because: "agrees" | "too_few_labels" | "labels_of_one_kind" | "agreement_not_sure";
}

export function judgeStanding(labelled: readonly Labelled[]): Standing {
  const kappa = cohensKappa(labelled);
  const because = becauseOf(labelled, kappa);
  return { ...kappa, calibrated: because === "agrees", because };
}

function becauseOf(labelled: readonly Labelled[], kappa: Kappa): Standing["because"] {
  if (labelled.length < LABELS_MIN) return "too_few_labels";
  const byLabel = Map.groupBy(labelled, ({ people }) => people);
  const common = [...byLabel.values()].filter((rows) => rows.length >= LABELS_OF_EACH_MIN);
  if (common.length < 2) return "labels_of_one_kind";
  return kappa.low >= KAPPA_LOW_MIN ? "agrees" : "agreement_not_sure";
}

/** How one judge does by one rubric, for the manifest. */
export interface JudgeStanding {
  points: Standing;
  pairs: Standing;
  swap: { n: number; consistent: number; placeAWon: number; placeBWon: number };
  lengthSlope: LengthSlope;
}

export interface JudgedPair {
  preference: Preference;
  firstChars: number;
  secondChars: number;
}

/** @param options.compared of all nights, in their order; @param options.judged pairs of this night */
export function standingOf(options: { compared: readonly Compared[]; judged: readonly JudgedPair[] }): JudgeStanding {
  const newest = [...new Map(options.compared.map((one) => [`${one.kind}\0${one.id}`, one])).values()];
  const points = newest.flatMap((one) =>
    one.kind === "points" ? [{ judge: one.score >= GOOD_FROM ? "good" : "bad", people: one.people }] : [],
  );
  const pairs = newest.flatMap((one) => (one.kind === "pair" ? [{ judge: one.preferred, people: one.people }] : []));
  return {
    points: judgeStanding(points),
    pairs: judgeStanding(pairs),
    swap: swapOf(options.judged),
    lengthSlope: lengthSlope(options.judged.flatMap(lengthRow)),
  };
}

function swapOf(judged: readonly JudgedPair[]): JudgeStanding["swap"] {
  const count = (holds: (preference: Preference) => boolean) =>
    judged.filter(({ preference }) => holds(preference)).length;
  return {
    n: judged.length,
    consistent: count(({ consistent }) => consistent),
    placeAWon: count(({ placeWon }) => placeWon === "A"),
    placeBWon: count(({ placeWon }) => placeWon === "B"),
  };
}

function lengthRow({ preference, firstChars, secondChars }: JudgedPair) {
  if (preference.preferred === "tie") return [];
  return [{ prefersFirst: preference.preferred === "first", firstChars, secondChars }];
}
