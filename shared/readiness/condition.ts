/** One thing that an answer needs: what was measured, what is needed, what is missing and how long that takes. */
import type { Interval } from "./interval.ts";

export interface Condition {
  name: string;
  /** What is measured, in words that `value` and `needed` complete. */
  about: string;
  /** null: it could not be measured. Of an interval, the end that has to be on the right side. */
  value: number | null;
  comparison: "at_least" | "at_most";
  needed: number;
  met: boolean;
  /** From `value` to `needed`; 0 when met, null when nothing could be measured. */
  missing: number | null;
  /** Until it is met, if things go on as in the last days; 0 when met, null when time alone does not bring it. */
  daysAtTodaysRate: number | null;
  /** Where the value is the end of an interval: all of it, and on which side of what is needed it lies. */
  interval: Interval | null;
  certainty: "surely" | "open" | "surely_not" | null;
}

export interface Measured {
  name: string;
  about: string;
  value: number | null;
  needed: number;
  perDay?: number | undefined;
}

/** Something that is counted, and grows. */
export function atLeast({ name, about, value, needed, perDay = 0 }: Measured): Condition {
  const met = value !== null && value >= needed;
  const missing = met ? 0 : value === null ? null : needed - value;
  return {
    ...{ name, about, value, comparison: "at_least", needed, met, missing },
    daysAtTodaysRate: met ? 0 : missing === null || !(perDay > 0) ? null : wholeDays(missing / perDay),
    ...{ interval: null, certainty: null },
  };
}

/** Something that must not be more; waiting does not mend it. */
export function atMost({ name, about, value, needed }: Measured): Condition {
  const met = value !== null && value <= needed;
  return {
    ...{ name, about, value, comparison: "at_most", needed, met },
    missing: met ? 0 : value === null ? null : value - needed,
    daysAtTodaysRate: met ? 0 : null,
    ...{ interval: null, certainty: null },
  };
}

export interface Estimated {
  name: string;
  about: string;
  interval: Interval;
  needed: number;
  /** Rows that each day adds to the interval. */
  rowsPerDay: number;
}

/** The whole interval lies at or above what is needed. */
export function surelyAtLeast(estimated: Estimated): Condition {
  return surely(estimated, "at_least");
}

/** The whole interval lies at or below what is needed. */
export function surelyAtMost(estimated: Estimated): Condition {
  return surely(estimated, "at_most");
}

/**
 * It is the unfavourable end that counts, so that more rows with the same share never undo what was met. An interval
 * shrinks with the root of its rows: days until that end, at the same share, comes to where it has to be.
 */
function surely(
  { name, about, interval, needed, rowsPerDay }: Estimated,
  comparison: Condition["comparison"],
): Condition {
  const up = comparison === "at_least";
  const [near, far] = up ? [interval.low, interval.high] : [interval.high, interval.low];
  const holds = (end: number) => (up ? end >= needed : end <= needed);
  const met = interval.share !== null && holds(near);
  const certainty = met ? "surely" : interval.share !== null && !holds(far) ? "surely_not" : "open";
  return {
    ...{ name, about, value: interval.share === null ? null : near, comparison, needed, met },
    missing: met ? 0 : interval.share === null ? null : Math.abs(needed - near),
    daysAtTodaysRate: met ? 0 : daysToNarrow({ interval, near, needed, rowsPerDay, up }),
    ...{ interval, certainty },
  };
}

function daysToNarrow(at: {
  interval: Interval;
  near: number;
  needed: number;
  rowsPerDay: number;
  up: boolean;
}): number | null {
  const { interval, near, needed, rowsPerDay, up } = at;
  if (interval.share === null || !(rowsPerDay > 0)) return null;
  const room = up ? interval.share - needed : needed - interval.share;
  if (!(room > 0)) return null;
  const times = ((interval.share - near) / room) ** 2;
  return Math.max(1, wholeDays((interval.rows * (times - 1)) / rowsPerDay));
}

/** Begun days count, but not for what a quotient is off by. */
function wholeDays(days: number): number {
  return Math.ceil(days - 1e-9);
}
