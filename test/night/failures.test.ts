/** Nights that have nothing to give, and nights that fail: each says why, and nothing half done is ever seen. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { eventually } from "../local/launch-stubs.ts";
import { api, idOf, SECRET } from "../whole-way/captures.ts";
import { callOf, DAY_MS, dayBefore, expectAddsUp, live, manifestOf, nightOf, UP } from "./nights.ts";

const DAY = dayBefore(40);

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

async function listed(task: string): Promise<string[]> {
  const { batches } = (await (await api(winnow, `/v1/batches?task=${task}`)).json()) as { batches: { id: string }[] };
  return batches.map(({ id }) => id);
}

test("a night of which nobody said anything is an empty batch that says so", async () => {
  const calls = Array.from({ length: 3 }, (_, at) => callOf({ task: "silent", dayMs: DAY, at }));
  await live(winnow, calls);
  const run = await nightOf(winnow, { task: "silent", dayMs: DAY });
  expectAddsUp(run, 3);
  const manifest = await manifestOf(winnow, run.batches[0] ?? "");
  expect(manifest).toMatchObject({
    status: "ready",
    counts: { sft: 0, preference: 0, kto: 0, eval: 0 },
    emptyBecause: expect.stringMatching(/3 exchanges .*, none of them an example: 3 no_label/),
  });
  const file = await api(winnow, `/v1/batches/${run.batches[0]}/files/sft`);
  expect([file.status, await file.text()]).toEqual([200, ""]);
});

test("a step that fails is done again, and nothing of its first try is seen", async () => {
  const calls = Array.from({ length: 4 }, (_, at) => callOf({ task: "shaky", dayMs: DAY, at, said: [UP] }));
  await live(winnow, calls);
  const db = await winnow.db();
  await db
    .prepare("create trigger no_batches before insert on batches begin select raise(abort, 'not now'); end")
    .run();
  const countFiles = async () => (await (await winnow.bucket()).list({ prefix: "batches/" })).objects.length;
  const before = await countFiles();
  const running = nightOf(winnow, { task: "shaky", dayMs: DAY });
  await eventually("files of a batch", async () => ((await countFiles()) > before + 5 ? true : undefined));
  expect(await listed("shaky")).toEqual([]);
  expect((await api(winnow, "/v1/batches/latest?task=shaky")).status).toBe(404);
  await db.prepare("drop trigger no_batches").run();
  const done = await running;
  expect(done).toMatchObject({ status: "done", funnel: { window: 4, exported: 4 } });
  expect(await listed("shaky")).toEqual(done.batches);
}, 240_000);

test("a run that can never end well fails at once, says why and what to do, and stands in no one's way", async () => {
  const db = await winnow.db();
  const row = await db.prepare("select * from exchanges limit 1").first<Record<string, unknown>>();
  const columns = Object.keys(row ?? {});
  const dayMs = DAY + 30 * DAY_MS;
  const many = Array.from({ length: 1_001 }, (_, at) => {
    const own: Record<string, unknown> = { id: idOf({ name: `many ${at}`, atMs: dayMs + at }), task: `task ${at}` };
    return columns.map((column) => own[column] ?? row?.[column] ?? null);
  });
  const values = columns.map((_, at) => `value ->> ${at}`).join(", ");
  const sql = `insert into exchanges (${columns.join(", ")}) select ${values} from json_each(?)`;
  for (let at = 0; at < many.length; at += 100)
    await db
      .prepare(sql)
      .bind(JSON.stringify(many.slice(at, at + 100)))
      .run();
  const failed = await nightOf(winnow, { dayMs });
  expect(failed).toMatchObject({
    status: "failed",
    batches: [],
    error: expect.stringMatching(/1001 tasks.*one app or task/),
  });
  expect((await nightOf(winnow, { dayMs, task: "task 7" })).status).toBe("done");
});

test.each([
  [{ maturationHours: -1 }, /maturationHours/],
  [{ from: "yesterday" }, /from/],
  [{ from: "2026-06-02T00:00:00Z", to: "2026-06-01T00:00:00Z" }, /to.*from/],
  [{ settings: { budget: 0 } }, /settings\.budget/],
  [{ settings: { checks: { nonsense: false } } }, /settings\.checks/],
  [{ tasks: "mail" }, /tasks/],
  [{ app: "bank" }, /bank/],
])("a run that can't be is refused with its reason: %j", async (body, message) => {
  const response = await api(winnow, "/v1/runs", { method: "POST", body: JSON.stringify(body) });
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
  expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(message) } });
});
