/**
 * D1 again from R2: rows of exchanges and what was said of them, read out of the segments. What is there already stays as it is, so
 * that it also mends a database that was set back to an earlier time. Not from there, and made anew otherwise: conversations and next
 * words that the night found (by the next nights), batches and runs (their files are in R2; the lists are not), keys, settings.
 */

import { readSegment } from "./edit-segment.ts";
import { erasedAmong } from "./erasures.ts";
import { type ExchangeRow, insertExchanges, knownIds, rowOf } from "./exchanges.ts";
import { recordFeedback } from "./feedback.ts";
import { SEGMENTS_PREFIX } from "./segments.ts";

export interface RebuildPart {
  /** Key of the last segment that was read; "": none. */
  cursor: string;
  fromMs: number;
  toMs: number;
  /** Counts, and changes nothing. */
  dryRun: boolean;
  segmentsMax: number;
}

export interface Rebuilt {
  segments: number;
  exchanges: number;
  /** Exchanges of segments that had no row. */
  missing: number;
  feedback: number;
  /** Segments that no row points to, though they hold exchanges that were not erased. */
  orphanSegments: string[];
  /** Rows whose record is not where they say. */
  orphanRows: string[];
  /** null: all was read. */
  cursor: string | null;
}

export async function rebuildPart(
  { d1, bucket }: { d1: D1Database; bucket: R2Bucket },
  { cursor, fromMs, toMs, dryRun, segmentsMax }: RebuildPart,
): Promise<Rebuilt> {
  const done: Rebuilt = {
    segments: 0,
    exchanges: 0,
    missing: 0,
    feedback: 0,
    orphanSegments: [],
    orphanRows: [],
    cursor: null,
  };
  const page = await bucket.list({
    prefix: SEGMENTS_PREFIX,
    startAfter: cursor === "" ? `${SEGMENTS_PREFIX}${dayPath(fromMs)}` : cursor,
    limit: segmentsMax,
  });
  const end = `${SEGMENTS_PREFIX}${dayPath(toMs)}/~`;
  for (const { key } of page.objects) {
    if (key > end) return done;
    await rebuildSegment({ d1, bucket }, { key, dryRun, done });
  }
  const last = page.objects.at(-1)?.key;
  return { ...done, cursor: page.truncated && last !== undefined ? last : null };
}

async function rebuildSegment(
  { d1, bucket }: { d1: D1Database; bucket: R2Bucket },
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
  const known = await knownIds(
    d1,
    rows.map(({ id }) => id),
  );
  const missing = rows.filter(({ id }) => !known.has(id));
  const events = segment.feedback.filter(({ ref }) => !("id" in ref && gone.has(ref.id)));
  const pointing = await rowsPointingTo(d1, key);
  const here = new Map(rows.map((row) => [row.id as string, row.segmentOffset]));
  done.orphanRows.push(...pointing.filter(({ id, offset }) => here.get(id) !== offset).map(({ id }) => id));
  if (rows.length > 0 && pointing.length === 0 && missing.length < rows.length) done.orphanSegments.push(key);
  done.segments++;
  done.exchanges += rows.length;
  done.missing += missing.length;
  done.feedback += events.length;
  if (dryRun) return;
  await insertExchanges(d1, missing);
  for (const [receivedAtMs, group] of Map.groupBy(events, (event) => event.receivedAtMs)) {
    await recordFeedback(d1, group, receivedAtMs);
  }
}

async function rowsPointingTo(d1: D1Database, key: string): Promise<{ id: string; offset: number }[]> {
  const { results } = await d1
    .prepare("select id, segment_offset as offset from exchanges where segment = ?1")
    .bind(key)
    .all<{ id: string; offset: number }>();
  return results;
}

function dayPath(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10).replaceAll("-", "/");
}
