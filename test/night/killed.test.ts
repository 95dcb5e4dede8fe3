/** A night that is killed, wherever it is, and goes on: every byte that it publishes is that of a night left alone. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_SETTINGS, type RunParams } from "../../shared/core/run.ts";
import { launch, ROOT, type Winnow } from "../../workers/local/launch.ts";
import { SECRET } from "../whole-way/captures.ts";
import { callOf, DAY_MS, DOWN, dayBefore, live, type Told, UP } from "./nights.ts";

const DAY = dayBefore(40);
const TASK = "killed";
const SAID = [[UP], [DOWN], [], [{ kind: "correction", text: "Better." }], [UP, { kind: "copied" }]];
const CALLS: Told[] = Array.from({ length: 24 }, (_, at) => {
  const question = `Question ${at % 16}?`; // some are asked twice
  return callOf({ task: TASK, dayMs: DAY, at, question, said: SAID[at % SAID.length] ?? [] });
});
const PARAMS: RunParams = {
  startedBy: "api",
  app: "demo",
  task: TASK,
  fromMs: DAY,
  toMs: DAY + DAY_MS,
  maturationHours: 0,
  seed: "one",
  settings: { ...DEFAULT_SETTINGS, budget: 16, auditShare: 0.2, userShareMax: 1, sessionShareMax: 1 },
};

let winnow: Winnow;

beforeAll(async () => {
  const entries = { curator: join(ROOT, "test/night/killable-curator.ts") };
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, entries });
  await live(winnow, CALLS);
});
afterAll(() => winnow?.stop());

/** @returns how many operations it took, and whether it was killed */
async function night(killAt: number): Promise<{ operations: number; killed: boolean }> {
  const curator = await winnow.miniflare.getWorker("winnow-curator");
  const order = { id: "night-killed", timestampMs: DAY + 3 * DAY_MS, params: PARAMS, killAt };
  const response = await curator.fetch("http://curator/", { method: "POST", body: JSON.stringify(order) });
  const text = await response.text();
  if (!response.ok) throw new Error(`killed at ${killAt}: ${response.status} ${text}`);
  return JSON.parse(text) as { operations: number; killed: boolean };
}

/** Everything that a night has written: files of R2 by their digests, rows of D1. */
async function written(): Promise<Record<string, string>> {
  const bucket = await winnow.bucket();
  const all: Record<string, string> = {};
  for (const prefix of ["batches/", "runs/", "scorers/", "near/", "guard/"]) {
    for (const { key } of (await bucket.list({ prefix })).objects) {
      const bytes = Buffer.from((await (await bucket.get(key))?.arrayBuffer()) ?? []);
      all[key] = createHash("sha256").update(bytes).digest("hex");
    }
  }
  const db = await winnow.db();
  for (const table of ["runs", "exported", "examples"]) {
    all[table] = JSON.stringify((await db.prepare(`select * from ${table}`).all()).results);
  }
  const batches = "select id, run, app, task, status, created_at_ms, counts, sha256 from batches";
  all.batches = JSON.stringify((await db.prepare(batches).all()).results);
  return all;
}

async function forget(): Promise<void> {
  const bucket = await winnow.bucket();
  for (const prefix of ["batches/", "runs/", "scorers/", "near/", "guard/"]) {
    const { objects } = await bucket.list({ prefix });
    if (objects.length > 0) await bucket.delete(objects.map(({ key }) => key));
  }
  const db = await winnow.db();
  for (const table of ["runs", "exported", "examples", "batches"]) await db.prepare(`delete from ${table}`).run();
}

/** `NIGHT_KILLS=1`: at every operation, which takes a minute. */
const STRIDE = Number(process.env.NIGHT_KILLS ?? 4);

test("killed at its operations on D1 and R2, one after the other", async () => {
  const { operations } = await night(0);
  const undisturbed = await written();
  expect(operations).toBeGreaterThan(50);
  expect(Object.keys(undisturbed).filter((key) => key.startsWith("batches/")).length).toBeGreaterThan(20);
  for (let killAt = 1; killAt <= operations; killAt += STRIDE) {
    await forget();
    expect(await night(killAt)).toMatchObject({ killed: true });
    expect(await written(), `killed at operation ${killAt} of ${operations}`).toEqual(undisturbed);
  }
}, 240_000);
