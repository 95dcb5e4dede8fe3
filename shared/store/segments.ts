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
import { RECORD_BYTES_MAX, SEGMENT_READ_BYTES_MAX } from "../core/limits.ts";
import { toBytes, toText } from "../core/text.ts";

export const SEGMENTS_PREFIX = "segments/";

export interface SegmentContent {
  exchanges: readonly ExchangeRecord[];
  feedback: readonly FeedbackEvent[];
  /** Of a segment that was changed: the one in whose place it stands. */
  instead?: string;
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
  return `${SEGMENTS_PREFIX}${day}/${first.replaceAll("-", "").slice(0, 12)}${fingerprint([...ids, ...(content.instead === undefined ? [] : [content.instead])].join("\n"))}.ndjson.gz`;
}

/** One record by its place. undefined: the segment is gone, or what lies there is not this exchange. */
export async function readRecord(bucket: R2Bucket, row: Stored): Promise<ExchangeRecord | undefined> {
  for await (const { record } of readRecords(bucket, [row])) return record;
  return undefined;
}

/** An exchange, as far as it takes to find its record. */
export interface Stored {
  id: string;
  segment: string;
  segmentOffset: number;
  segmentLength: number;
}

interface Unpacked {
  record: ExchangeRecord | undefined;
  recordBytes: number;
}

const NOTHING: Unpacked = { record: undefined, recordBytes: 0 };

/** Segments asked for at once: R2 allows six connections. */
const READS_AT_ONCE = 6;

/**
 * The records of these rows, in the order of `rows` by segment: neighbours lie in one segment, which is read once. One
 * record is unpacked at a time; undefined where the segment is gone, or what lies there is not this exchange.
 */
export async function* readRecords<Row extends Stored>(
  bucket: R2Bucket,
  rows: readonly Row[],
): AsyncGenerator<{ row: Row } & Unpacked> {
  const groups = [...Map.groupBy(rows, ({ segment }) => segment).values()].flatMap(nearTogether);
  for (let at = 0; at < groups.length; at += READS_AT_ONCE) {
    const read = await Promise.all(groups.slice(at, at + READS_AT_ONCE).map((group) => readSpan(bucket, group)));
    for (const { group, from, bytes } of read) {
      for (const row of group) {
        const start = row.segmentOffset - from;
        const member = bytes?.subarray(start, start + row.segmentLength);
        yield { row, ...(member === undefined ? NOTHING : await unpackRecord(member, row.id)) };
      }
    }
  }
}

/** Rows of one segment, in groups that are worth one read. */
function nearTogether<Row extends Stored>(rows: readonly Row[]): Row[][] {
  const groups: Row[][] = [];
  let from = 0;
  for (const row of rows.toSorted((a, b) => a.segmentOffset - b.segmentOffset)) {
    const group = groups.at(-1);
    if (group !== undefined && row.segmentOffset + row.segmentLength - from <= SEGMENT_READ_BYTES_MAX) group.push(row);
    else {
      groups.push([row]);
      from = row.segmentOffset;
    }
  }
  return groups;
}

async function readSpan<Row extends Stored>(bucket: R2Bucket, group: readonly Row[]) {
  const [first, last] = [group[0], group.at(-1)];
  const from = first?.segmentOffset ?? 0;
  const length = (last?.segmentOffset ?? 0) + (last?.segmentLength ?? 0) - from;
  const object = await bucket.get(first?.segment ?? "", { range: { offset: from, length } });
  return { group, from, bytes: object === null ? undefined : new Uint8Array(await object.arrayBuffer()) };
}

async function unpackRecord(member: Uint8Array<ArrayBuffer>, id: string): Promise<Unpacked> {
  const bytes = await gunzip(member, RECORD_BYTES_MAX);
  const record = JSON.parse(toText(bytes)) as ExchangeRecord;
  return record.id === id ? { record, recordBytes: bytes.length } : NOTHING;
}
