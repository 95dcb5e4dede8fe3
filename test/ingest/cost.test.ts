/** What taking in costs: one row of D1 an exchange, one object in R2 a group. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { sendCaptures } from "../whole-way/captures.ts";
import { type LaunchedIngest, launchIngest, wantedOf } from "./launched-ingest.ts";

let ingest: LaunchedIngest;

beforeAll(async () => {
  ingest = await launchIngest();
});
afterAll(() => ingest?.stop());

test("an exchange costs one row written, and all that come together one object", async () => {
  const wanted = wantedOf("cost", 30);
  await sendCaptures(ingest.winnow, wanted);
  const taken = await ingest.taken(30, 0);
  expect(taken).toMatchObject({ exchanges: 30, rowsWritten: 30, segments: taken.groups });
  expect(taken.groups).toBeLessThan(5);
  const segments = new Set((await Promise.all(wanted.map(ingest.rowOf))).map((row) => row.segment));
  expect((await ingest.objects("")).map(({ key }) => key).sort()).toEqual([...segments].sort());
});

test("the rows written are as D1 counts them: an index more is a row more for each exchange", async () => {
  const sinceLine = ingest.lines.length;
  await ingest.rows("create index one_more on exchanges (task)");
  await sendCaptures(ingest.winnow, wantedOf("indexed", 10));
  const taken = await ingest.taken(10, sinceLine);
  await ingest.rows("drop index one_more");
  expect(taken).toMatchObject({ exchanges: 10, rowsWritten: 20 });
});
