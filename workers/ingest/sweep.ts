/**
 * Finds what did not come through the queue: captures under spill/ (the queue refused them, or their pointer was lost),
 * and feedback that waits for its exchange. Can run at any time, twice too.
 */

import { packPointer } from "../../shared/capture/envelope.ts";
import { SWEEP_AGE_MS_MIN, SWEEP_CAPTURES_MAX, SWEEP_GROUP_BYTES_MAX } from "../../shared/core/limits.ts";
import { resolveWaiting } from "../../shared/store/feedback.ts";
import { SPILL_PREFIX } from "../../shared/store/spill.ts";
import { listenerOf, tell } from "../../shared/telemetry/tell.ts";
import { exportSpans } from "./export-spans.ts";
import { groupBySize } from "./group-by-size.ts";
import { takeIn } from "./take-in.ts";

export async function sweep(env: IngestEnv, nowMs: number): Promise<void> {
  const { objects } = await env.STORE.list({ prefix: SPILL_PREFIX, limit: SWEEP_CAPTURES_MAX });
  const due = objects.filter((object) => nowMs - object.uploaded.getTime() >= SWEEP_AGE_MS_MIN);
  let exchanges = 0;
  for (const group of groupBySize(due, ({ size }) => size, SWEEP_GROUP_BYTES_MAX)) {
    exchanges += await takeSpilled(env, { keys: group.map(({ key }) => key), nowMs });
  }
  const feedback = await resolveWaiting(env.DB, nowMs);
  if (due.length + feedback > 0) {
    tell(listenerOf(env, console.log), { event: "swept", captures: due.length, exchanges, feedback });
  }
}

/** Together; where that fails one by one, so that one that can't be does not hold up the others. @returns exchanges */
async function takeSpilled(
  env: IngestEnv,
  { keys, nowMs }: { keys: readonly string[]; nowMs: number },
): Promise<number> {
  const messages = keys.map((key) => ({ kind: "capture" as const, messageId: key, bytes: packPointer(key) }));
  try {
    const { stats, records } = await takeIn({ messages, env, nowMs });
    await exportSpans(records, env);
    return stats.exchanges;
  } catch (error) {
    // the objects stay, for the next sweep
    tell(listenerOf(env, console.error), { event: "sweep_failed", captures: keys.length, error });
  }
  let exchanges = 0;
  if (keys.length > 1) for (const key of keys) exchanges += await takeSpilled(env, { keys: [key], nowMs });
  return exchanges;
}
