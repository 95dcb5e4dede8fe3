/** How far reviewing has come, and what it says of P(good): one pass over an app's items. */
import { and, eq, sql } from "drizzle-orm";
import type { ReviewReason } from "../review/order-queue.ts";
import { openDatabase } from "./database.ts";
import type { Looker } from "./review-queue.ts";
import { reviewItems } from "./schema.ts";

export interface ReviewProgress {
  reason: ReviewReason;
  /** Free, or this session's. */
  waiting: number;
  /** Other sessions have them just now. */
  withOthers: number;
  /** Since the UTC day began, by this reviewer. */
  ownToday: number;
  /** In the last 30 days, by all. */
  said: number;
  /** Of those, good as they were; and how many were expected to be, as the sum of P(good). */
  good: number;
  expected: number;
}

const DAY_MS = 24 * 3_600_000;

/** One row for each reason of which there is anything. */
export async function readProgress(d1: D1Database, looker: Looker): Promise<ReviewProgress[]> {
  const { app, session, reviewer, nowMs } = looker;
  const todayMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const isOthers = sql`(session <> ${session} and until_ms > ${nowMs})`;
  const isSkipped = sql`exists (select 1 from json_each(skipped_by) where value = ${reviewer})`;
  const sum = (what: ReturnType<typeof sql>) => sql<number>`sum(${what})`;
  return openDatabase(d1)
    .select({
      reason: reviewItems.reason,
      waiting: sum(sql`said is null and not ${isOthers} and not ${isSkipped}`),
      withOthers: sum(sql`said is null and ${isOthers}`),
      ownToday: sum(sql`said is not null and reviewer = ${reviewer} and said_at_ms >= ${todayMs}`),
      said: sum(sql`said is not null`),
      good: sum(sql`coalesce(said = 'up', 0)`),
      expected: sum(sql`case when said is null then 0 else p_good end`),
    })
    .from(reviewItems)
    .where(and(eq(reviewItems.app, app)))
    .groupBy(reviewItems.reason);
}
