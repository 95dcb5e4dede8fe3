/** Is winnow itself well? What was lost and why, what waits, what could not be taken in. */
import { idTimeMs } from "../../shared/core/ids.ts";
import { countDeadLetters } from "../../shared/store/dead-letters.ts";
import { newestExchange } from "../../shared/store/exchanges.ts";
import { readLosses } from "../../shared/store/losses.ts";
import { SPILL_PREFIX } from "../../shared/store/spill.ts";

const SPILL_LISTED_MAX = 1_000;

export interface Health {
  losses: Record<string, number>;
  deadLetters: number;
  spill: { objects: number; more: boolean };
  oldestSpillAtMs: number | null;
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
  const oldest = spilled.objects.map(({ uploaded }) => uploaded.getTime()).sort((a, b) => a - b)[0];
  const known = {
    losses,
    deadLetters,
    spill: { objects: spilled.objects.length, more: spilled.truncated },
    oldestSpillAtMs: oldest ?? null,
  };
  if (newest === undefined) return { ...known, newestAtMs: null, lagMs: null };
  const newestAtMs = idTimeMs(newest.id);
  const head = await bucket.head(newest.segment);
  const lagMs = head === null ? null : Math.max(0, head.uploaded.getTime() - newestAtMs);
  return { ...known, newestAtMs, lagMs };
}
