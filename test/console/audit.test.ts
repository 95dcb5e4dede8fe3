/** What is changed over the API stands in the audit log like what is changed on a page: who, what, when, and no secret. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { callOf, DOWN, dayBefore, live, nightOf, type Told, UP } from "../night/nights.ts";
import { api, KEY, SECRET } from "../whole-way/captures.ts";
import { type Visitor, visit } from "./visitor.ts";

let winnow: Winnow;
let admin: Visitor;
beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  admin = await visit(winnow, KEY);
});
afterAll(() => winnow?.stop());

interface Line {
  app: string;
  actor: string;
  act: string;
  target: string;
  detail: string;
}

/** Those that came of it, the oldest first. */
async function linesOf(act: () => Promise<unknown>): Promise<Line[]> {
  const db = await winnow.db();
  const { total } = (await db.prepare("select count(*) as total from audit").first<{ total: number }>()) ?? {
    total: 0,
  };
  await act();
  const sql = "select app, actor, act, target, detail from audit order by id limit -1 offset ?";
  return (await db.prepare(sql).bind(total).all<Line>()).results;
}

async function send<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await api(winnow, path, { method, ...(body !== undefined && { body: JSON.stringify(body) }) });
  expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
  return (await answer.json()) as T;
}

type Made = { id: string; key: string };
const WHO = { app: "demo", actor: "key local" };

describe("the audit log has what the API did", () => {
  test("with keys: made, replaced, revoked; never the key", async () => {
    let made: Made[] = [];
    const lines = await linesOf(async () => {
      const first = await send<Made>("POST", "/v1/keys", { scopes: ["pull"], name: "trainer" });
      const second = await send<Made>("POST", `/v1/keys/${first.id}/rotate`, { overlapHours: 2 });
      await send("DELETE", `/v1/keys/${second.id}`);
      made = [first, second];
    });
    const [first, second] = made.map(({ id }) => id);
    expect(lines).toEqual([
      { ...WHO, act: "made key", target: first, detail: "for demo, pull" },
      { ...WHO, act: "replaced key", target: first, detail: `by ${second}; it works for 2 hours more` },
      { ...WHO, act: "revoked key", target: second, detail: "" },
    ]);
    for (const { key } of made) expect(JSON.stringify(lines)).not.toContain(key);
  });

  test("with another app's keys and settings, by its name", async () => {
    const lines = await linesOf(async () => {
      const { id } = await send<Made>("POST", "/v1/keys", { app: "other", scopes: ["proxy"] });
      await send("DELETE", `/v1/keys/${id}?app=other`);
      await send("PUT", "/v1/settings?app=other", { userIds: "plain" });
    });
    expect(lines.map(({ app, target, detail }) => ({ app, target: target.slice(0, 5), detail }))).toMatchObject([
      { app: "demo", detail: "for other, proxy" },
      { app: "demo", detail: "of app other" },
      { app: "demo", target: "other", detail: 'userIds = "plain"' },
    ]);
  });

  test("with settings: what has changed, and to what", async () => {
    const limits = { requestsPerMinute: 120 };
    const lines = await linesOf(async () => {
      await send("PUT", "/v1/settings", { limits });
      await send("PUT", "/v1/settings", { limits });
    });
    const line = { ...WHO, act: "changed settings", target: "" };
    expect(lines).toEqual([
      { ...line, detail: 'limits = {"requestsPerMinute":120}' },
      { ...line, detail: "nothing" },
    ]);
  });

  test("with runs, releases and files, each once", async () => {
    const dayMs = dayBefore(2);
    const calls = Array.from({ length: 30 }, (_, at): Told => {
      return callOf({ task: "mail", dayMs, at, answer: `Answer ${at * 7_919} of ${at}.`, said: [at % 3 ? UP : DOWN] });
    });
    await live(winnow, calls);
    let batch = "";
    const ran = await linesOf(async () => {
      ({
        batches: [batch = ""],
      } = await nightOf(winnow, { task: "mail", dayMs }));
    });
    expect(ran).toMatchObject([{ ...WHO, act: "started a run", detail: "of task mail" }]);
    const db = await winnow.db();
    await db.prepare("update batches set status = 'held' where id = ?").bind(batch).run();
    const released = await linesOf(() => send("POST", `/v1/batches/${batch}/release`, { reason: "looked at it" }));
    expect(released).toEqual([{ ...WHO, act: "released a batch", target: batch, detail: "looked at it" }]);
    const file = `/v1/batches/${batch}/files/kto?format=trl`;
    const taken = await linesOf(async () => {
      const etag = (await api(winnow, file)).headers.get("etag") ?? "";
      await api(winnow, file, { headers: { "if-none-match": etag } });
      await api(winnow, file, { headers: { range: "bytes=0-9" } });
      await api(winnow, file, { method: "HEAD" });
    });
    expect(taken).toEqual([{ ...WHO, act: "took file", target: batch, detail: "kto.trl.jsonl" }]);
    const byPage = await linesOf(() => admin.get(`/console/batches/${batch}/files/kto?format=trl`));
    expect(byPage).toEqual(taken);
  });

  test("nothing of what was refused, or only looked at", async () => {
    const lines = await linesOf(async () => {
      await api(winnow, "/v1/keys", { method: "POST", body: JSON.stringify({ scopes: ["all"] }) });
      await api(winnow, "/v1/keys/none", { method: "DELETE" });
      await api(winnow, "/v1/settings", { method: "PUT", body: JSON.stringify({ limits: { requestsPerMinute: -1 } }) });
      await api(winnow, "/v1/runs", {
        method: "POST",
        body: JSON.stringify({ from: "2026-01-02T00:00:00Z", to: "2026-01-01T00:00:00Z" }),
      });
      await api(winnow, "/v1/settings");
      await api(winnow, "/v1/batches");
    });
    expect(lines).toEqual([]);
  });

  test("on the page, for admins", async () => {
    const page = await (await admin.get("/console/audit")).text();
    for (const act of ["made key", "changed settings", "started a run", "released a batch", "took file"]) {
      expect(page).toContain(act);
    }
  });
});
