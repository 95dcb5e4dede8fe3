/** Waits until a local queue has run dry: Miniflare keeps messages in memory, and what it holds is lost when it stops. */
import { setTimeout as wait } from "node:timers/promises";

/** The consumer takes its last messages a moment after they came; what takes longer keeps failing. */
const DRAIN_MS_MAX = 5_000;
const LOOK_MS = 50;
/** For the batch that is with the consumer: it is counted no more, and takes some 50 ms. */
const LAST_BATCH_MS = 500;

/** A message that keeps failing is given up after DRAIN_MS_MAX: stopping must end. */
export async function drainQueue(queue: Pick<Queue, "metrics">): Promise<void> {
  const endMs = Date.now() + DRAIN_MS_MAX;
  while (Date.now() < endMs) {
    const { backlogCount } = await queue.metrics();
    if (backlogCount === 0) return void (await wait(LAST_BATCH_MS));
    await wait(LOOK_MS);
  }
}
