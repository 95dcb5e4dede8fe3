/**
 * When an imported call was made: `at`, else the time in the answer (OpenAI's `created` and `created_at`, in seconds),
 * else the first moment of the day (UTC) of the import, which makes the same line the same exchange for that day.
 */
import type { Json } from "../core/json.ts";
import { AHEAD_MS_MAX, AT_MS_MIN } from "./bounds.ts";
import type { ImportLine, Read } from "./import-line.ts";

const DAY_MS = 24 * 3_600_000;

/** Milliseconds since the epoch. A time that is not believed is a reason where the line states it, and passed over where the answer does. */
export function importTimeMs(line: ImportLine, nowMs: number): Read<number> {
  if (line.at !== undefined) {
    const atMs = Date.parse(line.at);
    if (isBelievable(atMs, nowMs)) return { ok: true, value: atMs };
    const between = `${new Date(AT_MS_MIN).toISOString().slice(0, 10)} and now`;
    return { ok: false, reason: `at is ${line.at}; a time between ${between} is believed` };
  }
  const toldMs = secondsOf(line.response.created) ?? secondsOf(line.response.created_at);
  const atMs = toldMs !== undefined && isBelievable(toldMs, nowMs) ? toldMs : Math.floor(nowMs / DAY_MS) * DAY_MS;
  return { ok: true, value: atMs };
}

function isBelievable(atMs: number, nowMs: number): boolean {
  return atMs >= AT_MS_MIN && atMs <= nowMs + AHEAD_MS_MAX;
}

function secondsOf(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? Math.round(value * 1_000) : undefined;
}
