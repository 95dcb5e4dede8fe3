/** What the guard makes of a night: a batch that echoes our own fine-tune is held, and a person may let it go. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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

describe("what an app sets of its nights", () => {
  const set = (settings: object) => api(winnow, "/v1/settings", { method: "PUT", body: JSON.stringify(settings) });

  test("holds for each of its runs, and what a run is given goes over it", async () => {
    await set({ night: { budget: 3, auditShare: 0, checks: { refused: false } } });
    const manifest = await night("set-night");
    expect(manifest.settings).toMatchObject({ budget: 3, auditShare: 0, pGoodMin: 0.7, checks: { refused: false } });
    expect(manifest.funnel.not_sampled).toBe(CALLS - 3);
    const given = await nightOf(winnow, { task: "set-night", dayMs: DAY, settings: { budget: 5 } });
    expect((await manifestOf(winnow, given.batches[0] ?? "")).settings).toMatchObject({ budget: 5, auditShare: 0 });
  });

  test("makes a batch empty that has too few rows for it, and says so", async () => {
    await set({ guard: { groundedRowsMin: 1_000 } });
    const manifest = await night("set-guard");
    expect(manifest.emptyBecause).toMatch(/^too little is grounded: people spoke of \d\d rows, 1000 are needed$/);
    expect(manifest.funnel.stopped).toBeGreaterThan(0);
    expect(manifest.counts).toEqual({ sft: 0, preference: 0, kto: 0, eval: 0 });
    await set({});
  });

  test.each([
    [{ night: { budget: 0 } }, "night.budget"],
    [{ night: { checks: { spelling: true } } }, "night.checks.spelling: there is none of that name; there are "],
    [{ guard: { margins: { distinct9: 1 } } }, "guard.margins.distinct9: there is none of that name"],
  ])("is refused with its name where it is wrong: %j", async (settings, told) => {
    const answer = await set(settings);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(told)]);
  });
});
