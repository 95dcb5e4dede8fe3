/** Exchange rows in D1: written in bulk, read by id and by time. */
import { and, asc, desc, eq, getTableColumns, gte, type SQL, sql } from "drizzle-orm";
import type { ExchangeRecord, SegmentPlace } from "../core/exchange.ts";
import { type ExchangeId, idLowerBound, idTimeMs } from "../core/ids.ts";
import { INSERT_ROWS_MAX } from "../core/limits.ts";
import { openDatabase } from "./database.ts";
import { type IdRange, inIdRange } from "./id-range.ts";
import { exchanges } from "./schema.ts";
import { dayOf } from "./spending.ts";

export type ExchangeRow = typeof exchanges.$inferSelect;

/** Of these ids, the ones that already have a row. */
export async function knownIds(d1: D1Database, ids: readonly ExchangeId[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await openDatabase(d1)
    .select({ id: exchanges.id })
    .from(exchanges)
    .where(sql`${exchanges.id} in (select value from json_each(${JSON.stringify(ids)}))`);
  return new Set(rows.map((row) => row.id));
}

/**
 * Inserts rows, and adds what they used to their app's day; those that are there already stay as they are, and are not
 * counted again. One bound parameter a hundred rows: D1 allows a hundred parameters a statement.
 * @returns rows of `exchanges` written, as D1 counts them
 */
export async function insertExchanges(d1: D1Database, rows: readonly ExchangeRow[]): Promise<number> {
  let written = 0;
  for (let at = 0; at < rows.length; at += INSERT_ROWS_MAX) {
    const chunk = rows.slice(at, at + INSERT_ROWS_MAX);
    const json = JSON.stringify(chunk.map(valuesOf));
    // one transaction, the sum first: it looks for rows that are not there yet
    const [, result] = await d1.batch([d1.prepare(ADD_SPENDING).bind(json), d1.prepare(INSERT).bind(json)]);
    written += result?.meta.rows_written ?? 0;
  }
  return written;
}

const COLUMNS = Object.entries(getTableColumns(exchanges));
const INSERT = `insert or ignore into exchanges (${COLUMNS.map(([, column]) => column.name).join(", ")})
 select ${COLUMNS.map((_, at) => `value ->> ${at}`).join(", ")} from json_each(?1)`;

/** As an array: finding 35 fields by name in a row's JSON takes half as long again (`npm run bench`). */
function valuesOf(row: ExchangeRow): unknown[] {
  return [...COLUMNS.map(([field]) => row[field as keyof ExchangeRow]), dayOf(idTimeMs(row.id))];
}

/** The day stands behind the columns. */
const DAY = COLUMNS.length;
const ADD_SPENDING = `insert into spending (day, app, calls, input_tokens, output_tokens, cost_usd_micros)
 select value ->> ${DAY}, value ->> ${at("app")}, count(*), coalesce(sum(value ->> ${at("inputTokens")}), 0),
   coalesce(sum(value ->> ${at("outputTokens")}), 0), coalesce(sum(value ->> ${at("costUsdMicros")}), 0)
 from json_each(?1)
 where not exists (select 1 from exchanges where id = value ->> ${at("id")}) group by 1, 2
 on conflict (day, app) do update set calls = calls + excluded.calls,
   input_tokens = input_tokens + excluded.input_tokens, output_tokens = output_tokens + excluded.output_tokens,
   cost_usd_micros = cost_usd_micros + excluded.cost_usd_micros`;

/** Where a field stands in the array. */
function at(field: keyof ExchangeRow): number {
  return COLUMNS.findIndex(([name]) => name === field);
}

export function rowOf(record: ExchangeRecord, place: SegmentPlace): ExchangeRow {
  const { usage } = record;
  return {
    id: record.id,
    app: record.app,
    task: record.task,
    template: record.template,
    prompt: record.prompt,
    conversation: record.conversation,
    answer: record.answer,
    user: record.user,
    session: record.session,
    parent: record.parent,
    requestId: record.requestId,
    responseId: record.responseId,
    provider: record.provider,
    format: record.format,
    model: record.model,
    capture: record.capture,
    status: record.status,
    outcome: record.outcome,
    streamed: record.streamed,
    finishReason: record.finishReason,
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    cachedInputTokens: usage?.cachedInputTokens ?? null,
    reasoningTokens: usage?.reasoningTokens ?? null,
    usageEstimated: usage?.estimated ?? false,
    costUsdMicros: record.costUsdMicros,
    firstByteMs: record.firstByteMs,
    durationMs: record.durationMs,
    flags: record.flags.join(","),
    segment: place.segment,
    segmentOffset: place.offset,
    segmentLength: place.length,
    turn: record.turn,
    follows: record.follows,
    next: record.next,
  };
}

export async function readExchange(
  d1: D1Database,
  options: { app: string; id: ExchangeId },
): Promise<ExchangeRow | undefined> {
  return openDatabase(d1)
    .select()
    .from(exchanges)
    .where(and(eq(exchanges.id, options.id), eq(exchanges.app, options.app)))
    .get();
}

export interface ExchangeFilter extends IdRange {
  app?: string | undefined;
  task?: string | undefined;
  session?: string | undefined;
  rowsMax: number;
}

/** A page at a time. */
export async function listExchanges(d1: D1Database, filter: ExchangeFilter): Promise<ExchangeRow[]> {
  const conditions = [inIdRange(filter)];
  if (filter.app !== undefined) conditions.push(eq(exchanges.app, filter.app));
  if (filter.task !== undefined) conditions.push(eq(exchanges.task, filter.task));
  if (filter.session !== undefined) conditions.push(eq(exchanges.session, filter.session));
  return openDatabase(d1)
    .select()
    .from(exchanges)
    .where(and(...conditions))
    .orderBy(filter.newestFirst ? desc(exchanges.id) : asc(exchanges.id))
    .limit(filter.rowsMax);
}

export interface OtherIds {
  app: string;
  responseIds: string[];
  requestIds: string[];
  sinceMs: number;
}

/**
 * Finds exchanges by the provider's or the caller's id: reads all rows since `sinceMs`, as there is no index.
 * @returns exchange ids by "responseId:…" and "requestId:…"; of several the newest
 */
export async function findByOtherIds(d1: D1Database, ids: OtherIds): Promise<Map<string, ExchangeId>> {
  const inList = (column: SQL | typeof exchanges.responseId, list: string[]) =>
    sql`${column} in (select value from json_each(${JSON.stringify(list)}))`;
  const rows = await openDatabase(d1)
    .select({ id: exchanges.id, responseId: exchanges.responseId, requestId: exchanges.requestId })
    .from(exchanges)
    .where(
      and(
        gte(exchanges.id, idLowerBound(ids.sinceMs) as ExchangeId),
        eq(exchanges.app, ids.app),
        sql`(${inList(exchanges.responseId, ids.responseIds)} or ${inList(sql`${exchanges.requestId}`, ids.requestIds)})`,
      ),
    )
    .orderBy(asc(exchanges.id));
  const found = new Map<string, ExchangeId>();
  for (const row of rows) {
    if (row.responseId !== null) found.set(`responseId:${row.responseId}`, row.id);
    if (row.requestId !== null) found.set(`requestId:${row.requestId}`, row.id);
  }
  return found;
}

/** Tasks of an app since `sinceMs`, with the number of their exchanges. */
export async function listTasks(
  d1: D1Database,
  options: { app: string; sinceMs: number },
): Promise<{ task: string; exchanges: number }[]> {
  return openDatabase(d1)
    .select({ task: exchanges.task, exchanges: sql<number>`count(*)` })
    .from(exchanges)
    .where(and(gte(exchanges.id, idLowerBound(options.sinceMs) as ExchangeId), eq(exchanges.app, options.app)))
    .groupBy(exchanges.task);
}

/** These exchanges of an app, in the order of their ids; those that are not there are left out. */
export async function readExchanges(
  d1: D1Database,
  options: { app: string; ids: readonly string[] },
): Promise<ExchangeRow[]> {
  return openDatabase(d1)
    .select()
    .from(exchanges)
    .where(
      and(
        eq(exchanges.app, options.app),
        sql`${exchanges.id} in (select value from json_each(${JSON.stringify(options.ids)}))`,
      ),
    )
    .orderBy(asc(exchanges.id));
}

/** The one with the latest call; undefined where there is none yet. */
export async function newestExchange(d1: D1Database): Promise<{ id: ExchangeId; segment: string } | undefined> {
  return openDatabase(d1)
    .select({ id: exchanges.id, segment: exchanges.segment })
    .from(exchanges)
    .orderBy(desc(exchanges.id))
    .limit(1)
    .get();
}
