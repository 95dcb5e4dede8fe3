/**
 * Finds what did not come through the queue: captures under spill/ (the queue refused them, or their pointer was lost),
 * and feedback that waits for its exchange. Can run at any time, twice too.
 */

import { packPointer } from "../../shared/capture/envelope.ts";
import { SWEEP_AGE_MS_MIN, SWEEP_CAPTURES_MAX } from "../../shared/core/limits.ts";
import { resolveWaiting } from "../../shared/store/feedback.ts";
import { SPILL_PREFIX } from "../../shared/store/spill.ts";
import { takeIn } from "./take-in.ts";

/** One take-in holds its captures in memory: ten at their bound of some 12 MB fit an isolate. */
const GROUP_CAPTURES = 10;

export async function sweep(env: IngestEnv, nowMs: number): Promise<void> {
  const { objects } = await env.STORE.list({ prefix: SPILL_PREFIX, limit: SWEEP_CAPTURES_MAX });
  const due = objects.filter((object) => nowMs - object.uploaded.getTime() >= SWEEP_AGE_MS_MIN);
  let exchanges = 0;
  for (let at = 0; at < due.length; at += GROUP_CAPTURES) {
    const messages = due.slice(at, at + GROUP_CAPTURES).map((object) => ({
      kind: "capture" as const,
      messageId: object.key,
      bytes: packPointer(object.key),
    }));
    try {
      exchanges += (await takeIn({ messages, env, nowMs })).exchanges;
    } catch (error) {
      // the objects stay, for the next sweep; the other groups need not wait for it
      console.error(JSON.stringify({ event: "sweep_failed", captures: messages.length, error: String(error) }));
    }
  }
  const feedback = await resolveWaiting(env.DB, nowMs);
  if (due.length + feedback > 0) {
    console.log(JSON.stringify({ event: "swept", captures: due.length, exchanges, feedback }));
  }
}
