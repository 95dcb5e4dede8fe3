/**
 * Changes what a segment holds: the new one is written under a name of its own, the rows are pointed to it, then the old one is
 * deleted. Whatever fails in between can be done again: the same change of the same segment has the same name.
 */
import type { ExchangeRecord, SegmentPlace } from "../core/exchange.ts";
import type { FeedbackEvent } from "../core/feedback.ts";
import { gunzip } from "../core/gzip.ts";
import { RECORD_BYTES_MAX } from "../core/limits.ts";
import { toText } from "../core/text.ts";
import { type SegmentContent, writeSegment } from "./segments.ts";

export interface SegmentEdit {
  /** The record as it shall be; null: it goes. */
  record: (record: ExchangeRecord) => ExchangeRecord | null;
  keepsEvent: (event: FeedbackEvent) => boolean;
}

/** All of it. undefined: there is no such segment. */
export async function readSegment(
  bucket: R2Bucket,
  key: string,
): Promise<(SegmentContent & { places: { offset: number; length: number }[] }) | undefined> {
  const object = await bucket.get(key);
  if (object === null) return undefined;
  const bytes = new Uint8Array(await object.arrayBuffer());
  const exchanges: ExchangeRecord[] = [];
  const feedback: FeedbackEvent[] = [];
  const places: { offset: number; length: number }[] = [];
  let offset = 0;
  for (const length of lengthsOf(object)) {
    const text = toText(await gunzip(bytes.slice(offset, offset + length), RECORD_BYTES_MAX));
    for (const line of text.split("\n")) {
      if (line === "") continue;
      const value = JSON.parse(line) as ExchangeRecord | FeedbackEvent;
      if (value.type === "feedback") feedback.push(value);
      else {
        exchanges.push(value);
        places.push({ offset, length });
      }
    }
    offset += length;
  }
  return { exchanges, feedback, places };
}

/** @returns was there anything to change? */
export async function editSegment(
  store: { bucket: R2Bucket; d1: D1Database },
  { key, edit }: { key: string; edit: SegmentEdit },
): Promise<boolean> {
  const { bucket, d1 } = store;
  const segment = await readSegment(bucket, key);
  if (segment === undefined) return false;
  const exchanges = segment.exchanges.flatMap((record) => edit.record(record) ?? []);
  const feedback = segment.feedback.filter(edit.keepsEvent);
  const same =
    exchanges.length === segment.exchanges.length && exchanges.every((one, at) => one === segment.exchanges[at]);
  if (same && feedback.length === segment.feedback.length) return false;
  if (exchanges.length + feedback.length > 0) {
    const places = await writeSegment(bucket, { exchanges, feedback, instead: key });
    await moveRows(
      d1,
      exchanges.flatMap(({ id }, at) => (places[at] === undefined ? [] : [{ id, place: places[at] }])),
    );
  }
  await bucket.delete(key);
  return true;
}

/** Rows lead to these places from now on. */
export async function moveRows(d1: D1Database, rows: readonly { id: string; place: SegmentPlace }[]): Promise<void> {
  if (rows.length === 0) return;
  const moved = rows.map(({ id, place }) => [id, place.segment, place.offset, place.length]);
  await d1.prepare(MOVE).bind(JSON.stringify(moved)).run();
}

const MOVE = `update exchanges set segment = moved.value ->> 1, segment_offset = moved.value ->> 2, segment_length = moved.value ->> 3
 from json_each(?1) as moved where exchanges.id = moved.value ->> 0`;

function lengthsOf(object: R2Object): number[] {
  return (object.customMetadata?.lengths ?? "").split(",").map((length) => Number.parseInt(length, 36));
}
