/** spill/: captures too large for the queue, or that it refused. A pointer leads there; the sweep finds the rest. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { packCapture, packPointer } from "../../shared/capture/envelope.ts";
import { QUEUE_MESSAGE_BYTES_MAX, SWEEP_AGE_MS_MIN } from "../../shared/core/limits.ts";
import { eventually } from "../local/launch-stubs.ts";
import { api, captureOf, detailOf, idOf, takeIn, type Wanted } from "../whole-way/captures.ts";
import { type LaunchedIngest, launchIngest, wantedOf } from "./launched-ingest.ts";

const AT_MS = Date.UTC(2026, 5, 1, 12);

let ingest: LaunchedIngest;

beforeAll(async () => {
  ingest = await launchIngest();
});
afterAll(() => ingest?.stop());

async function spill(wanted: Wanted): Promise<string> {
  const key = `spill/${idOf(wanted)}`;
  await (await ingest.winnow.bucket()).put(key, packCapture(captureOf(wanted)));
  return key;
}

/** The cron, so long after now. */
function sweep(afterMs: number): Promise<void> {
  return ingest.winnow.scheduled("ingest", undefined, new Date(Date.now() + afterMs));
}

async function spilled(): Promise<string[]> {
  return (await ingest.objects("spill/")).map(({ key }) => key);
}

test("a capture that is larger than a message is taken in by its pointer, and its object goes", async () => {
  const wanted = { name: "large", atMs: AT_MS, answer: "longer than a message. ".repeat(20_000) };
  expect(wanted.answer.length).toBeGreaterThan(QUEUE_MESSAGE_BYTES_MAX);
  await ingest.send(packPointer(await spill(wanted)));
  const { response } = await ingest.detail(wanted);
  expect(response).toMatchObject({ choices: [{ message: { content: wanted.answer } }] });
  await eventually("spill/ to be empty", async () => ((await spilled()).length === 0 ? true : undefined));
});

test("a pointer that comes twice, or leads nowhere, holds up nobody and makes no dead letter", async () => {
  const [pointed, beside] = wantedOf("pointed at", 2) as [Wanted, Wanted];
  const sinceLine = ingest.lines.length;
  const pointer = packPointer(await spill(pointed));
  for (const message of [pointer, pointer, packPointer("spill/nothing")]) await ingest.send(message);
  await takeIn(ingest.winnow, [pointed, beside]);
  expect(await ingest.taken(5, sinceLine)).toMatchObject({ exchanges: 2, rowsWritten: 2, buried: 0 });
  expect(await spilled()).toEqual([]);
});

test("a capture without a pointer is swept when it is old enough, and not before", async () => {
  const wanted = { name: "left behind", atMs: AT_MS };
  const key = await spill(wanted);
  await sweep(SWEEP_AGE_MS_MIN / 2);
  expect(await spilled()).toEqual([key]);
  await sweep(SWEEP_AGE_MS_MIN);
  expect(await spilled()).toEqual([]);
  expect(await detailOf(ingest.winnow, idOf(wanted))).toMatchObject({ flags: [] });
});

test("several sweeps at once, and the pointer after them, take a capture in once", async () => {
  const atMs = Date.UTC(2026, 6, 1);
  const wanted = { name: "swept at once", atMs };
  const key = await spill(wanted);
  const sinceLine = ingest.lines.length;
  await Promise.all(Array.from({ length: 6 }, () => sweep(SWEEP_AGE_MS_MIN)));
  await ingest.send(packPointer(key));
  expect(await ingest.taken(1, sinceLine)).toMatchObject({ exchanges: 0, buried: 0 });
  expect(await ingest.rows("select 1 from exchanges where id = ?", idOf(wanted))).toHaveLength(1);
  expect(await ingest.rows("select calls from spending where day = '2026-07-01'")).toEqual([{ calls: 1 }]);
});

test("what lies in spill/ is told in the health report", async () => {
  await spill({ name: "waiting", atMs: AT_MS });
  const health = await (await api(ingest.winnow, "/v1/health")).json();
  expect(health).toMatchObject({ spill: { objects: 1, more: false } });
});
