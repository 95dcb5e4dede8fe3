/**
 * Several tries of one call, where its app or its header asks for them: again at the same provider, then elsewhere. Only
 * before the first byte; each try is an exchange of its own, whose `parent` is the try before it.
 *
 *     provider ── fails ──▶ wait ──▶ again … ──▶ fallback ──▶ next fallback ──▶ the last answer, whatever it is
 */
import { FAILED_ANSWER_BYTES_MAX } from "../../shared/core/limits.ts";
import type { Resilience } from "../../shared/settings/app-settings.ts";
import type { Copied } from "./answer-stream.ts";
import { fallbackOf } from "./fallback.ts";
import { type Asked, type Departure, type Flight, NOTHING, takeOff } from "./flight.ts";
import { ask, deliver } from "./forward.ts";
import { isOutage, isWorthRepeating, waitMs } from "./retry-policy.ts";
import { askInTime, type Deadline } from "./time-out.ts";

/** One provider that may be asked, and how often. */
interface Leg {
  departure: Departure;
  tries: number;
}

export function isResilient({ body, policy }: Departure): boolean {
  if (body.kind === "large") return false; // its stream can be sent once
  const { retries, tryTimeoutMs, totalTimeoutMs, fallbacks } = policy;
  return retries > 0 || tryTimeoutMs !== undefined || totalTimeoutMs !== undefined || fallbacks.length > 0;
}

export async function sendResiliently(departure: Departure): Promise<Response> {
  const { policy, isolate, request } = departure;
  const deadline: Deadline = { startedAtMs: Date.now(), totalTimeoutMs: policy.totalTimeoutMs };
  const legs = legsOf(departure, policy);
  let parent = departure.headers.parent;
  for (let at = 0, attempt = 0; ; ) {
    const leg = legs[at];
    if (leg === undefined) throw new Error(`no leg ${at} of ${legs.length}`); // the last one always delivers
    const flight = takeOff(leg.departure, { nowMs: Date.now(), parent });
    const asked = await askInTime({ flight, ask, tryTimeoutMs: policy.tryTimeoutMs, deadline });
    noteOutcome(isolate.circuits, flight, asked);
    const next =
      request.signal.aborted || !isWorthRepeating(asked)
        ? undefined
        : nextTry({ legs, at, attempt, asked, deadline, circuits: isolate.circuits });
    if (next === undefined) return deliver(flight, asked);
    landFailed(flight, asked);
    parent = flight.id;
    if (next.waitMs > 0) await scheduler.wait(next.waitMs, { signal: request.signal }).catch(() => undefined);
    ({ at, attempt } = next);
  }
}

function legsOf(departure: Departure, policy: Resilience): Leg[] {
  const fallbacks = policy.fallbacks.flatMap((fallback) => {
    const elsewhere = fallbackOf(departure, fallback);
    return elsewhere === undefined ? [] : [{ departure: elsewhere, tries: 1 }];
  });
  const first: Leg = { departure, tries: policy.retries + 1 };
  const { circuits } = departure.isolate;
  return fallbacks.length > 0 && circuits.isOpen(departure.provider.name, Date.now())
    ? fallbacks
    : [first, ...fallbacks];
}

interface NextTry {
  at: number;
  attempt: number;
  waitMs: number;
}

/** undefined: what came is the answer. */
function nextTry(options: {
  legs: readonly Leg[];
  at: number;
  attempt: number;
  asked: Asked;
  deadline: Deadline;
  circuits: Departure["isolate"]["circuits"];
}): NextTry | undefined {
  const { legs, at, attempt, asked, deadline } = options;
  const nowMs = Date.now();
  const leftMs = (deadline.totalTimeoutMs ?? Number.POSITIVE_INFINITY) - (nowMs - deadline.startedAtMs);
  const wait = waitMs({ asked, attempt, random: Math.random(), nowMs });
  if (attempt + 1 < (legs[at]?.tries ?? 0) && wait !== undefined && wait < leftMs) {
    return { at, attempt: attempt + 1, waitMs: wait };
  }
  if (leftMs <= 0 || at + 1 >= legs.length) return undefined;
  return { at: at + 1, attempt: 0, waitMs: 0 };
}

function noteOutcome(circuits: Departure["isolate"]["circuits"], flight: Flight, asked: Asked): void {
  if (flight.request.signal.aborted) return; // the client's doing
  if (isOutage(asked)) circuits.failed(flight.provider.name, Date.now());
  else circuits.succeeded(flight.provider.name);
}

/** A try that is repeated is captured like any other; nobody waits for the rest of its answer. */
function landFailed(flight: Flight, asked: Asked): void {
  if (flight.headers.capture === "off") {
    flight.land(undefined);
    if (asked.ok) flight.ctx.waitUntil(discard(asked.answer));
    return;
  }
  if (!asked.ok) {
    const firstByteMs = Date.now() - flight.startedAtMs;
    flight.land({ answer: undefined, firstByteMs, copied: { bytes: NOTHING, outcome: "upstream_error" } });
    return;
  }
  const { answer, firstByteMs } = asked;
  flight.land({ answer, firstByteMs, copied: readFailed(answer) });
}

async function readFailed(answer: Response): Promise<Copied> {
  if (answer.body === null) return { bytes: NOTHING, outcome: "upstream_error" };
  const reader = answer.body.getReader({ mode: "byob" });
  const { value } = await reader.readAtLeast(FAILED_ANSWER_BYTES_MAX, new Uint8Array(FAILED_ANSWER_BYTES_MAX));
  await reader.cancel().catch(() => undefined);
  return { bytes: value ?? NOTHING, outcome: "upstream_error" };
}

async function discard(answer: Response): Promise<void> {
  await answer.body?.cancel().catch(() => undefined);
}
