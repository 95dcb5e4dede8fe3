/**
 * The review queue of an app in D1. An item is offered to nobody else while a session has it; what a session lets lie comes
 * back. Each step is one statement, so that two reviewers who ask in the same moment get different items.
 *
 *     free ─ dealHand ─▶ a session's ─ closeItem ─▶ said ─ reopenItem (undo) ─▶ the session's again
 *       ▲                    │ skipItem: to the others; time: to all
 *       └────────────────────┘
 */
import { and, desc, eq, isNotNull, sql } from "drizzle-orm";
import type { ExchangeId } from "../core/ids.ts";
import {
  REVIEW_HAND_ROWS_MAX,
  REVIEW_KEPT_MS,
  REVIEW_LEASE_MS,
  REVIEW_QUEUE_AGE_MS_MAX,
  REVIEW_ROWS_MAX,
} from "../core/limits.ts";
import { orderQueue, type ReviewPick } from "../review/order-queue.ts";
import type { Said } from "../review/review-events.ts";
import { openDatabase } from "./database.ts";
import { readReviewCandidates, reviewedBatches, stillToReview } from "./review-candidates.ts";
import { reviewItems, reviewQueues } from "./schema.ts";

export type ReviewItem = typeof reviewItems.$inferSelect;

/** Who looks: two people may share a key, and never share a session. */
export interface Looker {
  app: string;
  session: string;
  reviewer: string;
  nowMs: number;
}

/** Makes the queue anew where a night has been, or some time has gone by. */
export async function renewQueue(
  { d1, bucket }: { d1: D1Database; bucket: R2Bucket },
  { app, nowMs }: Pick<Looker, "app" | "nowMs">,
): Promise<void> {
  const batches = await reviewedBatches(d1, app);
  const source = batches[0]?.id ?? "";
  const made = await openDatabase(d1).select().from(reviewQueues).where(eq(reviewQueues.app, app)).get();
  if (made?.source === source && nowMs - made.madeAtMs < REVIEW_QUEUE_AGE_MS_MAX) return;
  const candidates = await readReviewCandidates({ d1, bucket }, { app, batches, nowMs });
  // some of them are gone or reviewed already, which is asked of these alone
  const picks = orderQueue(candidates, { seed: `${app}\0${source}`, itemsMax: 2 * REVIEW_ROWS_MAX });
  const open = await stillToReview(d1, { app, ids: picks.map(({ id }) => id) });
  const kept = picks.filter(({ id }) => open.has(id)).slice(0, REVIEW_ROWS_MAX);
  await writeQueue(d1, { app, source, nowMs, picks: kept });
}

async function writeQueue(
  d1: D1Database,
  queue: { app: string; source: string; nowMs: number; picks: readonly ReviewPick[] },
): Promise<void> {
  const { app, source, nowMs, picks } = queue;
  const json = JSON.stringify(picks.map((pick, place) => ({ ...pick, place })));
  await d1.batch([
    d1.prepare(DROP_ITEMS).bind(app, nowMs, json, nowMs - REVIEW_KEPT_MS),
    d1.prepare(ADD_ITEMS).bind(app, json),
    d1.prepare(MARK_MADE).bind(app, source, nowMs),
  ]);
}

const DROP_ITEMS = `delete from review_items where app = ?1 and (
   (said is null and until_ms <= ?2 and skipped_by = '[]'
     and exchange_id not in (select value ->> '$.id' from json_each(?3)))
   or (said is not null and said_at_ms < ?4))`;
const ADD_ITEMS = `insert into review_items
   (app, exchange_id, task, reason, place, p_good, session, until_ms, skipped_by, said, reviewer, said_at_ms)
 select ?1, value ->> '$.id', value ->> '$.task', value ->> '$.reason', value ->> '$.place', value ->> '$.pGood',
   '', 0, '[]', null, '', 0
 from json_each(?2) where true
 on conflict (app, exchange_id) do update set
   place = excluded.place, reason = excluded.reason, p_good = excluded.p_good
 where review_items.said is null`;
const MARK_MADE = `insert into review_queues (app, source, made_at_ms) values (?1, ?2, ?3)
 on conflict (app) do update set source = excluded.source, made_at_ms = excluded.made_at_ms`;

/** What this session has, filled up with what is next; in the order of the queue. */
export async function dealHand(d1: D1Database, looker: Looker): Promise<ReviewItem[]> {
  const { app, session, reviewer, nowMs } = looker;
  const next = sql`select exchange_id from review_items
    where app = ${app} and said is null and (until_ms <= ${nowMs} or session = ${session})
      and not exists (select 1 from json_each(skipped_by) where value = ${reviewer})
    order by session = ${session} and until_ms > ${nowMs} desc, place limit ${REVIEW_HAND_ROWS_MAX}`;
  const items = await openDatabase(d1)
    .update(reviewItems)
    .set({ session, untilMs: nowMs + REVIEW_LEASE_MS })
    .where(and(eq(reviewItems.app, app), sql`${reviewItems.exchangeId} in (${next})`))
    .returning();
  return items.sort((a, b) => a.place - b.place || (a.exchangeId < b.exchangeId ? -1 : 1));
}

/** Is it this session's, or free to become so? undefined: somebody else has it, or it is done. */
export async function holdItem(d1: D1Database, looker: Looker, id: ExchangeId): Promise<ReviewItem | undefined> {
  const { session, nowMs } = looker;
  const held = await openDatabase(d1)
    .update(reviewItems)
    .set({ session, untilMs: nowMs + REVIEW_LEASE_MS })
    .where(and(itemOf(looker, id), sql`said is null and (session = ${session} or until_ms <= ${nowMs})`))
    .returning();
  return held[0];
}

export async function closeItem(d1: D1Database, looker: Looker, done: { id: ExchangeId; said: Said }): Promise<void> {
  const { session, reviewer, nowMs } = looker;
  await openDatabase(d1)
    .update(reviewItems)
    .set({ session, reviewer, said: done.said, saidAtMs: nowMs, untilMs: 0 })
    .where(and(itemOf(looker, done.id), sql`said is null`));
}

/** Offered to this reviewer no more, and to all others at once. */
export async function skipItem(d1: D1Database, looker: Looker, id: ExchangeId): Promise<void> {
  await openDatabase(d1)
    .update(reviewItems)
    .set({ session: "", untilMs: 0, skippedBy: sql`json_insert(skipped_by, '$[#]', ${looker.reviewer})` })
    .where(and(itemOf(looker, id), sql`said is null and session = ${looker.session}`));
}

/** What this session has said last, and can take back. */
export async function lastSaid(d1: D1Database, { app, session }: Looker): Promise<ReviewItem | undefined> {
  return openDatabase(d1)
    .select()
    .from(reviewItems)
    .where(and(eq(reviewItems.app, app), eq(reviewItems.session, session), isNotNull(reviewItems.said)))
    .orderBy(desc(reviewItems.saidAtMs))
    .limit(1)
    .get();
}

/** One that this session has said something of; undefined: it has not. */
export async function readSaid(d1: D1Database, looker: Looker, id: ExchangeId): Promise<ReviewItem | undefined> {
  const own = and(itemOf(looker, id), eq(reviewItems.session, looker.session), isNotNull(reviewItems.said));
  return openDatabase(d1).select().from(reviewItems).where(own).get();
}

/** Undo: the session's again, whether something was said of it or it was skipped. */
export async function reopenItem(d1: D1Database, looker: Looker, id: ExchangeId): Promise<void> {
  const { session, reviewer, nowMs } = looker;
  const without = sql`(select json_group_array(value) from json_each(skipped_by) where value <> ${reviewer})`;
  await openDatabase(d1)
    .update(reviewItems)
    .set({ session, untilMs: nowMs + REVIEW_LEASE_MS, said: null, reviewer: "", saidAtMs: 0, skippedBy: without })
    .where(
      and(
        itemOf(looker, id),
        sql`((said is not null and session = ${session}) or (said is null and until_ms <= ${nowMs}))`,
      ),
    );
}

function itemOf({ app }: Looker, id: ExchangeId) {
  return and(eq(reviewItems.app, app), eq(reviewItems.exchangeId, id));
}
