/** The example app of `npm start`, as somebody uses it who tries winnow for the first time. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ExampleApp, startExampleApp } from "../../workers/local/example-app.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { type Standin, startStandin } from "../../workers/local/standin.ts";
import { openBrowser } from "../browser/chromium.ts";
import { eventually } from "../local/launch-stubs.ts";
import { api, KEY, SECRET } from "../whole-way/captures.ts";

let winnow: Winnow;
let standin: Standin;
let example: ExampleApp;

beforeAll(async () => {
  standin = await startStandin({ port: 0 });
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, providers: { ...standin.providers } });
  example = await startExampleApp({ winnow: winnow.url, key: KEY });
});
afterAll(async () => {
  await example?.stop();
  await winnow?.stop();
  await standin?.stop();
});

test("an answer is asked for, judged and mended, and winnow has all of it", async () => {
  const browser = await openBrowser();
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(example.url);
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await page.getByRole("button", { name: "Bad answer" }).click();
  await page.fill("#draft", "Paris, of course.");
  await page.locator("#ask input").focus();
  const id = (await page.locator("#id").textContent()) ?? "";
  expect(id).toMatch(/^[0-9a-f-]{36}\.\w+/);
  const said = await eventually("a thumb and a correction", async () => {
    const detail = (await (await api(winnow, `/v1/exchanges/${id}`)).json()) as { feedback?: { kind: string }[] };
    return detail.feedback?.length === 2 ? detail.feedback : undefined;
  });
  expect(said).toMatchObject([
    { kind: "thumb", value: "down" },
    { kind: "correction", text: "Paris, of course." },
  ]);
  expect(complaints).toEqual([]);
  expect(await page.content()).not.toContain(KEY);
  await browser.close();
});
