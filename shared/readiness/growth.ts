/** How fast a daily mean grows: the slope of its logarithm by least squares, with its interval. */
import type { Interval } from "./interval.ts";
import { TWO_SIDED_95 } from "./interval.ts";

const MONTH_DAYS = 30;
const DAY_MS = 24 * 3_600_000;
/** Fewer days make a line of anything. */
const DAYS_MIN = 7;

/** Growth in 30 days as a share (0.5: half as much again), 95%; null for fewer than seven days. */
export function monthlyGrowth(days: readonly { dayMs: number; value: number }[]): Interval | null {
  const points = days.filter(({ value }) => value > 0);
  if (points.length < DAYS_MIN) return null;
  const x = points.map(({ dayMs }) => dayMs / DAY_MS);
  const y = points.map(({ value }) => Math.log(value));
  const [middleX, middleY] = [mean(x), mean(y)];
  const spread = sum(x.map((at) => (at - middleX) ** 2));
  if (spread === 0) return null;
  const slope = sum(x.map((at, index) => (at - middleX) * ((y[index] ?? 0) - middleY))) / spread;
  const residual = sum(x.map((at, index) => ((y[index] ?? 0) - middleY - slope * (at - middleX)) ** 2));
  const freedom = points.length - 2;
  const reach = studentT(freedom) * Math.sqrt(residual / freedom / spread);
  return {
    share: inAMonth(slope),
    low: inAMonth(slope - reach),
    high: inAMonth(slope + reach),
    rows: points.length,
  };
}

/** Bounded: a few wild days may have any slope, and JSON has no infinity. */
function inAMonth(slope: number): number {
  return Math.expm1(Math.max(-20, Math.min(20, slope * MONTH_DAYS)));
}

/** Two-sided 95% point of Student's t, expanded around the normal's (Abramowitz & Stegun 26.7.5): 1% off at 5. */
function studentT(freedom: number): number {
  const z = TWO_SIDED_95;
  return z + (z ** 3 + z) / (4 * freedom) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
