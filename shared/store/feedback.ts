/** Feedback in D1: the newest word of each actor, and what waits for its exchange. */
import { and, asc, gte, inArray, lte } from "drizzle-orm";
import type { Feedback, FeedbackEvent } from "../core/feedback.ts";
import { type ExchangeId, idTimeMs } from "../core/ids.ts";
import { FEEDBACK_REF_AGE_MS_MAX, FEEDBACK_WAITING_MAX, INSERT_ROWS_MAX } from "../core/limits.ts";
import { standingFeedback } from "../feedback/standing.ts";
import { openDatabase } from "./database.ts";
import { type ExchangeRow, findByOtherIds } from "./exchanges.ts";
import { feedback, feedbackWaiting } from "./schema.ts";

/** An event whose exchange is known. */
export type AddressedEvent = FeedbackEvent & { ref: { id: ExchangeId } };

const UPSERT = `insert into feedback (exchange_id, kind, name, actor, app, value, text, at_ms, event_id)
 select value ->> '$.exchangeId', value ->> '$.kind', value ->> '$.name', value ->> '$.actor', coalesce(value ->> '$.app', ''),
   value -> '$.value', value ->> '$.text', value ->> '$.atMs', value ->> '$.eventId'
 from json_each(?1) where true
 on conflict (exchange_id, kind, name, actor, app) do update set
   value = excluded.value, text = excluded.text, at_ms = excluded.at_ms, event_id = excluded.event_id
 where (excluded.at_ms, excluded.event_id) > (feedback.at_ms, feedback.event_id)`;

const INSERT_WAITING = `insert or ignore into feedback_waiting (event_id, app, event)
 select value ->> '$.eventId', coalesce(value ->> '$.app', ''), value from json_each(?1)`;

/** Keeps of each (exchange, kind, name, actor, app) the newest event, in whatever order and however often they come. */
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
  for (let at = 0; at < waiting.length; at += INSERT_ROWS_MAX) {
    await d1
      .prepare(INSERT_WAITING)
      .bind(JSON.stringify(waiting.slice(at, at + INSERT_ROWS_MAX)))
      .run();
  }
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

/**
 * What stands about each of these exchanges, by id.
 * @param rows in the order of their ids, either way: one range of the table is read
 */
export async function readStandingFeedback(
  d1: D1Database,
  rows: readonly Pick<ExchangeRow, "id" | "app" | "user">[],
): Promise<Map<ExchangeId, Feedback[]>> {
  const ends = [rows.at(0)?.id, rows.at(-1)?.id].filter((id) => id !== undefined).toSorted();
  const [fromId, toId = fromId] = ends;
  if (fromId === undefined || toId === undefined) return new Map();
  const said = await openDatabase(d1)
    .select()
    .from(feedback)
    .where(and(gte(feedback.exchangeId, fromId), lte(feedback.exchangeId, toId)));
  const byExchange = Map.groupBy(said, (piece) => piece.exchangeId);
  return new Map(rows.map((row) => [row.id, standingFeedback(byExchange.get(row.id) ?? [], row)]));
}
