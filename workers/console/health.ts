/** Is winnow itself well? What was lost and why, what waits, what could not be taken in: for GET /v1/health and the overview. */
import { Hono } from "hono";
import { idTimeMs } from "../../shared/core/ids.ts";
import { countDeadLetters } from "../../shared/store/dead-letters.ts";
import { newestExchange } from "../../shared/store/exchanges.ts";
import { readLosses } from "../../shared/store/losses.ts";
import { SPILL_PREFIX } from "../../shared/store/spill.ts";
import { authorise, type ConsoleContext } from "./authorise.ts";

const DAY_MS = 24 * 3_600_000;
const SPILL_LISTED_MAX = 1_000;

export const healthRoutes = new Hono<ConsoleContext>();

healthRoutes.get("/health", authorise("admin"), async (c) => {
  const sinceMs = Date.now() - 30 * DAY_MS;
  const { losses, deadLetters, spill, newestAtMs, lagMs } = await readHealth(c.env, { sinceMs });
  const newestExchangeAt = newestAtMs === null ? null : new Date(newestAtMs).toISOString();
  return c.json({ losses, deadLetters, spill, queue: { newestExchangeAt, lagMs } });
});

export interface Health {
  losses: Record<string, number>;
  deadLetters: number;
  spill: { objects: number; more: boolean };
  newestAtMs: number | null;
  /** How long the newest exchange took from its call to its segment; null where there is none. */
  lagMs: number | null;
}

/** Of all apps: what is lost is lost before it is known whose it is. @param options.sinceMs of the losses */
export async function readHealth(
  { DB: d1, STORE: bucket }: Pick<ConsoleEnv, "DB" | "STORE">,
  { sinceMs }: { sinceMs: number },
): Promise<Health> {
  const [losses, deadLetters, newest, spilled] = await Promise.all([
    readLosses({ db: d1, sinceMs }),
    countDeadLetters(d1),
    newestExchange(d1),
    bucket.list({ prefix: SPILL_PREFIX, limit: SPILL_LISTED_MAX }),
  ]);
  const spill = { objects: spilled.objects.length, more: spilled.truncated };
  if (newest === undefined) return { losses, deadLetters, spill, newestAtMs: null, lagMs: null };
  const newestAtMs = idTimeMs(newest.id);
  const head = await bucket.head(newest.segment);
  const lagMs = head === null ? null : Math.max(0, head.uploaded.getTime() - newestAtMs);
  return { losses, deadLetters, spill, newestAtMs, lagMs };
}
