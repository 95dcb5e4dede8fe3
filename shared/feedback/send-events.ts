/** Hands events to the queue that ingest takes them from: one message, as JSON. */
import type { FeedbackEvent } from "../core/feedback.ts";
import { QUEUE_SEND_TRIES_MAX } from "../core/limits.ts";

/** false: the queue refused twice, and whoever sent them must be told. */
export async function sendEvents(queue: Queue, events: readonly FeedbackEvent[]): Promise<boolean> {
  for (let tries = 0; tries < QUEUE_SEND_TRIES_MAX; tries++) {
    try {
      await queue.send(events, { contentType: "json" });
      return true;
    } catch {
      // tried again, then the sender is told
    }
  }
  return false;
}
