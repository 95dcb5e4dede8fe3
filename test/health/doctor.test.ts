/** `winnow doctor`, GET /v1/health and the status page, against real Workers that are well, and that are not. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { LOCAL_CLAIMS, makeKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { cliOf } from "../cli/cli-run.ts";
import { visit } from "../console/visitor.ts";
import { api, KEY, SECRET } from "../whole-way/captures.ts";

let winnow: Winnow;
let doctor: () => ReturnType<ReturnType<typeof cliOf>>;
beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  doctor = () => cliOf(winnow, KEY)(["doctor", "--json"]);
});
afterAll(() => winnow?.stop());

interface Health {
  state: string;
  findings: { check: string; state: string; says: string }[];
}
const health = async () => (await (await api(winnow, "/v1/health")).json()) as Health;

test("all is well after a start, as the doctor and the page say", async () => {
  const run = await doctor();
  expect(run.events.filter(({ state }) => state !== "ok")).toEqual([]);
  expect(run.events.map(({ check }) => check).slice(0, 4)).toEqual(["address", "secret", "this_clock", "bindings"]);
  expect(run.exitCode).toBe(0);
  expect((await health()).state).toBe("ok");
  const page = await (await visit(winnow, KEY)).get("/console/status");
  expect(await page.text()).toContain("dead letters");
});

test("what is lost, dead, held or not migrated is found, with the exit code of something to be done", async () => {
  const d1 = await winnow.db();
  const hourMs = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  await d1.batch([
    d1.prepare("insert into losses (hour_ms, reason, count) values (?, 'capture_refused', 4)").bind(hourMs),
    d1.prepare("insert into dead_letters (key, at_ms, bytes) values ('dead/x', 0, 1)"),
    d1.prepare("alter table consumers rename column batch to was_batch"),
    d1
      .prepare(
        "insert into batches (id, run, app, task, status, created_at_ms, counts, sha256) values ('b', 'r', ?, null, 'held', 0, '{}', '')",
      )
      .bind(LOCAL_CLAIMS.app),
  ]);
  const run = await doctor();
  const broken = run.events.filter(({ state }) => state !== "ok").map(({ check, says }) => [check, says]);
  expect(broken).toEqual([
    ["migrations", "missing: consumers.batch"],
    ["captures_lost", "4 capture_refused"],
    ["dead_letters", "1 are kept under dead/ in R2"],
    ["batches_held", "1 wait for somebody's word"],
  ]);
  expect(run.exitCode).toBe(1);
  const page = await (await visit(winnow, KEY)).get("/console/status");
  expect(await page.text()).toContain("missing: consumers.batch");
});

test("a gateway with another secret than the console's is found", async () => {
  const entries = { gateway: `${import.meta.dirname}/other-secret-gateway.ts` };
  const split = await launch({ secrets: { WINNOW_SECRET: SECRET }, entries });
  try {
    const run = await cliOf(split, KEY)(["doctor", "--json"]);
    expect(run.events.filter(({ state }) => state === "act").map(({ check }) => check)).toEqual(["secret"]);
  } finally {
    await split.stop();
  }
});

test("the page is for admins", async () => {
  const viewer = await visit(winnow, await makeKey({ ...LOCAL_CLAIMS, scopes: ["pull"] }, new MacSigner(SECRET)));
  expect((await viewer.get("/console/status")).status).toBe(403);
});
