/** One measure of a batch against its baseline: generation 0, or the mean of the recent batches. */
import { average, type Estimate } from "./estimate.ts";
import type { GuardMeasures, TextMeasure } from "./measures.ts";
import { tailCoverage } from "./tail.ts";
import { ERRORS, RECENT_MIN, type Threshold } from "./thresholds.ts";

export type Against = "generation 0" | "recent";

export interface Comparison {
  measure: string;
  against: Against;
  value: number;
  baseline: number;
  /** How much worse than the baseline, in the threshold's scale; less than 0 is better. */
  worsening: number;
  /** Standard error of the worsening; 0 for shares, which are counted and not sampled. */
  error: number;
  threshold: number;
  over: boolean;
}

export function compareText(
  measure: TextMeasure,
  { batch, baselines, against, threshold }: { batch: GuardMeasures; threshold: Threshold } & Baselines,
): Comparison | null {
  const value = batch.text[measure];
  const known = baselines.map(({ text }) => text[measure]).filter((estimate) => estimate !== null);
  const baseline = against === "generation 0" ? (known[0] ?? null) : meanOfBatches(known);
  if (value === null || baseline === null) return null;
  const unit = threshold.scale === "relative" ? Math.abs(baseline.value) : 1;
  if (unit === 0) return null;
  const worsening = ((threshold.worse === "up" ? 1 : -1) * (value.value - baseline.value)) / unit;
  const error = Math.hypot(value.error, baseline.error) / unit;
  const over = worsening - ERRORS * error > threshold.margin;
  return {
    ...{ measure, against, value: value.value, baseline: baseline.value },
    ...{ worsening, error, threshold: threshold.margin, over },
  };
}

export interface Baselines {
  against: Against;
  baselines: readonly GuardMeasures[];
}

/**
 * What is covered of the answers' rare words, by what is covered of the prompts': where users moved to other topics, the
 * answers have to follow, and only what the answers lost beyond that is lost.
 */
export function compareTail(
  batch: GuardMeasures,
  { against, baselines }: Baselines,
  coverageMin: number,
): Comparison | null {
  const coverages = baselines
    .map((baseline) => coverageBeyondTopics(batch, baseline))
    .filter((found) => found !== null);
  if (coverages.length < (against === "recent" ? RECENT_MIN : 1)) return null;
  const value = average(coverages.map((coverage) => coverage.value));
  // The errors of several are those of one batch, seen several times: their mean, not the mean's.
  const error = average(coverages.map((coverage) => coverage.error));
  const worsening = 1 - value;
  const threshold = 1 - coverageMin;
  return {
    ...{ measure: "tailCoverage", against, value, baseline: 1, worsening, error, threshold },
    over: worsening - ERRORS * error > threshold,
  };
}

function coverageBeyondTopics(batch: GuardMeasures, baseline: GuardMeasures): Estimate | null {
  const answers = tailCoverage(batch.tail.answer, baseline.tail.answer);
  const prompts = tailCoverage(batch.tail.prompt, baseline.tail.prompt);
  if (answers === null || prompts === null || prompts.value >= 1) return answers;
  if (prompts.value <= 0.1) return null;
  const value = answers.value / prompts.value;
  const error = Math.hypot(answers.error, prompts.error * value) / prompts.value;
  return { value, error, n: answers.n };
}

/** A new batch of the same kind would fall around their mean with their own spread; null with too few of them. */
function meanOfBatches(estimates: readonly Estimate[]): Estimate | null {
  if (estimates.length < RECENT_MIN) return null;
  const values = estimates.map(({ value }) => value);
  const mean = average(values);
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const sampled = average(estimates.map(({ error }) => error ** 2));
  return {
    value: mean,
    error: Math.sqrt(Math.max(spread, sampled / values.length) * (1 + 1 / values.length)),
    n: values.length,
  };
}
