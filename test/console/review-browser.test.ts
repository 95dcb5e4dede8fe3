/** Two reviewers at once in a real Chromium, by keyboard alone: neither gets the other's item, and verdicts change. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeKey } from "../../shared/core/keys.ts";
import { openBrowser } from "../browser/chromium.ts";
import { eventually } from "../local/launch-stubs.ts";
import { detailOf, SIGNER } from "../whole-way/captures.ts";
import { launchSeeded, type Seeded } from "./seeded-winnow.ts";

let seeded: Seeded;
let browser: Browser;
let [ann, bob]: Page[] = [];

beforeAll(async () => {
  [seeded, browser] = await Promise.all([launchSeeded(), openBrowser()]);
  [ann, bob] = [await signIn("ann"), await signIn("bob")];
});
afterAll(async () => {
  await browser?.close();
  await seeded?.winnow.stop();
});

/** In a context of their own: another cookie, another store. */
async function signIn(keyId: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "en-US" });
  const page = await context.newPage();
  await page.goto(`${seeded.winnow.url}/console/sign-in?next=/console/review`);
  await page.locator("#key:focus").waitFor(); // the browser gives it the focus some frames after the page is there
  await page.keyboard.type(await makeKey({ app: "demo", keyId, scopes: ["pull", "feedback"] }, SIGNER));
  await page.keyboard.press("Enter");
  await page.waitForURL(({ pathname }) => pathname === "/console/review");
  return page;
}

function person(page: Page | undefined): Page {
  if (page === undefined) throw new Error("nobody has signed in");
  return page;
}

/** Of the exchange that the page shows; none where the queue is empty. */
async function shown(page: Page): Promise<string> {
  const action = await page.locator("form[aria-label='Your word']").getAttribute("action");
  return action?.split("/").at(-1) ?? "";
}

async function press(page: Page, key: string, said: string): Promise<void> {
  await Promise.all([page.waitForURL(/did=/), page.waitForEvent("load"), page.keyboard.press(key)]);
  expect(await page.locator("[role=status]").innerText()).toBe(said);
}

/** Skips what can't be mended, as it calls tools, by the same button without any script. @returns the exchange */
async function showMendable(page: Page): Promise<string> {
  for (let skipped = 0; (await page.locator("summary", { hasText: "Edit" }).count()) === 0; skipped++) {
    expect(skipped).toBeLessThan(10);
    await Promise.all([page.waitForURL(/did=/), page.waitForEvent("load"), page.click("button[value=skipped]")]);
  }
  return shown(page);
}

function said(id: string, kind: string) {
  return eventually(`${kind} of ${id}`, async () => {
    const { feedback, verdict } = await detailOf(seeded.winnow, id);
    const piece = feedback.find((one) => one.kind === kind);
    return piece && { ...piece, pGood: verdict.pGood };
  });
}

describe("two reviewers at once", () => {
  test("never see the same item, go back and forth with j and k, and say good and not good with u and d", async () => {
    const [one, two] = [person(ann), person(bob)];
    const seen: string[] = [];
    for (const [at, key] of ["u", "d", "u", "d"].entries()) {
      const [a, b] = await Promise.all([shown(one), shown(two)]);
      seen.push(a, b);
      const before = (await detailOf(seeded.winnow, a)).verdict.pGood;
      const words = key === "u" ? "Said: good." : "Said: not good.";
      await Promise.all([press(one, key, words), press(two, key, words)]);
      if (at > 1) continue;
      const { pGood, actor } = await said(a, "review");
      expect(actor).toBe("reviewer:key ann");
      if (key === "u") expect(pGood).toBeGreaterThan(before);
      else expect(pGood).toBeLessThan(before);
    }
    expect(new Set(seen).size).toBe(8);
    const first = await shown(one);
    await Promise.all([one.waitForURL(/item=/), one.waitForEvent("load"), one.keyboard.press("j")]);
    const second = await shown(one);
    expect(second).not.toBe(first);
    await Promise.all([one.waitForEvent("load"), one.keyboard.press("k")]);
    expect(await shown(one)).toBe(first);
  });

  test("mend an answer with e, skip with s, and take back with z", async () => {
    const one = person(ann);
    const id = await showMendable(one);
    await one.keyboard.press("e");
    expect(await one.locator(":focus").getAttribute("id")).toBe("text");
    await one.keyboard.press("Control+a");
    await one.keyboard.type("Dear Ms Smith,\nudsjkz: it is here.");
    await press(one, "Control+Enter", "Your correction is on its way.");
    expect(await said(id, "correction")).toMatchObject({ text: "Dear Ms Smith,\nudsjkz: it is here." });
    await press(one, "z", "Taken back. Here it is again.");
    expect(await shown(one)).toBe(id);
    await press(one, "s", "Skipped. Others may still be asked.");
    expect(await shown(one)).not.toBe(id);
    await eventually("nothing of it", async () => {
      const { feedback } = await detailOf(seeded.winnow, id);
      return feedback.some(({ actor }) => actor === "reviewer:key ann") ? undefined : feedback;
    });
  });
});

test("letters can be switched off, and stay off", async () => {
  const one = person(bob);
  await one.locator("#letters").uncheck();
  const id = await shown(one);
  await one.reload();
  expect(await one.locator("#letters").isChecked()).toBe(false);
  await one.keyboard.press("u");
  await one.keyboard.press("d");
  expect(await shown(one)).toBe(id);
  await one.locator("#letters").check();
});

test("without any script the same forms work by mouse", async () => {
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    storageState: await person(ann).context().storageState(),
  });
  const page = await plain.newPage();
  await page.goto(`${seeded.winnow.url}/console/review`);
  const id = await showMendable(page);
  expect(await page.locator("#letters").isVisible()).toBe(false);
  await page.locator("summary", { hasText: "Edit" }).click();
  const answer = await page.locator("#text").inputValue();
  await page.fill("#text", `${answer} Kind regards`);
  await page.click("text=Save correction");
  expect((await said(id, "correction")).text).toBe(`${answer} Kind regards`);
  await plain.close();
});
