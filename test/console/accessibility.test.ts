/**
 * WCAG 2.2 AA, as far as a program can tell, on every page, light and dark, in a real Chromium: contrast of all text (1.4.3),
 * names of fields and buttons (4.1.2, 3.3.2), one heading that names the page (2.4.6), unique ids, targets of 24 pixels (2.5.8).
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../browser/chromium.ts";
import { KEY } from "../whole-way/captures.ts";
import { lookAt } from "./look-at.ts";
import { idOf, launchSeeded, type Seeded } from "./seeded-winnow.ts";

let seeded: Seeded;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [seeded, browser] = await Promise.all([launchSeeded(), openBrowser()]);
  page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: "en-US" });
  await page.goto(`${seeded.winnow.url}/console/sign-in`);
  await page.fill("#key", KEY);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${seeded.winnow.url}/console`);
});
afterAll(async () => {
  await browser?.close();
  await seeded?.winnow.stop();
});

const PATHS = [
  "/console?range=7d",
  "/console/exchanges",
  "/console/exchanges?since=never",
  "/console/review",
  "/console/review?did=failed",
  "/console/batches",
  "/console/readiness",
  "/console/readiness?task=mail&curationHours=2",
  "/console/readiness?task=mail&curationHours=many",
  "/console/settings",
  "/console/audit",
  "/console/no-such-page",
];

describe.each(["light", "dark"] as const)("in the %s", (colorScheme) => {
  test.each(PATHS)("%s can be read and worked by all", async (path) => {
    await page.emulateMedia({ colorScheme });
    await page.goto(seeded.winnow.url + path);
    await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true");
    expect(await page.evaluate<string[]>(lookAt)).toEqual([]);
  });

  test("an exchange and a batch can be read and worked by all", async () => {
    await page.emulateMedia({ colorScheme });
    const [call] = seeded.mail;
    for (const path of [`/console/exchanges/${call && idOf(call)}`, `/console/batches/${seeded.batches.at(-1)}`]) {
      await page.goto(seeded.winnow.url + path);
      await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true");
      expect([path, await page.evaluate<string[]>(lookAt)]).toEqual([path, []]);
    }
  });
});

test("what is wrong is seen: pale text, a field without a name, a heading too many, an id twice, a small button", async () => {
  await page.goto(`${seeded.winnow.url}/console/audit`);
  await page.evaluate(`document.querySelector("main").insertAdjacentHTML("beforeend",
    '<h1 id="a">Second</h1><input id="a"><button></button><p class="pale">pale</p>')
    const sheet = new CSSStyleSheet(); sheet.replaceSync(".pale{color:#999;background:#fff} button:empty{min-height:0;padding:0;height:9px}");
    document.adoptedStyleSheets = [sheet];`);
  const wrong = (await page.evaluate<string[]>(lookAt)).join("\n");
  for (const what of [
    "2 headings",
    "id a 2 times",
    "input without a name",
    "button without a name",
    "pale: contrast 2.8",
    "small",
  ]) {
    expect(wrong).toContain(what);
  }
});
