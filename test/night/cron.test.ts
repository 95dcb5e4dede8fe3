/** Nights by cron: the same work as by hand, each exchange in one of them, and never before its feedback had time. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { eventually } from "../local/launch-stubs.ts";
import { api, detailOf, idOf, type RunEnd, SECRET } from "../whole-way/captures.ts";
import { callOf, DAY_MS, expectAddsUp, live, manifestOf, nightOf, reasonsOf, type Told, UP } from "./nights.ts";

const CRON = "17 3 * * *";
const NOW_MS = Date.now();
const HOUR_MS = 3_600_000;

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

/** A run that a cron at this time starts. */
async function fire(at: Date): Promise<RunEnd> {
  await winnow.scheduled("curator", CRON, at);
  const id = `night-${at.toISOString().slice(0, 10)}-${at.toISOString().slice(11, 16).replace(":", "")}`;
  return eventually(`run ${id}`, async () => {
    const run = (await (await api(winnow, `/v1/runs/${id}`)).json()) as RunEnd;
    return run.status === "done" || run.status === "failed" ? run : undefined;
  });
}

function callsAt(atMs: number, count: number, task = "daily"): Told[] {
  return Array.from({ length: count }, (_, at) => callOf({ task, dayMs: atMs, at, said: [UP] }));
}

/** As the local clock goes on in the test alone, the second night is what comes in late: older than a day, and not taken yet. */
test("a night takes what is a day old, once; the next one goes on where it ended", async () => {
  const old = callsAt(NOW_MS - 3 * DAY_MS, 4);
  const young = callsAt(NOW_MS - 23 * HOUR_MS, 3);
  await live(winnow, [...old, ...young]);
  const first = await fire(new Date(NOW_MS));
  expect(first.status).toBe("done");
  expectAddsUp(first, old.length);
  expect(await reasonsOf(winnow, old, first.id)).toEqual(old.map(() => "exported"));
  expect(await reasonsOf(winnow, young, first.id)).toEqual(young.map(() => "not in the window"));
  const { window } = await manifestOf(winnow, first.batches[0] ?? "");
  expect(Date.parse(window.to)).toBeLessThanOrEqual(Date.now() - DAY_MS);
  expect(Date.parse(window.to)).toBeGreaterThan(NOW_MS - DAY_MS - 60_000);

  const second = await fire(new Date(NOW_MS + DAY_MS));
  const next = await manifestOf(winnow, second.batches[0] ?? "");
  expect(next.window.from).toBe(window.to);
  expect(await reasonsOf(winnow, old, second.id)).toEqual(old.map(() => "not in the window"));
  expect(next).toMatchObject({ funnel: { window: 0 }, counts: { sft: 0, kto: 0 } });
});

test("a cron that fires twice is one night", async () => {
  const at = new Date(NOW_MS + 5 * DAY_MS);
  const [first, again] = await Promise.all([fire(at), fire(at)]);
  expect(again).toEqual(first);
  const db = await winnow.db();
  const sql = "select count(*) as total from batches where run = ?";
  expect(await db.prepare(sql).bind(first.id).first()).toEqual({ total: first.batches.length });
});

test("by hand and by cron the same window gives the same rows", async () => {
  const task = "both";
  const calls = callsAt(NOW_MS - 10 * DAY_MS, 5, task);
  await live(winnow, calls);
  const byHand = await nightOf(winnow, { task, dayMs: NOW_MS - 10 * DAY_MS - 1_000, maturationHours: 24 });
  const manifest = await manifestOf(winnow, byHand.batches[0] ?? "");
  expect(manifest.counts).toMatchObject({ sft: 5, kto: 5 });
  const [detail] = await Promise.all(calls.map((call) => detailOf(winnow, idOf(call))));
  expect(detail?.trail.map(({ run }) => run)).toEqual([byHand.id]);
});

test("what is too young is not taken by hand either, unless it is asked for", async () => {
  const task = "young";
  const calls = callsAt(NOW_MS - 2 * HOUR_MS, 2, task);
  await live(winnow, calls);
  const window = { task, dayMs: NOW_MS - DAY_MS };
  const careful = await nightOf(winnow, window);
  expect(careful.funnel).toEqual({ window: 0 });
  const { emptyBecause } = await manifestOf(winnow, careful.batches[0] ?? "");
  expect(emptyBecause).toMatch(/no exchange of task young between .* whose feedback had 24 h to come in/);
  const hasty = await nightOf(winnow, { ...window, maturationHours: 1 });
  expect(hasty.funnel).toMatchObject({ window: 2, exported: 2 });
});
