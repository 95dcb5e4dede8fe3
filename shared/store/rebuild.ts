/**
 * D1 again from R2: rows of exchanges and what was said of them, read out of the segments. What is there already stays as it is, but for
 * rows that lead nowhere, as those of a database that was set back to an earlier time do where their segment was written anew since.
 * Then the rows are gone through for records that are nowhere. Not from the segments: conversations and next words that the night found
 * (by the next nights), batches and runs (their files are in R2; the lists are not), keys, settings.
 */
import type { SegmentPlace } from "../core/exchange.ts";
import { moveRows, readSegment } from "./edit-segment.ts";
import { erasedAmong } from "./erasures.ts";
import { type ExchangeRow, insertExchanges, listExchanges, rowOf } from "./exchanges.ts";
import { recordFeedback } from "./feedback.ts";
import { readRecord, readRecords, SEGMENTS_PREFIX, type Stored } from "./segments.ts";

export interface RebuildPart {
  /** As the part before has answered; "": from the beginning. */
  cursor: string;
  fromMs: number;
  toMs: number;
  /** Counts, and changes nothing. */
  dryRun: boolean;
  segmentsMax: number;
  rowsMax: number;
}

export interface Rebuilt {
  segments: number;
  exchanges: number;
  /** Exchanges of segments that had no row. */
  missing: number;
  /** Rows that led nowhere, and whose record is here. */
  moved: number;
  feedback: number;
  /** Segments that no row points to, though they hold exchanges that were not erased. */
  orphanSegments: string[];
  /** Rows whose record is not where they say. */
  orphanRows: string[];
  /** null: all was read. */
  cursor: string | null;
}

interface Stores {
  d1: D1Database;
  bucket: R2Bucket;
}

/** Before the id of the last row that was looked at: segments come first. */
const ROWS_CURSOR = "rows:";
const DAY_MS = 24 * 3_600_000;

export async function rebuildPart(stores: Stores, part: RebuildPart): Promise<Rebuilt> {
  const done: Rebuilt = {
    segments: 0,
    exchanges: 0,
    missing: 0,
    moved: 0,
    feedback: 0,
    orphanSegments: [],
    orphanRows: [],
    cursor: null,
  };
  const { cursor } = part;
  return cursor.startsWith(ROWS_CURSOR) ? lookThroughRows(stores, part, done) : readSegments(stores, part, done);
}

async function readSegments(
  stores: Stores,
  { cursor, fromMs, toMs, dryRun, segmentsMax }: RebuildPart,
  done: Rebuilt,
): Promise<Rebuilt> {
  const page = await stores.bucket.list({
    prefix: SEGMENTS_PREFIX,
    startAfter: cursor === "" ? `${SEGMENTS_PREFIX}${dayPath(fromMs)}` : cursor,
    limit: segmentsMax,
  });
  const end = `${SEGMENTS_PREFIX}${dayPath(toMs)}/~`;
  for (const { key } of page.objects) {
    if (key > end) return { ...done, cursor: ROWS_CURSOR };
    await rebuildSegment(stores, { key, dryRun, done });
  }
  const last = page.objects.at(-1)?.key;
  return { ...done, cursor: page.truncated && last !== undefined ? last : ROWS_CURSOR };
}

async function lookThroughRows(
  { d1, bucket }: Stores,
  { cursor, fromMs, toMs, rowsMax }: RebuildPart,
  done: Rebuilt,
): Promise<Rebuilt> {
  const afterId = cursor.slice(ROWS_CURSOR.length);
  const days = { fromMs: startOfDay(fromMs), toMs: startOfDay(toMs) + DAY_MS };
  const rows = await listExchanges(d1, { ...days, ...(afterId !== "" && { afterId }), rowsMax });
  done.orphanRows.push(...(await leadingNowhere(bucket, rows)));
  const last = rows.at(-1);
  return { ...done, cursor: rows.length < rowsMax || last === undefined ? null : ROWS_CURSOR + last.id };
}

async function rebuildSegment(
  { d1, bucket }: Stores,
  { key, dryRun, done }: { key: string; dryRun: boolean; done: Rebuilt },
): Promise<void> {
  const segment = await readSegment(bucket, key);
  if (segment === undefined) return;
  const ids = [
    ...segment.exchanges.map(({ id }) => id as string),
    ...segment.feedback.map(({ ref }) => ("id" in ref ? ref.id : "")),
  ];
  const gone = await erasedAmong(d1, ids);
  const rows = segment.exchanges.flatMap((record, at): ExchangeRow[] => {
    const place = segment.places[at];
    return gone.has(record.id) || place === undefined ? [] : [rowOf(record, { segment: key, ...place })];
  });
  const events = segment.feedback.filter(({ ref }) => !("id" in ref && gone.has(ref.id)));
  const { missing, elsewhere, moved } = await compare({ d1, bucket }, rows);
  const pointing = rows.length - missing.length - elsewhere + (dryRun ? 0 : moved.length);
  if (rows.length > 0 && pointing === 0 && missing.length < rows.length) done.orphanSegments.push(key);
  done.segments++;
  done.exchanges += rows.length;
  done.missing += missing.length;
  done.moved += moved.length;
  done.feedback += events.length;
  if (dryRun) return;
  await insertExchanges(d1, missing);
  await moveRows(
    d1,
    moved.map((row) => ({ id: row.id, place: placeOf(row) })),
  );
  for (const [receivedAtMs, group] of Map.groupBy(events, (event) => event.receivedAtMs)) {
    await recordFeedback(d1, group, receivedAtMs);
  }
}

/** @param rows as the segment would have them. @returns those that D1 lacks, and those that it has with a place where nothing is */
async function compare(
  { d1, bucket }: Stores,
  rows: readonly ExchangeRow[],
): Promise<{ missing: ExchangeRow[]; elsewhere: number; moved: ExchangeRow[] }> {
  const known = await placesIn(
    d1,
    rows.map(({ id }) => id),
  );
  const elsewhere = rows.flatMap((row) => {
    const stored = known.get(row.id);
    return stored === undefined || samePlace(stored, row) ? [] : [stored];
  });
  const nowhere = new Set(await leadingNowhere(bucket, elsewhere));
  return {
    missing: rows.filter(({ id }) => !known.has(id)),
    elsewhere: elsewhere.length,
    moved: rows.filter(({ id }) => nowhere.has(id)),
  };
}

async function placesIn(d1: D1Database, ids: readonly string[]): Promise<Map<string, Stored>> {
  const { results } = await d1
    .prepare(
      `select id, segment, segment_offset as segmentOffset, segment_length as segmentLength from exchanges
       where id in (select value from json_each(?1))`,
    )
    .bind(JSON.stringify(ids))
    .all<Stored>();
  return new Map(results.map((row) => [row.id, row]));
}

/** Ids of those whose record is not where they say. */
async function leadingNowhere(bucket: R2Bucket, rows: readonly Stored[]): Promise<string[]> {
  try {
    const lost: string[] = [];
    for await (const { row, record } of readRecords(bucket, rows)) if (record === undefined) lost.push(row.id);
    return lost;
  } catch {
    // what lies at one of the places cannot be read: which one?
    const found = await Promise.all(rows.map((row) => readRecord(bucket, row).catch(() => undefined)));
    return rows.filter((_, at) => found[at] === undefined).map(({ id }) => id);
  }
}

function placeOf({ segment, segmentOffset: offset, segmentLength: length }: Stored): SegmentPlace {
  return { segment, offset, length };
}

function samePlace(a: Stored, b: Stored): boolean {
  return a.segment === b.segment && a.segmentOffset === b.segmentOffset && a.segmentLength === b.segmentLength;
}

function startOfDay(timeMs: number): number {
  return Math.floor(timeMs / DAY_MS) * DAY_MS;
}

function dayPath(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10).replaceAll("-", "/");
}
