/** When a try is worth repeating, and after how long. Pure: clock and randomness are passed in. */
import { RETRY_AFTER_MS_MAX, RETRY_WAIT_MS, RETRY_WAIT_MS_MAX } from "../../shared/core/limits.ts";
import type { Asked } from "./flight.ts";

/** What the official SDKs repeat, and Anthropic's "overloaded". */
const REPEATABLE = new Set([408, 409, 425, 429, 500, 502, 503, 504, 529]);

export function isWorthRepeating(asked: Asked): boolean {
  if (!asked.ok) return true;
  const told = asked.answer.headers.get("x-should-retry"); // OpenAI says so itself
  return told === null ? REPEATABLE.has(asked.answer.status) : told === "true";
}

/** Is the provider at fault? "Too many requests" is about the caller. */
export function isOutage(asked: Asked): boolean {
  return !asked.ok || asked.answer.status >= 500;
}

/**
 * Milliseconds before the next try of the same provider: what it asks for, else exponential with full jitter's lower
 * half cut off (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 * @param options.random in [0, 1)
 * @returns undefined where the provider asks for longer than anyone would wait
 */
export function waitMs(options: { asked: Asked; attempt: number; random: number; nowMs: number }): number | undefined {
  const { asked, attempt, random, nowMs } = options;
  const told = asked.ok ? toldWaitMs(asked.answer.headers, nowMs) : undefined;
  if (told !== undefined) return told <= RETRY_AFTER_MS_MAX ? told : undefined;
  const exponential = Math.min(RETRY_WAIT_MS * 2 ** attempt, RETRY_WAIT_MS_MAX);
  return Math.round(exponential * (0.5 + random / 2));
}

/** `retry-after-ms`, as OpenAI and Azure send it, or `retry-after`: seconds or a date (RFC 9110 section 10.2.3). */
function toldWaitMs(headers: Headers, nowMs: number): number | undefined {
  const ms = Number(headers.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const seconds = Number(text);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1_000 : undefined;
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
