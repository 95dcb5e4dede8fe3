/**
 * May this batch be published? It is compared with generation 0 (the first batch that people and base models alone
 * wrote, frozen, so that a slow decline cannot hide) and with the last seven batches (so that a sudden one shows even
 * where generation 0 is far away). Over a threshold the batch is held, with every reason; a person may release it.
 * Pure: no clock, no storage, no randomness.
 */
import { type Advice, adviceFor, type EarlierBatch } from "./advice.ts";
import { type Baselines, type Comparison, compareTail, compareText } from "./compare.ts";
import { compareLineage } from "./compare-lineage.ts";
import { type GuardMeasures, selfWritten, TEXT_MEASURES } from "./measures.ts";
import { reasonText } from "./reason-text.ts";
import { RECENT_MAX, RECENT_MIN, REFERENCE_ROWS_MIN, type Thresholds } from "./thresholds.ts";

export interface GuardInput {
  measures: GuardMeasures;
  /** null: there is none yet. */
  generation0: GuardMeasures | null;
  /** Published batches, newest last; held ones that nobody released are left out. The last seven are used. */
  recent: readonly GuardMeasures[];
  thresholds: Thresholds;
  /** What there is to mix in, for the advice. */
  earlier?: readonly EarlierBatch[];
}

export interface GuardResult {
  held: boolean;
  reasons: Reason[];
  advice: Advice;
  /** Everything that could be compared, over its threshold or not. */
  compared: Comparison[];
  /** What could not, and why. */
  notCompared: NotCompared[];
  /** May this batch be the app's and task's generation 0 from now on? Only ever true where there was none. */
  becomesGeneration0: boolean;
}

export interface Reason extends Pick<Comparison, "measure" | "against" | "value" | "baseline" | "threshold"> {
  text: string;
}

export interface NotCompared {
  measure: string;
  against: Comparison["against"];
  because: "no_baseline" | "too_little_text";
}

export function guard({ measures, generation0, recent, thresholds, earlier = [] }: GuardInput): GuardResult {
  const lastSeven = recent.slice(-RECENT_MAX);
  const sides: Baselines[] = [
    { against: "generation 0", baselines: generation0 === null ? [] : [generation0] },
    { against: "recent", baselines: lastSeven.length < RECENT_MIN ? [] : lastSeven },
  ];
  const compared = compareLineage({ batch: measures, generation0, recent: lastSeven, thresholds });
  const notCompared: NotCompared[] = [];
  for (const side of sides) {
    for (const { measure, comparison } of compareAll(measures, side, thresholds)) {
      if (comparison !== null) compared.push(comparison);
      else notCompared.push({ measure, against: side.against, because: whyNot(side) });
    }
  }
  const reasons = compared.filter(({ over }) => over).map(reasonOf);
  const held = reasons.length > 0;
  return {
    ...{ held, reasons, compared, notCompared },
    advice: adviceFor({ measures, earlier }),
    becomesGeneration0: !held && generation0 === null && isGeneration0(measures),
  };
}

/** Written by people and base models alone, as far as anyone registered, and large enough to compare with. */
export function isGeneration0(measures: GuardMeasures): boolean {
  return measures.rows >= REFERENCE_ROWS_MIN && selfWritten(measures, 1) === 0;
}

function compareAll(batch: GuardMeasures, side: Baselines, thresholds: Thresholds) {
  const texts = TEXT_MEASURES.map((measure) => ({
    measure: measure as string,
    comparison: compareText(measure, { batch, ...side, threshold: thresholds.text[measure] }),
  }));
  const comparison = compareTail(batch, side, thresholds.tailCoverageMin);
  return [...texts, { measure: "tailCoverage", comparison }];
}

function whyNot({ baselines }: Baselines): NotCompared["because"] {
  return baselines.length === 0 ? "no_baseline" : "too_little_text";
}

function reasonOf(comparison: Comparison): Reason {
  const { measure, against, value, baseline, threshold } = comparison;
  return { measure, against, value, baseline, threshold, text: reasonText(comparison) };
}
