/** GET /v1/health: what was lost and why, what waits, what could not be taken in. */
import { Hono } from "hono";
import { idTimeMs } from "../../shared/core/ids.ts";
import { countDeadLetters } from "../../shared/store/dead-letters.ts";
import { newestExchange } from "../../shared/store/exchanges.ts";
import { readLosses } from "../../shared/store/losses.ts";
import { SPILL_PREFIX } from "../../shared/store/spill.ts";
import { authorise, type ConsoleContext } from "./authorise.ts";

const DAY_MS = 24 * 3_600_000;

export const healthRoutes = new Hono<ConsoleContext>();

healthRoutes.get("/health", authorise("admin"), async (c) => {
  const { DB: d1, STORE: bucket } = c.env;
  const [losses, deadLetters, newest, spilled] = await Promise.all([
    readLosses({ db: d1, sinceMs: Date.now() - 30 * DAY_MS }),
    countDeadLetters(d1),
    newestExchange(d1),
    bucket.list({ prefix: SPILL_PREFIX, limit: 1_000 }),
  ]);
  const lagMs = await ingestLagMs(bucket, newest);
  return c.json({
    losses,
    deadLetters,
    spill: { objects: spilled.objects.length, more: spilled.truncated },
    queue: { newestExchangeAt: newest === undefined ? null : new Date(idTimeMs(newest.id)).toISOString(), lagMs },
  });
});

/** How long the newest exchange took from its call to its segment; null where there is none. */
async function ingestLagMs(
  bucket: R2Bucket,
  newest: { id: string; segment: string } | undefined,
): Promise<number | null> {
  if (newest === undefined) return null;
  const head = await bucket.head(newest.segment);
  return head === null ? null : head.uploaded.getTime() - idTimeMs(newest.id);
}
