/** Signing in: a key for a cookie, roles by scopes, forms of our own pages alone, and the headers of every page. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOCAL_CLAIMS, makeKey, type Scope } from "../../shared/core/keys.ts";
import { nextOf } from "../../workers/console/pages/next-page.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { api, KEY, SECRET, SIGNER } from "../whole-way/captures.ts";
import { sendKey, visit } from "./visitor.ts";

let winnow: Winnow;
beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

const keyWith = (...scopes: Scope[]) => makeKey({ ...LOCAL_CLAIMS, scopes }, SIGNER);
const open = (path: string, headers: Record<string, string> = {}) =>
  fetch(winnow.url + path, { redirect: "manual", headers });

describe("signing in", () => {
  test("trades a key for a cookie that scripts and other sites don't get, and that only pages are sent", async () => {
    const answer = await sendKey(winnow, { key: ` ${KEY}\n` });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toBe("/console");
    const [value = "", ...attributes] = answer.headers.get("set-cookie")?.split("; ") ?? [];
    expect(value).toMatch(/^winnow=1\./);
    expect(value).not.toContain(KEY);
    expect(attributes.toSorted()).toEqual(["HttpOnly", "Max-Age=43200", "Path=/console", "SameSite=Lax"]);
  });

  test.each([
    ["a key of another winnow", "wk_demo_k1_a_AAAAAAAAAAAAAAAAAAAAAA", /not a key/],
    ["no key", "", /not a key/],
  ])("with %s says why not, and sets no cookie", async (_what, key, why) => {
    const answer = await sendKey(winnow, { key });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("set-cookie")).toBeNull();
    expect(await answer.text()).toMatch(why);
  });

  test("takes scopes that open a page", async () => {
    for (const scopes of [["proxy"], ["feedback"], ["proxy", "feedback"]] as Scope[][]) {
      const answer = await sendKey(winnow, { key: await keyWith(...scopes) });
      expect(answer.status).toBe(401);
      expect(await answer.text()).toMatch(/scope admin, or pull/);
    }
    for (const scopes of [["pull"], ["pull", "feedback"], ["admin"]] as Scope[][])
      await visit(winnow, await keyWith(...scopes));
  });

  test("from a page of another site is refused", async () => {
    const others: Record<string, string>[] = [
      { origin: "https://evil.example" },
      { "sec-fetch-site": "cross-site" },
      { origin: "null" },
    ];
    for (const headers of others) {
      const answer = await sendKey(winnow, { key: KEY }, headers);
      expect([answer.status, answer.headers.get("set-cookie")]).toEqual([401, null]);
    }
  });

  test("leads on to the page that was asked for, if it is one of ours", async () => {
    const asked = await open("/console/exchanges?task=a%20b");
    expect(asked.status).toBe(303);
    expect(asked.headers.get("location")).toBe("/console/sign-in?next=%2Fconsole%2Fexchanges%3Ftask%3Da%2520b");
    const next = new URL(asked.headers.get("location") ?? "", winnow.url).searchParams.get("next") ?? "";
    expect((await sendKey(winnow, { key: KEY, next })).headers.get("location")).toBe(next);
    for (const wrong of [
      "//evil.example",
      "/console//evil.example",
      "https://evil.example",
      "/consoleevil",
      "/\\evil",
      "",
    ]) {
      expect(nextOf(wrong), wrong).toBe("/console");
    }
  });

  test("ends with the key: what is revoked opens no page from then on", async () => {
    const made = await api(winnow, "/v1/keys", { method: "POST", body: '{"scopes":["pull"]}' });
    const { id, key } = (await made.json()) as { id: string; key: string };
    const visitor = await visit(winnow, key);
    expect((await visitor.get("/console/nowhere")).status).toBe(404);
    await api(winnow, `/v1/keys/${id}`, { method: "DELETE" });
    expect((await visitor.get("/console/nowhere")).status).toBe(303);
    expect(await (await sendKey(winnow, { key })).text()).toMatch(/expired or was revoked/);
  });
});

describe("signing out", () => {
  test("takes the cookie away, by a form of one's own page alone", async () => {
    const visitor = await visit(winnow, KEY);
    const elsewhere = await visitor.post("/console/sign-out", {}, { origin: "https://evil.example" });
    const guessed = await visitor.post("/console/sign-out", { form: "A".repeat(22) });
    for (const answer of [elsewhere, guessed]) expect(answer.headers.get("set-cookie")).toBeNull();
    const out = await visitor.post("/console/sign-out", {});
    expect(out.headers.get("set-cookie")).toMatch(/^winnow=; Max-Age=0; Path=\/console; HttpOnly/);
    expect(out.headers.get("location")).toBe("/console/sign-in");
  });
});

describe("every page", () => {
  test("is sent with a policy that lets nothing in but our own files", async () => {
    const visitor = await visit(winnow, KEY);
    for (const answer of [
      await open("/console/sign-in"),
      await visitor.get("/console/nowhere"),
      await open("/console"),
    ]) {
      const policy = answer.headers.get("content-security-policy") ?? "";
      expect(policy.split("; ")).toContain("default-src 'none'");
      expect(policy).toContain(`script-src ${winnow.url}/console/files/;`);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|data:|\*|https?:\/\/(?!127\.0\.0\.1)/);
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("referrer-policy")).toBe("same-origin");
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
  });

  test("names its files by their content, and these are kept for good", async () => {
    const page = await (await open("/console/sign-in")).text();
    const paths = [...page.matchAll(/(?:href|src)="(\/console\/files\/[^"]+)"/g)].map(([, path = ""]) => path);
    expect(paths.length).toBeGreaterThan(1);
    for (const path of paths) {
      const file = await open(path);
      expect([path, file.status, file.headers.get("cache-control")]).toEqual([
        path,
        200,
        expect.stringMatching(/immutable/),
      ]);
    }
    expect((await open("/console/files/style.0000000000000000.css")).status).toBe(404);
  });

  test("that isn't there says so to those who are signed in, and tells others nothing", async () => {
    expect((await open("/console/nowhere")).status).toBe(303);
    expect((await open("/console/exchanges", { cookie: "winnow=1.e30.AAAAAAAAAAAAAAAAAAAAAA" })).status).toBe(303);
  });
});
