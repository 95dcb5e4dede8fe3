/** What lineage alone says, whatever the texts look like: shares are counted, so they have no error. */
import type { Comparison } from "./compare.ts";
import { average } from "./estimate.ts";
import { type GuardMeasures, selfWritten } from "./measures.ts";
import { LINEAGE_ROWS_MIN, RECENT_MIN, type Thresholds } from "./thresholds.ts";

export interface LineageInput {
  batch: GuardMeasures;
  generation0: GuardMeasures | null;
  recent: readonly GuardMeasures[];
  thresholds: Thresholds;
}

/** Generation 0 stands for "nothing of our own" even where no such batch was kept. */
export function compareLineage({ batch, generation0, recent, thresholds }: LineageInput): Comparison[] {
  if (batch.rows < LINEAGE_ROWS_MIN) return [];
  const found = [
    share("deepSelfWrittenShare", selfWritten(batch, 2), thresholds.deepSelfWrittenShareMax),
    share("modelPromptShare", batch.modelPromptShare, thresholds.modelPromptShareMax),
  ];
  if (generation0 !== null) found.push(grounded(batch, { against: "generation 0", before: [generation0], thresholds }));
  if (recent.length >= RECENT_MIN) found.push(grounded(batch, { against: "recent", before: recent, thresholds }));
  return found;
}

function share(measure: string, value: number, threshold: number): Comparison {
  return {
    ...{ measure, against: "generation 0", value, baseline: 0 },
    ...{ worsening: value, error: 0, threshold, over: value > threshold },
  };
}

/** Five fewer grounded rows than there should be, at least, are no chance: e^-5 is under 1%. */
const MISSING_ROWS_MIN = 5;

function grounded(
  batch: GuardMeasures,
  {
    against,
    before,
    thresholds,
  }: { before: readonly GuardMeasures[]; thresholds: Thresholds } & Pick<Comparison, "against">,
): Comparison {
  const baseline = average(before.map(({ groundedShare }) => groundedShare));
  const value = batch.groundedShare;
  const threshold = baseline * thresholds.groundedKeptMin;
  const ownShare = selfWritten(batch, 1);
  const missing = batch.rows * (baseline - value);
  return {
    ...{ measure: "groundedShare", against, value, baseline, threshold },
    ...{ worsening: baseline - value, error: 0 },
    over: ownShare > 0.5 && value < threshold && missing >= MISSING_ROWS_MIN,
  };
}
