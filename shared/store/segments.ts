/**
 * Segments: the truth. One R2 object a batch of messages, NDJSON, each record a gzip member of its own, so that a
 * record is one range read and the whole is a .gz that zcat reads. The last member may hold several feedback
 * records, a line each. The members' lengths lie with the object as custom metadata.
 *
 *     segments/2026/11/23/<time of the first record, 12 hex><fingerprint of the ids>.ndjson.gz
 *
 * The name depends on the content alone: the same batch written twice is one object.
 */
import type { ExchangeRecord, SegmentPlace } from "../core/exchange.ts";
import type { FeedbackEvent } from "../core/feedback.ts";
import { concatBytes, gunzip, gzip } from "../core/gzip.ts";
import { fingerprint } from "../core/hash.ts";
import { idTimeMs } from "../core/ids.ts";
import { RECORD_BYTES_MAX } from "../core/limits.ts";
import { toBytes, toText } from "../core/text.ts";

export const SEGMENTS_PREFIX = "segments/";

export interface SegmentContent {
  exchanges: readonly ExchangeRecord[];
  feedback: readonly FeedbackEvent[];
}

/** Writes one segment. Answers with the place of each exchange, in their order. */
export async function writeSegment(bucket: R2Bucket, content: SegmentContent): Promise<SegmentPlace[]> {
  const members: Uint8Array[] = [];
  for (const record of content.exchanges) members.push(await gzip(toBytes(`${JSON.stringify(record)}\n`)));
  if (content.feedback.length > 0) {
    const lines = content.feedback.map((event) => `${JSON.stringify(event)}\n`).join("");
    members.push(await gzip(toBytes(lines)));
  }
  const lengths = members.map((member) => member.byteLength);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const key = segmentKey(content);
  await bucket.put(key, concatBytes(members, total), {
    httpMetadata: { contentType: "application/x-ndjson", contentEncoding: "gzip" },
    customMetadata: { lengths: lengths.map((length) => length.toString(36)).join(",") },
  });
  let offset = 0;
  return content.exchanges.map((_, index) => {
    const length = lengths[index] ?? 0;
    const place = { segment: key, offset, length };
    offset += length;
    return place;
  });
}

function segmentKey(content: SegmentContent): string {
  const ids = [...content.exchanges.map((record) => record.id), ...content.feedback.map((event) => event.eventId)];
  ids.sort();
  const first = ids[0] ?? "";
  const day = new Date(idTimeMs(first)).toISOString().slice(0, 10).replaceAll("-", "/");
  return `${SEGMENTS_PREFIX}${day}/${first.replaceAll("-", "").slice(0, 12)}${fingerprint(ids.join("\n"))}.ndjson.gz`;
}

/** One record by its place. undefined: the segment is gone, or what lies there is not this exchange. */
export async function readRecord(
  bucket: R2Bucket,
  row: SegmentPlace & { id: string },
): Promise<ExchangeRecord | undefined> {
  const object = await bucket.get(row.segment, { range: { offset: row.offset, length: row.length } });
  if (object === null) return undefined;
  const bytes = await gunzip(new Uint8Array(await object.arrayBuffer()), RECORD_BYTES_MAX);
  const record = JSON.parse(toText(bytes)) as ExchangeRecord;
  return record.id === row.id ? record : undefined;
}
