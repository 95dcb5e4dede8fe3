/** The beacon in a real Chromium, on a page of another origin, against the real Workers. */
import { gzipSync } from "node:zlib";
import type { BrowserContext, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { Beacon } from "../../shared/core/beacon.ts";
import { eventually } from "../local/launch-stubs.ts";
import { newId, setStage } from "./stage.ts";

/** In the page. */
declare const winnow: Beacon;
declare const document: { winnow: Beacon; querySelector(selector: string): object | null } & EventTarget;

const stage = setStage();

interface Open {
  context: BrowserContext;
  page: Page;
  /** What the browser complained of: refused scripts, errors. */
  complaints: string[];
}

async function open(path = "/classic", context?: BrowserContext): Promise<Open> {
  const own = context ?? (await stage.browser.newContext());
  const page = await own.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(stage.pages.url + path);
  return { context: own, page, complaints };
}

type Row = Record<"kind" | "name" | "value" | "text", string | null>;

async function rowsOf(id: string): Promise<Row[]> {
  const sql = "select kind, name, value, text from feedback where exchange_id = ? order by kind, name";
  const { results } = await (await stage.workers.db()).prepare(sql).bind(id.split(".")[0]).all<Row>();
  return results;
}

/** What winnow holds of an answer, when it is this. */
function standing(id: string, expected: readonly Partial<Row>[]): Promise<Row[]> {
  return eventually(`${JSON.stringify(expected)} on ${id}`, async () => {
    const rows = await rowsOf(id);
    const isSo =
      rows.length === expected.length &&
      expected.every((one, at) =>
        Object.entries(one).every(([field, value]) => rows[at]?.[field as keyof Row] === value),
      );
    return isSo ? rows : undefined;
  });
}

describe("the script", () => {
  test.each(["/beacon.js", "/beacon.mjs", "/winnow-thumbs.js"])(
    "%s is small, may be kept, and may be loaded from anywhere",
    async (path) => {
      const response = await fetch(stage.workers.url + path);
      expect(gzipSync(await response.text()).byteLength).toBeLessThan(2_048);
      const { headers } = response;
      expect(Object.fromEntries(headers)).toMatchObject({
        "content-type": "text/javascript; charset=utf-8",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
      });
      const known = await fetch(stage.workers.url + path, { headers: { "if-none-match": headers.get("etag") ?? "" } });
      expect(known.status).toBe(304);
      expect((await fetch(stage.workers.url + path, { method: "POST" })).status).toBe(405);
    },
  );

  test("as a tag leaves one global, and breaks no policy", async () => {
    const { context, page, complaints } = await open();
    const globals = await page.evaluate(() => Object.keys(globalThis).filter((name) => /winnow|beacon/i.test(name)));
    expect(globals).toEqual(["winnow"]);
    const id = await newId();
    await page.evaluate((to) => winnow.thumb(to, "up"), id);
    await standing(id, [{ kind: "thumb", value: '"up"' }]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("as a module gives the same", async () => {
    const { context, page, complaints } = await open("/module");
    const id = await newId();
    await page.waitForFunction(() => "winnow" in document);
    await page.evaluate((to) => document.winnow.rate(to, 0.8), id);
    await standing(id, [{ kind: "rating", value: "0.8" }]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

test("every call arrives as its kind", async () => {
  const { context, page } = await open();
  const id = await newId();
  await page.evaluate((to) => {
    winnow.thumb(to, "down");
    winnow.rate(to, 0.25);
    winnow.correct(to, "as it should be: größer ☂");
    winnow.comment(to, "why");
    winnow.accept(to);
    winnow.dismiss(to);
    winnow.copied(to);
    winnow.regenerated(to);
    winnow.metric(to, "resolved", true);
  }, id);
  const rows = await standing(
    id,
    ["accepted", "comment", "copied", "correction", "dismissed", "metric", "rating", "regenerated", "thumb"].map(
      (kind) => ({ kind }),
    ),
  );
  expect(rows.find(({ kind }) => kind === "correction")?.text).toBe("as it should be: größer ☂");
  await context.close();
});

test("a double click, and a vote that is changed and taken back, end in one right state", async () => {
  const { context, page } = await open();
  const [clicked, back] = [await newId(), await newId()];
  await page.evaluate(
    async ([one, other]) => {
      winnow.thumb(one, "up");
      winnow.thumb(one, "up");
      winnow.thumb(other, "up");
      winnow.thumb(other, "down");
      await winnow.flush();
      winnow.thumb(other, null);
    },
    [clicked, back] as const,
  );
  await standing(clicked, [{ kind: "thumb", value: '"up"' }]);
  await standing(back, [{ kind: "thumb", value: "null" }]);
  await context.close();
});

test("a page that is closed at once after a vote has sent it", async () => {
  const { context, page } = await open();
  const id = await newId();
  await page.evaluate((to) => winnow.thumb(to, "up"), id);
  await page.close({ runBeforeUnload: true });
  await standing(id, [{ kind: "thumb", value: '"up"' }]);
  await context.close();
});

test("votes of a page that was offline, and reloaded, arrive when it is back", async () => {
  const { context, page } = await open();
  const [first, second] = [await newId(), await newId()];
  await context.setOffline(true);
  await page.evaluate((to) => winnow.thumb(to, "up"), first);
  await page.evaluate((to) => winnow.correct(to, "later"), second);
  await page.waitForTimeout(700);
  expect(await rowsOf(first)).toEqual([]);
  const kept = await page.evaluate(() => JSON.stringify(localStorage));
  expect(kept).toContain(first);
  await context.setOffline(false);
  await page.reload();
  await standing(first, [{ kind: "thumb", value: '"up"' }]);
  await standing(second, [{ kind: "correction", text: "later" }]);
  await eventually("an empty place", async () =>
    (await page.evaluate(() => localStorage.length)) === 0 ? true : undefined,
  );
  await context.close();
});

test("two pages of one origin take nothing from each other", async () => {
  const { context, page } = await open();
  const ids = await Promise.all(Array.from({ length: 6 }, newId));
  await context.setOffline(true);
  await page.evaluate(
    (all) => {
      for (const id of all) winnow.thumb(id, "up");
    },
    ids.slice(0, 3),
  );
  await context.setOffline(false);
  const other = await open("/classic", context);
  await other.page.evaluate((all) => {
    for (const id of all) winnow.thumb(id, "down");
  }, ids.slice(3));
  for (const [at, id] of ids.entries()) await standing(id, [{ kind: "thumb", value: at < 3 ? '"up"' : '"down"' }]);
  await context.close();
});

test("a browser that blocks storage sends all the same", async () => {
  const context = await stage.browser.newContext();
  await context.addInitScript(() => {
    Object.defineProperty(globalThis, "localStorage", {
      get: () => {
        throw new DOMException("denied", "SecurityError");
      },
    });
  });
  const { page, complaints } = await open("/classic", context);
  const id = await newId();
  await page.evaluate((to) => winnow.thumb(to, "up"), id);
  await standing(id, [{ kind: "thumb", value: '"up"' }]);
  expect(complaints).toEqual([]);
  await context.close();
});

test("one event that is refused holds none of the others up", async () => {
  const { context, page } = await open();
  const ids = await Promise.all(Array.from({ length: 3 }, newId));
  await page.evaluate((all) => {
    winnow.thumb(all[0] ?? "", "up");
    winnow.thumb("no id at all", "up");
    winnow.thumb(all[1] ?? "", "down");
    winnow.rate(all[2] ?? "", 7);
    winnow.rate(all[2] ?? "", 1);
  }, ids);
  await standing(ids[0] ?? "", [{ value: '"up"' }]);
  await standing(ids[1] ?? "", [{ value: '"down"' }]);
  await standing(ids[2] ?? "", [{ kind: "rating", value: "1" }]);
  await context.close();
});

test("what is watched tells of copies and edits, and an edit that is undone is taken back", async () => {
  const { context, page } = await open();
  const [answer, draft] = [await newId(), await newId()];
  await page.evaluate(
    ([one, other]) => {
      const [text, area] = [document.querySelector("#answer"), document.querySelector("#draft")];
      if (text === null || area === null) throw new Error("not there");
      winnow.watch(text, one);
      winnow.watch(area, other);
    },
    [answer, draft] as const,
  );
  await page.locator("#answer").click({ clickCount: 3 });
  await page.keyboard.press("ControlOrMeta+c");
  await page.fill("#draft", "as it should be");
  await page.locator("#else").focus();
  await standing(answer, [{ kind: "copied" }]);
  await standing(draft, [{ kind: "correction", text: "as it should be" }]);
  await page.fill("#draft", "as it was");
  await page.locator("#else").focus();
  await standing(draft, [{ kind: "correction", value: "null" }]);
  await context.close();
});

test("what is watched tells, when the page is left, how long it was in sight and whether it was abandoned", async () => {
  const { context, page } = await open();
  const [used, left] = [await newId(), await newId()];
  const hide = (hidden: boolean) =>
    page.evaluate((isHidden) => {
      Object.defineProperty(document, "hidden", { value: isHidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await page.evaluate(
    ([one, other]) => {
      const answer = document.querySelector("#answer");
      if (answer === null) throw new Error("not there");
      winnow.watch(answer, one, { dwell: true });
      winnow.watch(answer, other, { dwell: true });
      winnow.thumb(one, "up");
    },
    [used, left] as const,
  );
  await hide(true);
  const dwell = { kind: "metric", name: "dwell_s" };
  await standing(used, [{ kind: "metric", name: "abandoned", value: "false" }, dwell, { kind: "thumb" }]);
  await standing(left, [{ kind: "metric", name: "abandoned", value: "true" }, dwell]);
  await hide(false);
  await page.evaluate((id) => winnow.copied(id), left);
  await hide(true);
  await standing(left, [{ kind: "copied" }, { kind: "metric", name: "abandoned", value: "false" }, dwell]);
  await context.close();
});

describe("<winnow-thumbs>", () => {
  test("votes by mouse and by keyboard, says so to screen readers and to the page, and breaks no policy", async () => {
    const id = await newId();
    const { context, page, complaints } = await open(`/thumbs?id=${id}`);
    const [up, down] = [page.getByRole("button", { name: "Good answer" }), page.getByRole("button", { name: "No" })];
    await page.evaluate(() => {
      const page = globalThis as unknown as {
        addEventListener(name: string, heard: (event: { detail: unknown }) => void): void;
      };
      page.addEventListener("winnow-thumb", ({ detail }) => Object.assign(document, { seen: detail }));
    });
    await up.click();
    expect([await up.getAttribute("aria-pressed"), await down.getAttribute("aria-pressed")]).toEqual(["true", "false"]);
    await standing(id, [{ kind: "thumb", value: '"up"' }]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect([await up.getAttribute("aria-pressed"), await down.getAttribute("aria-pressed")]).toEqual(["false", "true"]);
    await standing(id, [{ kind: "thumb", value: '"down"' }]);
    await page.keyboard.press("Space");
    expect(await down.getAttribute("aria-pressed")).toBe("false");
    await standing(id, [{ kind: "thumb", value: "null" }]);
    expect(await page.evaluate(() => (document as unknown as { seen: unknown }).seen)).toBeNull();
    expect(await page.locator("winnow-thumbs").getAttribute("role")).toBe("group");
    const box = await up.boundingBox();
    expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(24); // WCAG 2.2, target size
    expect(complaints).toEqual([]);
    await context.close();
  });
});
