/** Overview, batches, settings and the audit log, as they are sent: numbers, roles, forms that change something. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { idLowerBound } from "../../shared/core/ids.ts";
import { LOCAL_CLAIMS, makeKey, type Scope } from "../../shared/core/keys.ts";
import { countCalls, planSteps, ROWS_READ_MAX } from "../../workers/console/pages/count-calls.ts";
import { DAY_MS, nightOf } from "../night/nights.ts";
import { api, KEY, SIGNER } from "../whole-way/captures.ts";
import { DAY, launchSeeded, MAIL_CALLS, type Seeded } from "./seeded-winnow.ts";
import { fieldsIn, sendKey, type Visitor, visit } from "./visitor.ts";

let seeded: Seeded;
let admin: Visitor;
beforeAll(async () => {
  seeded = await launchSeeded();
  admin = await visit(seeded.winnow, KEY);
});
afterAll(() => seeded?.winnow.stop());

const keyWith = (...scopes: Scope[]) => makeKey({ ...LOCAL_CLAIMS, scopes }, SIGNER);
async function text(visitor: Visitor, path: string): Promise<string> {
  const answer = await visitor.get(path);
  expect([path, answer.status]).toEqual([path, 200]);
  const page = await answer.text();
  expect(new TextEncoder().encode(page).length, `${path} in bytes`).toBeLessThan(100_000);
  return page;
}

describe("roles", () => {
  const ADMIN_PAGES = ["/console/settings", "/console/audit"];
  const VIEWER_PAGES = ["/console", "/console/exchanges", "/console/batches", "/console/readiness"];

  test.each([[["pull"]], [["pull", "feedback"]]] as Scope[][][])(
    "with scopes %j see, and change nothing",
    async (scopes) => {
      const visitor = await visit(seeded.winnow, await keyWith(...scopes));
      for (const path of VIEWER_PAGES) expect((await visitor.get(path)).status).toBe(200);
      for (const path of ADMIN_PAGES) expect((await visitor.get(path)).status).toBe(403);
      for (const path of ["/console/settings", "/console/settings/keys", "/console/settings/keys/revoke"]) {
        expect((await visitor.post(path, { scope: "admin" })).status).toBe(403);
      }
      const overview = await text(visitor, "/console");
      expect(overview).not.toContain("Dead letters");
      expect(overview).not.toContain('href="/console/settings"');
    },
  );

  test("see their own app alone", async () => {
    const other = await visit(seeded.winnow, await makeKey({ app: "other", keyId: "k1", scopes: ["admin"] }, SIGNER));
    expect(await text(other, "/console/exchanges")).toContain("No exchanges yet");
    expect(await text(other, "/console/batches")).toContain("No batches yet");
    expect((await other.get(`/console/batches/${seeded.batches[0]}`)).status).toBe(404);
    expect((await other.get(`/console/batches/${seeded.batches[0]}/files/manifest`)).status).toBe(404);
  });
});

describe("a held batch", () => {
  test("is let go by an admin who says why, and the page and the audit log tell of it", async () => {
    const [id = ""] = seeded.batches;
    const db = await seeded.winnow.db();
    await db.prepare("update batches set status = 'held' where id = ?").bind(id).run();
    expect(await text(admin, `/console/batches/${id}`)).toContain("no consumer gets it");
    expect(await (await admin.post(`/console/batches/${id}/release`, { reason: " " })).text()).toContain("Say why");
    const released = await admin.post(`/console/batches/${id}/release`, { reason: "looked at <b>all</b> of it" });
    expect([200, 303]).toContain(released.status);
    const page = await text(admin, `/console/batches/${id}`);
    expect(page).toContain("looked at &lt;b&gt;all&lt;/b&gt; of it");
    expect(page).not.toContain("no consumer gets it");
    expect(await text(admin, "/console/audit")).toContain("released a batch");
  });
});

describe("forms", () => {
  test.each([
    ["without the token of the session", { form: "" }, {}],
    ["with one of another session", { form: "AAAAAAAAAAAAAAAAAAAAAA" }, {}],
    ["from a page of another site", {}, { origin: "https://evil.example" }],
    ["from another site, by the browser's word", {}, { "sec-fetch-site": "same-site" }],
  ] as [string, Record<string, string>, Record<string, string>][])(
    "%s change nothing",
    async (_what, fields, headers) => {
      const before = await (await api(seeded.winnow, "/v1/keys")).text();
      const answer = await admin.post("/console/settings/keys", { scope: "admin", ...fields }, headers);
      expect(answer.status).toBe(403);
      expect(await (await api(seeded.winnow, "/v1/keys")).text()).toBe(before);
    },
  );

  test("need a session, whatever they bring", async () => {
    const body = new URLSearchParams({ form: admin.form, scope: "admin" });
    const path = `${seeded.winnow.url}/console/settings/keys`;
    const answer = await fetch(path, { method: "POST", body, redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/console/sign-in"]);
  });
});

describe("the overview", () => {
  test("of an app without calls teaches the first steps, with its own address and a key that works", async () => {
    const key = await makeKey({ app: "fresh", keyId: "k1", scopes: ["proxy", "feedback", "pull", "admin"] }, SIGNER);
    const page = await text(await visit(seeded.winnow, key), "/console");
    const shown = /x-winnow-key: (wk_[\w-]+)/.exec(page)?.[1];
    expect(page).toContain(`curl -i ${seeded.winnow.url}/standin/v1/chat/completions`);
    expect((await api(seeded.winnow, "/v1/batches", { key: shown ?? "" })).status).toBe(200);
  });

  test("counts each call once, by task and by model", async () => {
    expect(await text(admin, "/console?range=30d")).toContain("more with fewer calls");
    const page = await text(admin, "/console?range=7d&task=mail");
    expect(page).toMatch(new RegExp(`<dt>Calls</dt><dd>${MAIL_CALLS + 1}<small>`));
    const row = new RegExp(
      `<bdi>gpt-4o-mini</bdi></a></th><td class="num">${MAIL_CALLS + 1}</td><td class="num">0%</td>`,
    );
    expect(page).toMatch(row);
    const spoken = seeded.mail.filter(({ said }) => (said?.length ?? 0) > 0).length;
    expect(page).toMatch(new RegExp(`<dt>Spoken of</dt><dd>${spoken + 1}<small>`));
  });

  test("shows the last night's funnel, in which every exchange is once", async () => {
    const page = await text(admin, "/console");
    const night = page.slice(page.indexOf("Last night"), page.indexOf("Health"));
    const counts = [...night.matchAll(/<td class="num">(\d+)<\/td>/g)].map(([, number]) => Number(number));
    const [window = 0, ...ends] = counts;
    expect(window).toBe(seeded.mail.length + seeded.hostile.length);
    expect(ends.reduce((sum, one) => sum + one, 0)).toBe(window);
  });

  test("of too many calls reads the beginning of each step, and says so", async () => {
    const db = await seeded.winnow.db();
    const day = new Date().toISOString().slice(0, 10);
    const insert =
      "insert into spending values (?, 'busy', ?, 0, 0, 0) on conflict do update set calls = excluded.calls";
    await db
      .prepare(insert)
      .bind(day, 4 * ROWS_READ_MAX)
      .run();
    try {
      const steps = await planSteps(db, { range: "7d", nowMs: Date.now() });
      expect(steps.share).toBeGreaterThan(0.24);
      expect(steps.share).toBeLessThanOrEqual(0.25);
      const groups = await countCalls(db, { steps, filter: { app: "demo", task: "mail" } });
      const ranges = steps.startsMs.map((ms) => [idLowerBound(ms), idLowerBound(ms + steps.stepMs * steps.share)]);
      const sql = `select count(*) as calls from exchanges where app = 'demo' and task = 'mail' and (${ranges
        .map(([from, to]) => `(id >= '${from}' and id < '${to}')`)
        .join(" or ")})`;
      const read = await db.prepare(sql).first<{ calls: number }>();
      const counted = groups.reduce((sum, { calls }) => sum + calls, 0);
      expect(counted).toBeCloseTo((read?.calls ?? 0) / steps.share, 6);
      expect(await text(admin, "/console?range=7d")).toMatch(/Estimated: [\s\S]*first 25% of each/);
    } finally {
      await db.prepare("delete from spending where app = 'busy'").run();
    }
  });
});

describe("a batch", () => {
  test("shows its samples with their reasons, its files, and what changed", async () => {
    const list = await text(admin, "/console/batches?task=mail");
    const [, id = ""] = /href="\/console\/batches\/([\w-]+)"/.exec(list) ?? [];
    const page = await text(admin, `/console/batches/${id}`);
    for (const part of [
      "SFT: answers to imitate",
      "Here because of a correction",
      "Preference",
      "KTO",
      "first batch",
    ]) {
      expect(page).toContain(part);
    }
    expect(page).toMatch(/in the window<\/th>[\s\S]*exported<\/th>/);
    const paths = [...page.matchAll(/href="(\/console\/batches\/[\w-]+\/files\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(paths.length).toBeGreaterThan(15);
    for (const path of paths) {
      const file = await admin.get(path);
      expect([path, file.status]).toEqual([path, 200]);
      expect(file.headers.get("content-disposition")).toMatch(/^attachment; filename="[\w.-]+"$/);
      expect(file.headers.get("content-security-policy")).toContain("default-src 'none'");
      await file.arrayBuffer();
    }
    expect((await admin.get(`/console/batches/${id}/files/sft?format=../../x`)).status).toBe(404);
    expect((await admin.get(`/console/batches/${id}/files/constructor`)).status).toBe(404);
    expect(await text(admin, "/console/audit")).toContain("sft.openai.jsonl");
  });

  test("that came out empty says why, and is opened like any other", async () => {
    const { batches } = await nightOf(seeded.winnow, { task: "mail", dayMs: DAY - 40 * DAY_MS }); // nobody called
    const page = await text(admin, `/console/batches/${batches[0]}`);
    expect(page).toMatch(/Empty: \w/);
    expect(page).toContain("There are no rows to show");
  });
});

describe("settings", () => {
  test.each([
    [{ "limits.requestsPerMinute": "many" }, /requestsPerMinute: is not a number/],
    [{ origins: "https://app.example/path" }, /origin/],
    [{ providerKeys: "openai = lower" }, /providerKeys/],
    [{ userIds: "none" }, /userIds/],
  ] as [Record<string, string>, RegExp][])(
    "that are wrong (%j) change nothing, and say where",
    async (wrong, where) => {
      const before = await (await api(seeded.winnow, "/v1/settings")).text();
      const answer = await admin.post("/console/settings", { userIds: "hashed", "resilience.retries": "0", ...wrong });
      expect(answer.status).toBe(400);
      const page = await answer.text();
      expect(/role="alert"[^>]*>([^<]*)/.exec(page)?.[1]).toMatch(where);
      const [[name, typed] = ["", ""]] = Object.entries(wrong);
      expect(page.slice(page.indexOf(`id="${name}"`)), "what was typed is still there").toContain(
        name === "userIds" ? "hashed" : typed,
      );
      expect(page).toMatch(new RegExp(`id="${name}"[^>]*aria-invalid="true"`));
      expect(await (await api(seeded.winnow, "/v1/settings")).text()).toBe(before);
    },
  );

  test("go through the form and back unchanged, fallbacks and keys too", async () => {
    const settings = {
      providerKeys: { openai: "TEAM_B" },
      limits: { requestsPerMinute: 30, userRequestsPerMinute: 10, tokensPerDay: 1e6, costUsdPerDay: 12.5 },
      resilience: {
        retries: 2,
        tryTimeoutMs: 5000,
        totalTimeoutMs: 9000,
        fallbacks: [{ provider: "groq", models: { a: "b" } }],
      },
      origins: ["https://app.example"],
      userIds: "plain",
      redaction: { at: "storage", kinds: { name: false }, region: "DE" },
      webhook: { url: "https://app.example/hook" },
      fineTunes: [{ model: "ft:ours", batches: ["b1"], generation: 1 }],
      judge: { provider: "mistral", model: "mistral-large-latest", budgetUsd: 2, rowsMax: 50 },
      retention: { bodyDays: 90, rowDays: 365 },
      night: { budget: 200, checks: { refused: false } },
      guard: { margins: { distinct2: 0.2 }, groundedRowsMin: 3 },
    };
    await api(seeded.winnow, "/v1/settings", { method: "PUT", body: JSON.stringify(settings) });
    const fields = fieldsIn(await text(admin, "/console/settings"), "/console/settings");
    expect((await admin.post("/console/settings", fields)).status).toBe(200);
    const after = (await (await api(seeded.winnow, "/v1/settings")).json()) as { settings: object };
    expect(after.settings).toEqual(settings);
  });

  test("never show a provider's key, only whether it is there", async () => {
    const page = await text(admin, "/console/settings");
    expect(page).toMatch(/OPENAI_API_KEY_TEAM_B/);
    expect(page).toContain("not set");
  });

  test("replace a key by another with the same scopes; the old one ends when the form says", async () => {
    const made = await admin.post("/console/settings/keys", { name: "old", scope: "pull" });
    const old = /id="new-key">(wk_[\w-]+)/.exec(await made.text())?.[1] ?? "";
    const id = old.split("_")[2] ?? "";
    const replaced = await admin.post("/console/settings/keys/replace", { id, hours: "0" });
    const key = /id="new-key">(wk_[\w-]+)/.exec(await replaced.text())?.[1] ?? "";
    expect((await api(seeded.winnow, "/v1/batches", { key })).status).toBe(200);
    expect((await api(seeded.winnow, "/v1/batches", { key: old })).status).toBe(401);
    expect((await sendKey(seeded.winnow, { key: old })).status).toBe(401);
  });

  test("refuse a key without scopes, for an app that is none, or that is over already", async () => {
    for (const wrong of [
      {},
      { scope: "all" },
      { scope: "pull", app: "No App" },
      { scope: "pull", until: "2020-01-01" },
    ]) {
      const answer = await admin.post("/console/settings/keys", wrong as Record<string, string>);
      expect([wrong, answer.status]).toEqual([wrong, 400]);
    }
  });
});
