/** Measures against the truth, which nothing but these ever sees. */
import { fingerprint } from "../../shared/core/hash.ts";

export interface Ranked {
  id: string;
  score: number;
  /** 1 or 0; a share where there are many judges. */
  truth: number;
}

/** Precision of the `count` best; ties are broken by a hash of the id, which knows nothing. */
export function precisionAt(rows: readonly Ranked[], count: number): number {
  const best = byScore(rows).slice(0, Math.max(1, count));
  return mean(best.map(({ truth }) => truth));
}

export function byScore(rows: readonly Ranked[]): Ranked[] {
  const keyed = rows.map((row) => ({ row, key: fingerprint(row.id) }));
  return keyed.sort((a, b) => b.row.score - a.row.score || (a.key < b.key ? -1 : 1)).map(({ row }) => row);
}

/** Expected calibration error over ten bins of equal width, as it is usually reported. */
export function calibrationError(rows: readonly Ranked[]): number {
  const bins = Map.groupBy(rows, ({ score }) => Math.min(9, Math.floor(10 * score)));
  let error = 0;
  for (const [, bin] of bins) {
    const apart = Math.abs(mean(bin.map(({ score }) => score)) - mean(bin.map(({ truth }) => truth)));
    error += (bin.length / rows.length) * apart;
  }
  return error;
}

export function auc(rows: readonly Ranked[]): number {
  const good = rows.reduce((sum, { truth }) => sum + truth, 0);
  let [badBelow, right] = [0, 0];
  for (const [, level] of [...Map.groupBy(rows, ({ score }) => score)].sort(([a], [b]) => a - b)) {
    const goodHere = level.reduce((sum, { truth }) => sum + truth, 0);
    const badHere = level.length - goodHere;
    right += goodHere * (badBelow + badHere / 2);
    badBelow += badHere;
  }
  return right / (good * badBelow);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / Math.max(1, values.length - 1));
}

/** "86.1 ±2.0", in percent: mean and standard deviation over seeds. */
export function spread(values: readonly number[]): string {
  const known = values.filter((value) => Number.isFinite(value));
  if (known.length === 0) return "–";
  return `${(100 * mean(known)).toFixed(1)} ±${(100 * deviation(known)).toFixed(1)}`;
}
