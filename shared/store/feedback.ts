/** Feedback in D1: the newest word of each actor, and what waits for its exchange. */
import { and, asc, gte, inArray, lt, sql } from "drizzle-orm";
import type { Feedback, FeedbackEvent } from "../core/feedback.ts";
import { type ExchangeId, idTimeMs } from "../core/ids.ts";
import { FEEDBACK_REF_AGE_MS_MAX, FEEDBACK_WAITING_MAX, INSERT_ROWS_MAX } from "../core/limits.ts";
import { openDatabase } from "./database.ts";
import { findByOtherIds } from "./exchanges.ts";
import { feedback, feedbackWaiting } from "./schema.ts";

/** An event whose exchange is known. */
export type AddressedEvent = FeedbackEvent & { ref: { id: ExchangeId } };

const UPSERT = `insert into feedback (exchange_id, kind, name, actor, app, value, text, at_ms, event_id)
 select value ->> '$.exchangeId', value ->> '$.kind', value ->> '$.name', value ->> '$.actor', value ->> '$.app',
   value -> '$.value', value ->> '$.text', value ->> '$.atMs', value ->> '$.eventId'
 from json_each(?1) where true
 on conflict (exchange_id, kind, name, actor) do update set
   app = excluded.app, value = excluded.value, text = excluded.text, at_ms = excluded.at_ms, event_id = excluded.event_id
 where (excluded.at_ms, excluded.event_id) > (feedback.at_ms, feedback.event_id)`;

/** Keeps of each (exchange, kind, name, actor) the newest event, in whatever order and however often they come. */
export async function upsertFeedback(d1: D1Database, events: readonly AddressedEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += INSERT_ROWS_MAX) {
    const rows = events.slice(at, at + INSERT_ROWS_MAX).map((event) => ({ ...event, exchangeId: event.ref.id }));
    await d1.prepare(UPSERT).bind(JSON.stringify(rows)).run();
  }
}

/** Writes events; those that name their exchange by another id are looked up, or wait. */
export async function recordFeedback(d1: D1Database, events: readonly FeedbackEvent[], nowMs: number): Promise<void> {
  const { addressed, waiting } = await addressEvents(d1, events, nowMs);
  await upsertFeedback(d1, addressed);
  if (waiting.length === 0) return;
  await openDatabase(d1)
    .insert(feedbackWaiting)
    .values(waiting.map((event) => ({ eventId: event.eventId, app: event.app ?? "", event: JSON.stringify(event) })))
    .onConflictDoNothing();
}

/** Tries again what waits; gives up what is too old. @returns how many found their exchange */
export async function resolveWaiting(d1: D1Database, nowMs: number): Promise<number> {
  const db = openDatabase(d1);
  const rows = await db
    .select()
    .from(feedbackWaiting)
    .orderBy(asc(feedbackWaiting.eventId))
    .limit(FEEDBACK_WAITING_MAX);
  const events = rows.map((row) => JSON.parse(row.event) as FeedbackEvent);
  const { addressed, waiting } = await addressEvents(d1, events, nowMs);
  await upsertFeedback(d1, addressed);
  const over = waiting.filter((event) => nowMs - idTimeMs(event.eventId) > FEEDBACK_REF_AGE_MS_MAX);
  const done = [...addressed, ...over].map((event) => event.eventId);
  for (let at = 0; at < done.length; at += INSERT_ROWS_MAX) {
    await db.delete(feedbackWaiting).where(inArray(feedbackWaiting.eventId, done.slice(at, at + INSERT_ROWS_MAX)));
  }
  return addressed.length;
}

async function addressEvents(
  d1: D1Database,
  events: readonly FeedbackEvent[],
  nowMs: number,
): Promise<{ addressed: AddressedEvent[]; waiting: FeedbackEvent[] }> {
  const addressed: AddressedEvent[] = [];
  const open: FeedbackEvent[] = [];
  for (const event of events) {
    if ("id" in event.ref) addressed.push({ ...event, ref: event.ref });
    else open.push(event);
  }
  const waiting: FeedbackEvent[] = [];
  for (const [app, group] of Map.groupBy(open, (event) => event.app ?? "")) {
    const found = await findByOtherIds(d1, {
      app,
      responseIds: group.flatMap(({ ref }) => ("responseId" in ref ? [ref.responseId] : [])),
      requestIds: group.flatMap(({ ref }) => ("requestId" in ref ? [ref.requestId] : [])),
      sinceMs: nowMs - FEEDBACK_REF_AGE_MS_MAX,
    });
    for (const event of group) {
      const id = found.get(refName(event));
      if (id === undefined) waiting.push(event);
      else addressed.push({ ...event, ref: { id } });
    }
  }
  return { addressed, waiting };
}

function refName({ ref }: FeedbackEvent): string {
  if ("responseId" in ref) return `responseId:${ref.responseId}`;
  return "requestId" in ref ? `requestId:${ref.requestId}` : `id:${ref.id}`;
}

/** What stands about the exchanges between two times (of the exchange, not of the feedback), cleared words left out. */
export async function readFeedbackBetween(
  d1: D1Database,
  range: { fromId: string; toId: string },
): Promise<Feedback[]> {
  const rows = await openDatabase(d1)
    .select()
    .from(feedback)
    .where(and(gte(feedback.exchangeId, range.fromId as ExchangeId), lt(feedback.exchangeId, range.toId as ExchangeId)))
    .orderBy(asc(feedback.exchangeId), asc(feedback.kind), asc(feedback.name), asc(feedback.actor));
  return rows.filter((row) => row.value !== null);
}

/** What stands about one exchange, cleared words left out. */
export async function readFeedbackOf(d1: D1Database, exchange: { id: ExchangeId; app: string }): Promise<Feedback[]> {
  const rows = await openDatabase(d1)
    .select()
    .from(feedback)
    .where(
      and(
        sql`${feedback.exchangeId} = ${exchange.id}`,
        sql`(${feedback.app} is null or ${feedback.app} = ${exchange.app})`,
      ),
    )
    .orderBy(asc(feedback.atMs), asc(feedback.eventId));
  return rows.filter((row) => row.value !== null);
}
