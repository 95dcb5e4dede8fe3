/** Losses by hour and reason, in D1: what the console shows, so that nothing is lost in silence. */

import { gte, sql, sum } from "drizzle-orm";
import type { LossReason } from "../core/loss.ts";
import { openDatabase } from "./database.ts";
import { losses } from "./schema.ts";

const HOUR_MS = 3_600_000;

/** Adds counts to the hour of `nowMs`. Not idempotent: call it once a loss. */
export async function addLosses(options: {
  db: D1Database;
  counts: readonly (readonly [LossReason, number])[];
  nowMs: number;
}): Promise<void> {
  const hourMs = Math.floor(options.nowMs / HOUR_MS) * HOUR_MS;
  await openDatabase(options.db)
    .insert(losses)
    .values(options.counts.map(([reason, count]) => ({ hourMs, reason, count })))
    .onConflictDoUpdate({
      target: [losses.hourMs, losses.reason],
      set: { count: sql`${losses.count} + excluded.count` },
    });
}

/** Totals by reason since `sinceMs`. */
export async function readLosses(options: { db: D1Database; sinceMs: number }): Promise<Record<string, number>> {
  const rows = await openDatabase(options.db)
    .select({ reason: losses.reason, total: sum(losses.count) })
    .from(losses)
    .where(gte(losses.hourMs, options.sinceMs))
    .groupBy(losses.reason);
  return Object.fromEntries(rows.map((row) => [row.reason, Number(row.total)]));
}
