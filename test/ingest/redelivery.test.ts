/** A queue delivers at least once: what comes again, in whatever order and company, changes nothing. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { FeedbackEvent } from "../../shared/core/feedback.ts";
import { makeUuidV7 } from "../../shared/core/ids.ts";
import { detailOf, idOf, sendCaptures, takeIn, type Wanted } from "../whole-way/captures.ts";
import { type LaunchedIngest, launchIngest, wantedOf } from "./launched-ingest.ts";

let ingest: LaunchedIngest;

beforeAll(async () => {
  ingest = await launchIngest();
});
afterAll(() => ingest?.stop());

/** All that ingest has written, but when. */
async function everything() {
  const segments = await ingest.objects("");
  return {
    exchanges: await ingest.rows("select * from exchanges order by id"),
    feedback: await ingest.rows("select * from feedback order by exchange_id, kind, actor"),
    spending: await ingest.rows("select * from spending order by day"),
    segments: segments.map(({ key, etag }) => [key, etag]),
  };
}

function thumb(wanted: Wanted, options: { value: string | null; atMs: number }): FeedbackEvent {
  const { value, atMs } = options;
  const eventId = makeUuidV7(atMs, new Uint8Array(10));
  const about = { ref: { id: idOf(wanted) }, app: "demo", kind: "thumb" as const, name: "", actor: "ada" };
  return { type: "feedback", version: 1, eventId, ...about, value, text: null, atMs, receivedAtMs: atMs };
}

test("captures that come again, two by two and last first, write nothing at all", async () => {
  const wanted = wantedOf("again", 6);
  await takeIn(ingest.winnow, wanted);
  const before = await everything();
  expect(before.spending).toMatchObject([{ calls: 6 }]);
  const sinceLine = ingest.lines.length;
  await sendCaptures(ingest.winnow, [...wanted.toReversed(), ...wanted]);
  const taken = await ingest.taken(12, sinceLine);
  expect(taken).toMatchObject({ exchanges: 0, rowsWritten: 0, segments: 0 });
  expect(await everything()).toEqual(before);
});

test("new ones among them are taken in once, and the old ones stay where they lie", async () => {
  const [old, fresh] = [wantedOf("old", 4), wantedOf("fresh", 3)];
  await takeIn(ingest.winnow, old);
  const before = await Promise.all(old.map(ingest.rowOf));
  const sinceLine = ingest.lines.length;
  await sendCaptures(ingest.winnow, [...fresh, ...old, ...fresh.toReversed()]);
  const taken = await ingest.taken(10, sinceLine);
  expect(taken).toMatchObject({ exchanges: 3, rowsWritten: 3 });
  expect(await Promise.all(old.map(ingest.rowOf))).toEqual(before);
  for (const one of fresh) expect(await detailOf(ingest.winnow, idOf(one))).toMatchObject({ flags: [] });
});

test("feedback that comes again, with its exchange or after a newer word, says nothing new", async () => {
  const [one] = wantedOf("spoken of", 1) as [Wanted];
  const [down, up] = [
    thumb(one, { value: "down", atMs: one.atMs + 1 }),
    thumb(one, { value: "up", atMs: one.atMs + 2 }),
  ];
  await ingest.send([down]);
  await ingest.send([up]);
  await takeIn(ingest.winnow, [one]);
  const spending = await ingest.rows("select * from spending");
  const sinceLine = ingest.lines.length;
  for (const events of [[up, down], [down], [up], [down]]) await ingest.send(events);
  await sendCaptures(ingest.winnow, [one]);
  await ingest.taken(5, sinceLine);
  expect((await detailOf(ingest.winnow, idOf(one))).feedback).toMatchObject([{ kind: "thumb", value: "up" }]);
  expect(await ingest.rows("select * from feedback")).toMatchObject([{ event_id: up.eventId }]);
  expect(await ingest.rows("select * from spending")).toEqual(spending);
});
