/** Segments: a gzip member for each record, found by its row, and one .gz as a whole. */
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idOf, say, signedIdOf, takeIn, type Wanted } from "../whole-way/captures.ts";
import { type LaunchedIngest, launchIngest, type PlacedRow, recordsIn, wantedOf } from "./launched-ingest.ts";

const AT_MS = Date.now() - 3_600_000;
const WANTED = [...wantedOf("short", 6, AT_MS), { name: "größer", atMs: AT_MS + 9, answer: "Ü".repeat(9_000) }];

let ingest: LaunchedIngest;

beforeAll(async () => {
  ingest = await launchIngest();
  await takeIn(ingest.winnow, WANTED);
  await say(ingest.winnow, [
    { id: await signedIdOf(WANTED[0] as Wanted), kind: "copied" },
    { id: await signedIdOf(WANTED[1] as Wanted), kind: "accepted" },
  ]);
});
afterAll(() => ingest?.stop());

/** By where they lie. */
async function rowsOf(segment: string): Promise<PlacedRow[]> {
  return ingest.rows<PlacedRow>("select * from exchanges where segment = ? order by segment_offset", segment);
}

function lengthsOf(metadata: Record<string, string>): number[] {
  return (metadata.lengths ?? "").split(",").map((length) => Number.parseInt(length, 36));
}

describe("a row", () => {
  test("leads to one whole member, which holds its record alone", async () => {
    const segments = new Map((await ingest.objects("segments/")).map(({ key, bytes }) => [key, bytes]));
    for (const one of WANTED) {
      const { segment, segment_offset: offset, segment_length: length } = await ingest.rowOf(one);
      const member = segments.get(segment)?.subarray(offset, offset + length) ?? Buffer.alloc(0);
      expect(recordsIn(member)).toMatchObject([{ type: "exchange", version: 1, id: idOf(one) }]);
      expect(() => gunzipSync(member.subarray(0, -1)), "a byte less is no member").toThrow("unexpected end");
    }
  });
});

describe("a segment", () => {
  test("is its members one after the other, and their lengths lie with it", async () => {
    for (const { key, bytes, metadata } of await ingest.objects("segments/")) {
      const rows = await rowsOf(key);
      const lengths = lengthsOf(metadata);
      expect(lengths.slice(0, rows.length)).toEqual(rows.map((row) => row.segment_length));
      let offset = 0;
      for (const row of rows) {
        expect(row.segment_offset).toBe(offset);
        offset += row.segment_length;
      }
      expect(lengths.reduce((sum, length) => sum + length, 0)).toBe(bytes.byteLength);
      expect(lengths.length - rows.length, "members without a row: feedback's").toBeLessThanOrEqual(1);
    }
  });

  test("is as a whole what zcat reads: a line a record, every record once", async () => {
    const records = (await ingest.objects("segments/")).flatMap(({ bytes }) => recordsIn(bytes));
    const exchanges = records.filter((record) => record.type === "exchange");
    const feedback = records.filter((record) => record.type === "feedback");
    expect(exchanges.map(({ id }) => id).sort()).toEqual(WANTED.map(idOf).sort());
    expect(feedback.map(({ kind }) => kind).sort()).toEqual(["accepted", "copied"]);
    expect(JSON.stringify(exchanges)).toContain("Ü".repeat(9_000));
  });

  test("is called after the day and the time of its first record, and says what it is", async () => {
    const bucket = await ingest.winnow.bucket();
    const { objects } = await bucket.list({ prefix: "segments/" });
    const days = [AT_MS, Date.now()].map((ms) => new Date(ms).toISOString().slice(0, 10).replaceAll("-", "/"));
    for (const { key } of objects) {
      expect(days).toContain(/^segments\/(\d{4}\/\d\d\/\d\d)\/[0-9a-f]{12}[0-9a-f]+\.ndjson\.gz$/.exec(key)?.[1]);
      const head = await bucket.head(key);
      expect(head?.httpMetadata).toMatchObject({ contentType: "application/x-ndjson", contentEncoding: "gzip" });
    }
    const first = await ingest.rowOf(WANTED[0] as Wanted);
    expect(first.segment).toContain(
      `/${idOf(WANTED[0] as Wanted)
        .replaceAll("-", "")
        .slice(0, 12)}`,
    );
  });
});
