/** Conditions as sentences. "Surely" is said where an interval lies wholly on one side, and nowhere else. */
import type { Condition } from "./condition.ts";

export function describeCondition(condition: Condition): string {
  const { about, value, comparison, needed, met } = condition;
  const bound = `${comparison === "at_least" ? "at least" : "at most"} ${number(needed)} needed`;
  if (value === null) return `${about}: none, ${bound}`;
  return `${about}: ${number(value)}, ${bound}${sureness(condition)}${met ? "" : waiting(condition)}`;
}

function sureness({ certainty, interval }: Condition): string {
  if (interval?.share == null) return "";
  const range = `${number(interval.low)} to ${number(interval.high)}, ${interval.rows} rows`;
  if (certainty === "surely") return ` (surely: ${range})`;
  return certainty === "surely_not" ? ` (surely not: ${range})` : ` (open: ${range})`;
}

function waiting({ daysAtTodaysRate, missing, certainty, comparison }: Condition): string {
  if (certainty === "surely_not" || missing === null) return "";
  const gap = certainty === null ? `; ${number(missing)} ${comparison === "at_least" ? "missing" : "too much"}` : "";
  return daysAtTodaysRate === null ? gap : `${gap}; ${days(daysAtTodaysRate)} at today's rate`;
}

export function days(count: number): string {
  return count === 1 ? "1 day" : `${count} days`;
}

/** Whole numbers from a thousand on, three digits below. */
export function number(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}
