/** Bounds the time to the head of an answer: of one try, and of all tries together. What streams after it may take long. */
import type { Asked, Flight } from "./flight.ts";

export interface Deadline {
  startedAtMs: number;
  totalTimeoutMs: number | undefined;
}

export class TimeOut extends Error {}

export async function askInTime(options: {
  flight: Flight;
  ask: (flight: Flight, signal: AbortSignal) => Promise<Asked>;
  tryTimeoutMs: number | undefined;
  deadline: Deadline;
}): Promise<Asked> {
  const { flight, ask, tryTimeoutMs, deadline } = options;
  const { startedAtMs, totalTimeoutMs } = deadline;
  const leftMs = totalTimeoutMs === undefined ? undefined : Math.max(0, totalTimeoutMs - (Date.now() - startedAtMs));
  const timeoutMs = Math.min(tryTimeoutMs ?? Number.POSITIVE_INFINITY, leftMs ?? Number.POSITIVE_INFINITY);
  if (!Number.isFinite(timeoutMs)) return ask(flight, flight.request.signal);
  const late = new AbortController();
  const error = new TimeOut(`no answer began within ${timeoutMs} ms`);
  const timer = setTimeout(() => late.abort(error), timeoutMs);
  const asked = await ask(flight, AbortSignal.any([flight.request.signal, late.signal]));
  clearTimeout(timer);
  return late.signal.aborted ? { ok: false, error } : asked;
}
