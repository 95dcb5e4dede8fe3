/** How good predictions are, where the labels are uncertain: what voters said, in log-odds. */
import { evidenceScore, sigmoid } from "../core/probability.ts";

export interface Predicted {
  pGood: number;
  evidence: number;
}

/** Area under the ROC curve; a row is good with the share that its voters' words make of even odds. */
export function auc(rows: readonly Predicted[]): number {
  const sorted = [...rows].sort((a, b) => a.pGood - b.pGood);
  let [goodBelow, pairs, right, badBelow] = [0, 0, 0, 0];
  const totalGood = sorted.reduce((sum, row) => sum + sigmoid(row.evidence), 0);
  for (let start = 0; start < sorted.length; ) {
    let [good, bad, end] = [0, 0, start];
    for (; end < sorted.length && sorted[end]?.pGood === sorted[start]?.pGood; end++) {
      const share = sigmoid(sorted[end]?.evidence ?? 0);
      good += share;
      bad += 1 - share;
    }
    right += good * badBelow + 0.5 * good * bad;
    goodBelow += good;
    badBelow += bad;
    start = end;
  }
  pairs = totalGood * badBelow;
  return pairs === 0 || goodBelow === 0 ? 0.5 : right / pairs;
}

/** Minus the mean log-likelihood ratio of what voters said, in nats a row: lower is better, 0 is what knowing nothing costs. */
export function wordLoss(rows: readonly Predicted[]): number {
  if (rows.length === 0) return 0;
  return -rows.reduce((sum, { pGood, evidence }) => sum + evidenceScore(pGood, evidence), 0) / rows.length;
}

const BINS_MAX = 10;
/** Fewer noisy labels would show an error where there is none. */
const BIN_ROWS_MIN = 200;

/**
 * Expected calibration error over ten bins of equal size (fewer for few rows): how far the mean prediction of a bin is from the share of good
 * ones that explains best what voters said there.
 */
export function calibrationError(rows: readonly Predicted[]): number {
  const sorted = [...rows].sort((a, b) => a.pGood - b.pGood);
  const bins = Math.max(1, Math.min(BINS_MAX, Math.floor(rows.length / BIN_ROWS_MIN)));
  let error = 0;
  for (let bin = 0; bin < bins; bin++) {
    const part = sorted.slice((bin * sorted.length) / bins, ((bin + 1) * sorted.length) / bins);
    if (part.length === 0) continue;
    const predicted = part.reduce((sum, { pGood }) => sum + pGood, 0) / part.length;
    error += (part.length / sorted.length) * Math.abs(predicted - shareGood(part.map(({ evidence }) => evidence)));
  }
  return error;
}

const STEPS = 60;

/** Maximum likelihood, by expectation–maximisation. */
export function shareGood(evidence: readonly number[]): number {
  if (evidence.length === 0) return 0.5;
  let share = 0.5;
  for (let step = 0; step < STEPS; step++) {
    const odds = Math.log(share / (1 - share));
    const next = evidence.reduce((sum, words) => sum + sigmoid(odds + words), 0) / evidence.length;
    share = Math.min(Math.max(next, 1e-4), 1 - 1e-4);
  }
  return share;
}
