/** What the guard makes of a night: a batch that echoes our own fine-tune is held, and a person may let it go. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { api, SECRET } from "../whole-way/captures.ts";
import { callOf, DAY_MS, dayBefore, live, manifestOf, nightOf, UP } from "./nights.ts";

const DAY = dayBefore(40);
const CALLS = 16;

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

async function night(task: string, day = 0) {
  const dayMs = DAY + day * DAY_MS;
  await live(
    winnow,
    Array.from({ length: CALLS }, (_, at) => callOf({ task, dayMs, at, said: [UP] })),
  );
  return manifestOf(winnow, (await nightOf(winnow, { task, dayMs })).batches[0] ?? "");
}

async function register(fineTunes: object[]): Promise<void> {
  const response = await api(winnow, "/v1/settings", { method: "PUT", body: JSON.stringify({ fineTunes }) });
  expect(response.status).toBe(200);
}

test("a first batch of a base model is ready, with its measures and its writers in the manifest", async () => {
  const manifest = await night("guarded");
  expect(manifest).toMatchObject({
    status: "ready",
    guard: { held: false, reasons: [] },
    lineage: { generation: 0, models: ["gpt-4o-mini"] },
  });
  expect(manifest.guard?.measures).toMatchObject({ rows: expect.any(Number) });
});

test("a batch that a fine-tune of a fine-tune of ours wrote is held with the reason, is told of as such, and goes when it is let go", async () => {
  await register([{ model: "gpt-4o-mini", batches: [], generation: 2 }]);
  const held = await night("echo");
  expect(held).toMatchObject({ status: "held", guard: { held: true }, lineage: { generation: 2 } });
  expect(held.guard?.reasons.join()).toMatch(/generation/);
  const listed = async () => {
    const { batches } = (await (await api(winnow, "/v1/batches?task=echo&consumer=c")).json()) as { batches: object[] };
    return batches.length;
  };
  expect(await listed()).toBe(0);
  const body = JSON.stringify({ reason: "the fine-tune was a trial" });
  expect((await api(winnow, `/v1/batches/${held.id}/release`, { method: "POST", body })).status).toBe(200);
  expect(await listed()).toBe(1);
});

test("a fine-tune is a generation further than what its batches were made of", async () => {
  await register([]);
  const base = await night("lineage");
  await register([{ model: "gpt-4o-mini", batches: [base.id] }]);
  const next = await night("lineage", 1);
  expect(next.lineage).toEqual({ generation: 1, models: ["gpt-4o-mini"] });
  await register([]);
});
