/**
 * Every page in a real Chromium: its main job done as a person does it, and hostile text that stays text: no script runs, no
 * request leaves, the policy has nothing to report.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBrowser } from "../browser/chromium.ts";
import { api, KEY } from "../whole-way/captures.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";
import { idOf, launchSeeded, MAIL_CALLS, type Seeded } from "./seeded-winnow.ts";

const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };

let seeded: Seeded;
let browser: Browser;
let context: BrowserContext;
let page: Page;
/** What must not happen: requests elsewhere, errors, reports of the policy. */
let wrong: string[] = [];

beforeAll(async () => {
  [seeded, browser] = await Promise.all([launchSeeded(), openBrowser()]);
  // a machine without a locale gives Chromium a language that is none, and uPlot stumbles over it
  context = await browser.newContext({ viewport: WIDE, locale: "en-US" });
  await context.addInitScript(() => {
    const scope = globalThis as unknown as EventTarget & { reported: string[] };
    scope.reported = [];
    scope.addEventListener("securitypolicyviolation", (event) => {
      const { violatedDirective, blockedURI } = event as Event & { violatedDirective: string; blockedURI: string };
      scope.reported.push(`${violatedDirective} ${blockedURI}`);
    });
  });
  page = await context.newPage();
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("console", (message) => message.type() === "error" && wrong.push(`console: ${message.text()}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${seeded.winnow.url}/console`)) wrong.push(`request: ${request.url()}`);
  });
  page.on("dialog", (dialog) => {
    wrong.push(`dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
  await signIn();
});
afterAll(async () => {
  await browser?.close();
  await seeded?.winnow.stop();
});

/** By keyboard alone: the field has the focus. */
async function signIn(): Promise<void> {
  await page.goto(`${seeded.winnow.url}/console`);
  await page.locator("#key:focus").waitFor();
  await page.keyboard.type(KEY);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${seeded.winnow.url}/console`);
}

async function open(path: string): Promise<void> {
  const answer = await page.goto(seeded.winnow.url + path);
  expect([path, answer?.status()]).toEqual([path, 200]);
}

async function expectCalm(path: string): Promise<void> {
  const seen = await page.evaluate(() => {
    const scope = globalThis as unknown as { fired?: number; reported: string[] };
    return { fired: scope.fired, reported: scope.reported };
  });
  expect([path, seen, wrong.splice(0)]).toEqual([path, { fired: undefined, reported: [] }, []]);
}

function allPages(): string[] {
  const lists = ["/console", "/console?range=7d", "/console?range=30d", "/console/exchanges", "/console/batches"];
  const texts = ["/console/settings", "/console/audit", "/console/exchanges?feedback=any&text=fired"];
  const asked = ["/console/review", "/console/readiness", "/console/readiness?task=mail&curationHours=1"];
  return [...lists, ...texts, ...asked, ...seeded.batches.slice(0, 8).map((id) => `/console/batches/${id}`)];
}

describe("hostile text", () => {
  test("stays text on every list and every batch", async () => {
    for (const path of allPages()) {
      await open(path);
      await page.locator("main").hover();
      await expectCalm(path);
    }
  });

  test("stays text on the page of its exchange, folded out and in the address", async () => {
    for (const call of seeded.hostile) {
      const path = `/console/exchanges/${idOf(call)}`;
      await open(path);
      await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true");
      await expectCalm(path);
    }
  });

  test("stays text on the review page, item by item, and in the field to mend it", async () => {
    const db = await seeded.winnow.db();
    await open("/console/review");
    const items = seeded.hostile.map((call, place) => ({ id: idOf(call), place }));
    await db.batch([
      db.prepare("delete from review_items"),
      db
        .prepare(`insert into review_items select 'demo', value ->> '$.id', 'hostile', 'audit', value ->> '$.place', 0.5, '', 0, '[]', null, '', 0
          from json_each(?)`)
        .bind(JSON.stringify(items)),
    ]);
    for (let skipped = 0; ; skipped++) {
      await open("/console/review");
      await expectCalm(page.url());
      if (!(await page.locator(".acts").isVisible())) {
        expect(skipped).toBe(HOSTILE_TEXTS.length);
        return;
      }
      const fields = await page.locator("#text").count();
      if (fields > 0) expect(await page.locator("#text").inputValue()).not.toBe("");
      await Promise.all([page.waitForURL(/did=skipped/), page.keyboard.press("s")]);
    }
  });

  test("stays text in the filters, which an address can set", async () => {
    for (const call of seeded.hostile.filter((_, at) => at % 3 === 0)) {
      const text = call.header?.task ?? "";
      await open(`/console/exchanges?${new URLSearchParams({ task: text, text, user: text, since: text })}`);
      expect(await page.locator("#text").inputValue()).toBe(text);
      await open(`/console?${new URLSearchParams({ range: "7d", task: text, model: text })}`);
      await expectCalm(text);
    }
  });

  test("that became markup after all would run nothing, and would be reported", async () => {
    const broken = await context.newPage();
    await broken.goto(`${seeded.winnow.url}/console/exchanges`);
    // the policy has no word on a refresh, which would only take the page away
    const texts = HOSTILE_TEXTS.filter((text) => !text.includes("http-equiv"));
    const seen = broken.evaluate((texts) => {
      type Body = { insertAdjacentHTML(where: string, html: string): void };
      const scope = globalThis as unknown as { document: { body: Body }; fired?: number; reported: string[] };
      for (const text of texts) scope.document.body.insertAdjacentHTML("beforeend", text);
      return new Promise<{ fired: unknown; reported: string[] }>((done) => {
        const look = () =>
          scope.reported.length < 5 ? setTimeout(look, 20) : done({ fired: scope.fired, reported: scope.reported });
        look();
      }).then(({ fired, reported }) => ({ fired, reported: reported.join() }));
    }, texts);
    expect(await seen).toEqual({ fired: undefined, reported: expect.stringMatching(/(script|style|img)-src/) });
    await broken.close();
  });

  test("in names of keys stays text", async () => {
    for (const name of [`"><script>window.fired=1</script>`, "<img src=x onerror=window.fired=1>"]) {
      await open("/console/settings");
      await page.fill("#key-name", name);
      await page.click("text=Make key");
      expect(await page.locator("#keys tbody tr").last().locator("td").first().innerText()).toBe(name);
      await expectCalm(name);
    }
  });
});

describe("a page", () => {
  test.each([NARROW, WIDE])(
    "fits a window of $width pixels without scrolling sideways, light and dark",
    async (size) => {
      await page.setViewportSize(size);
      const [call] = seeded.hostile;
      for (const path of [...allPages(), `/console/exchanges/${call && idOf(call)}`]) {
        await page.emulateMedia({ colorScheme: size === NARROW ? "dark" : "light" });
        await open(path);
        const width = await page.evaluate("document.documentElement.scrollWidth");
        expect([path, width]).toEqual([path, size.width]);
      }
      await page.setViewportSize(WIDE);
    },
  );

  test("is gone through by keyboard: the skip link first, then the bar, then the content", async () => {
    await open("/console/exchanges");
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").innerText()).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").getAttribute("name")).toBe("task");
  });
});

describe("the overview", () => {
  test("draws its plots, and has the same numbers as tables", async () => {
    await open("/console?range=7d&task=mail");
    await page.locator(".plot canvas").nth(3).waitFor();
    await page.locator(".plot + details summary").first().click();
    const rows = page.locator(".plot + details").first().locator("tbody td");
    const calls = (await rows.allInnerTexts()).map(Number).reduce((sum, one) => sum + one, 0);
    expect(calls).toBe(MAIL_CALLS + 1);
    expect(await page.locator(".figures dd").first().innerText()).toContain(String(MAIL_CALLS + 1));
    await expectCalm("plots");
  });
});

describe("exchanges", () => {
  test("are found by filters, and opened", async () => {
    await open("/console/exchanges");
    await page.fill("#task", "mail");
    await page.selectOption("#verdict", "corrected");
    await page.fill("#text", "parcel");
    await page.keyboard.press("Enter");
    await page.waitForURL(/verdict=corrected/);
    const corrected = seeded.mail.filter(({ said }) => said?.some(({ kind }) => kind === "correction"));
    expect(await page.locator("tbody tr").count()).toBeGreaterThanOrEqual(corrected.length);
    await page.locator("tbody a").last().click();
    expect(await page.locator(".turn.user").innerText()).toContain("Write mail");
    expect(await page.locator(".timeline").first().innerText()).toContain("Dear Ms Smith");
  });
});

describe("batches", () => {
  test("are opened, and their files taken away whole", async () => {
    await open("/console/batches?task=mail");
    await page.locator("tbody a").first().click();
    await page.locator("h2", { hasText: "Files" }).waitFor();
    const id = page.url().split("/").at(-1) ?? "";
    const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=sft, openai")]);
    expect(download.suggestedFilename()).toBe(`${id}.sft.openai.jsonl`);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
    const pulled = await api(seeded.winnow, `/v1/batches/${id}/files/sft?format=openai`);
    expect(Buffer.concat(chunks).toString()).toBe(await pulled.text());
    wrong = []; // a download ends its own navigation, and Chromium says so
  });
});

describe("settings", () => {
  test("make a key that is shown once and works, and end it", async () => {
    await open("/console/settings");
    await page.fill("#key-name", "reader");
    await page.getByLabel("proxy").uncheck();
    await page.getByLabel("pull").check();
    await page.click("text=Make key");
    const key = await page.locator("#new-key").innerText();
    expect((await api(seeded.winnow, "/v1/batches", { key })).status).toBe(200);
    await open("/console/settings");
    expect(await page.content()).not.toContain(key);
    await page.locator("tbody tr", { hasText: "reader" }).locator("summary").click();
    await page.locator("tbody tr", { hasText: "reader" }).locator("text=Revoke now").click();
    await page.locator("text=is revoked").waitFor();
    expect((await api(seeded.winnow, "/v1/batches", { key })).status).toBe(401);
    await open("/console/audit");
    const log = await page.locator("tbody").innerText();
    expect(log).toMatch(/revoked key[\s\S]*made key[\s\S]*signed in/);
    expect(log).not.toContain(key);
  });

  test("are changed by the form, as the API sees them", async () => {
    await open("/console/settings");
    await page.getByLabel("Calls a minute, of the app").fill("120");
    await page.getByLabel("e-mail addresses").uncheck();
    await page.fill("#origins", "https://app.example\nhttps://two.example");
    await page.click("text=Save settings");
    await page.locator("text=Saved.").waitFor();
    const { settings } = (await (await api(seeded.winnow, "/v1/settings")).json()) as { settings: object };
    expect(settings).toMatchObject({
      limits: { requestsPerMinute: 120 },
      redaction: { at: "export", kinds: { email: false } },
      origins: ["https://app.example", "https://two.example"],
    });
  });
});

test("signing out closes the pages", async () => {
  await open("/console/batches");
  await page.click("text=Sign out");
  await page.waitForURL(/sign-in/);
  await page.goto(`${seeded.winnow.url}/console/batches`);
  expect(page.url()).toMatch(/sign-in\?next=/);
});
