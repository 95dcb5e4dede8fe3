/**
 * Intervals of shares, and of the difference of two. Readiness speaks of sureness only where one of these lies wholly on
 * one side of what is needed.
 */

export const TWO_SIDED_95 = 1.96;
/** Five comparisons at this level are right together 95 times in a hundred (Bonferroni). */
export const TWO_SIDED_99 = 2.576;

export interface Interval {
  /** null: there are no rows, and the interval is all that is possible. */
  share: number | null;
  low: number;
  high: number;
  rows: number;
}

/** Wilson's interval (1927) of `hits` of `rows`: inside [0, 1], and sound for few rows. */
export function shareInterval(hits: number, rows: number, z = TWO_SIDED_95): Interval {
  if (rows <= 0) return { share: null, low: 0, high: 1, rows: 0 };
  const share = hits / rows;
  const square = z * z;
  const middle = share + square / (2 * rows);
  const half = z * Math.sqrt((share * (1 - share)) / rows + square / (4 * rows * rows));
  const scale = 1 + square / rows;
  return {
    share,
    low: hits === 0 ? 0 : Math.max(0, (middle - half) / scale), // at the ends it is exact, and the roots are not
    high: hits === rows ? 1 : Math.min(1, (middle + half) / scale),
    rows,
  };
}

/** a − b, for independent rows: Newcombe's square-and-add of the two Wilson intervals (1998, method 10). In [−1, 1]. */
export function differenceInterval(a: Interval, b: Interval): Interval {
  const rows = Math.min(a.rows, b.rows);
  if (a.share === null || b.share === null) return { share: null, low: -1, high: 1, rows };
  const share = a.share - b.share;
  return {
    share,
    low: share - Math.hypot(a.share - a.low, b.high - b.share),
    high: share + Math.hypot(a.high - a.share, b.share - b.low),
    rows,
  };
}
