/**
 * Hands a finished capture on: one queue message, gzipped only where it would be too large; beyond that,
 * or where the queue refuses twice, through R2 under spill/. What both refuse is lost, and counted.
 * Runs in waitUntil, after the client has its answer; never throws.
 *
 *     small ──▶ queue
 *     large ──▶ gzip ──▶ fits? queue : spill/ + pointer in the queue (the sweep finds it without, too)
 *     queue refuses twice, or hangs ──▶ spill/ ──▶ the sweep
 *
 * What is spilled is sealed (shared/core/seal.ts).
 */
import { packCapture, packPointer } from "../../shared/capture/envelope.ts";
import type { Capture } from "../../shared/core/exchange.ts";
import { gzip } from "../../shared/core/gzip.ts";
import {
  CAPTURE_MESSAGE_BYTES_MAX,
  QUEUE_SEND_TRIES_MAX,
  QUEUE_WAIT_MS_MAX,
  SPILL_WAIT_MS_MAX,
} from "../../shared/core/limits.ts";
import type { Sealer } from "../../shared/core/seal.ts";
import { spillKey } from "../../shared/store/spill.ts";
import { inTime } from "./in-time.ts";
import type { Env, Isolate } from "./isolate.ts";

const NOTHING = new Uint8Array(0);

export async function sendCapture(options: { capture: Capture; env: Env; isolate: Isolate }): Promise<void> {
  const { capture, env, isolate } = options;
  const { losses } = isolate;
  const db = env.DB;
  const { id } = capture.header;
  try {
    await store(capture, env, isolate.sealer);
  } catch (error) {
    return losses.lose({ reason: "capture_refused", id, error, db, nowMs: Date.now() });
  }
  if (capture.header.requestOmitted !== undefined) {
    await losses.lose({ reason: "request_too_large", id, error: "", db, nowMs: Date.now() });
  }
  if (capture.header.outcome === "truncated") {
    await losses.lose({ reason: "answer_truncated", id, error: "", db, nowMs: Date.now() });
  }
  if (!losses.isEmpty) await losses.flush({ db, nowMs: Date.now() });
}

async function store(capture: Capture, env: Env, sealer: Sealer): Promise<void> {
  let message = packCapture(capture);
  if (message.byteLength > CAPTURE_MESSAGE_BYTES_MAX && isWorthGzip(capture)) message = await gzip(message);
  if (message.byteLength <= CAPTURE_MESSAGE_BYTES_MAX && (await enqueue(env.CAPTURE, message))) return;
  const metadataOnly = capture.header.capture === "metadata";
  // R2 never holds content that the app asked us not to keep.
  const spilled = metadataOnly
    ? packCapture({ ...capture, request: NOTHING, response: NOTHING, responseGzipped: false })
    : message;
  if (metadataOnly && message.byteLength > CAPTURE_MESSAGE_BYTES_MAX && (await enqueue(env.CAPTURE, spilled))) return;
  const key = spillKey(capture.header.id);
  await inTime(env.STORE.put(key, await sealer.seal(spilled)), { what: "R2", waitMs: SPILL_WAIT_MS_MAX });
  if (message.byteLength > CAPTURE_MESSAGE_BYTES_MAX) await enqueue(env.CAPTURE, packPointer(key));
}

/** An answer that is gzip already does not get smaller. */
function isWorthGzip({ request, response, responseGzipped }: Capture): boolean {
  return !responseGzipped || request.byteLength > response.byteLength / 4;
}

/** false: the queue refused twice, or hung. A send takes the array's buffer over even where it then fails: each gets its own copy. */
async function enqueue(queue: Queue, message: Uint8Array<ArrayBuffer>): Promise<boolean> {
  for (let tries = 0; tries < QUEUE_SEND_TRIES_MAX; tries++) {
    try {
      await inTime(queue.send(message.slice(), { contentType: "bytes" }), {
        what: "the queue",
        waitMs: QUEUE_WAIT_MS_MAX,
      });
      return true;
    } catch {
      // tried again, then spilled
    }
  }
  return false;
}
