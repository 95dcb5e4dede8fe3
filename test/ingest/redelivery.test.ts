/** A queue delivers at least once: what comes again, in whatever order and company, changes nothing. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { detailOf, idOf, sendCaptures, type Wanted } from "../whole-way/captures.ts";
import { type LaunchedIngest, launchIngest, thumbOf, wantedOf } from "./launched-ingest.ts";

const OLD = wantedOf("old", 6);
const FRESH = wantedOf("fresh", 3);
const SPOKEN_OF = OLD[0] as Wanted;
const DOWN = thumbOf(SPOKEN_OF, { value: "down", afterMs: 1 });
const UP = thumbOf(SPOKEN_OF, { value: "up", afterMs: 2 });

let ingest: LaunchedIngest;

beforeAll(async () => {
  ingest = await launchIngest();
  for (const event of [DOWN, UP]) await ingest.send([event]);
  await sendCaptures(ingest.winnow, OLD);
  await ingest.taken(OLD.length + 2, 0);
});
afterAll(() => ingest?.stop());

/** All that lies in D1 and R2. */
async function everything() {
  return {
    exchanges: await ingest.rows("select * from exchanges order by id"),
    feedback: await ingest.rows("select * from feedback"),
    spending: await ingest.rows("select * from spending"),
    objects: (await ingest.objects("")).map(({ key, etag }) => [key, etag]),
  };
}

test("captures that come again, two by two and last first, write nothing at all", async () => {
  const before = await everything();
  expect(before).toMatchObject({ spending: [{ calls: 6 }], feedback: [{ event_id: UP.eventId }] });
  const sinceLine = ingest.lines.length;
  await sendCaptures(ingest.winnow, [...OLD.toReversed(), ...OLD]);
  expect(await ingest.taken(12, sinceLine)).toMatchObject({ exchanges: 0, rowsWritten: 0, segments: 0 });
  expect(await everything()).toEqual(before);
});

test("among new ones, which come twice as well, they stay as they were, and so does the last word of feedback", async () => {
  const before = await everything();
  const sinceLine = ingest.lines.length;
  for (const events of [[UP, DOWN], [DOWN]]) await ingest.send(events);
  await sendCaptures(ingest.winnow, [...FRESH, ...OLD, ...FRESH.toReversed()]);
  for (const events of [[UP], [DOWN]]) await ingest.send(events);
  expect(await ingest.taken(16, sinceLine)).toMatchObject({ exchanges: 3, rowsWritten: 3 });
  const after = await everything();
  expect(after).toMatchObject({ spending: [{ calls: 9 }], feedback: before.feedback });
  expect(after.exchanges).toHaveLength(9);
  expect(after.exchanges).toEqual(expect.arrayContaining(before.exchanges));
  expect(after.objects).toEqual(expect.arrayContaining(before.objects));
  for (const one of FRESH) expect(await detailOf(ingest.winnow, idOf(one))).toMatchObject({ flags: [] });
  expect((await detailOf(ingest.winnow, idOf(SPOKEN_OF))).feedback).toMatchObject([{ kind: "thumb", value: "up" }]);
});
