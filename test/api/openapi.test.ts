/** The document of the API against the routes that there are and what they answer, and the page that shows it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { API_ROUTES } from "../../workers/console/api-routes.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { openBrowser } from "../browser/chromium.ts";
import { lookAt } from "../console/look-at.ts";
import { filesBelow, readText } from "../house/source-files.ts";
import { api, SECRET } from "../whole-way/captures.ts";

interface Document {
  openapi: string;
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: { Error: { properties: { error: { properties: { code: { enum: string[] } } } } } } };
}
interface Operation {
  operationId: string;
  tags: string[];
  parameters: { name: string; in: string }[];
  requestBody?: object;
  responses: Record<string, { content: Record<string, object> }>;
}

let winnow: Winnow;
let document: Document;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  document = (await (await fetch(`${winnow.url}/openapi.json`)).json()) as Document;
});
afterAll(() => winnow?.stop());

/** `get /v1/batches/{id}`, from the sources: where each group of routes is mounted, and what it has. */
function routesInSources(): string[] {
  const index = readText("workers/console/index.ts");
  const routes: string[] = [];
  for (const [, mounted = "", name = ""] of index.matchAll(/app\.route\("([^"]+)", (\w+)\)/g)) {
    const file = filesBelow("workers/console").find(({ text }) => text.includes(`export const ${name} =`));
    for (const [, method, path = ""] of (file?.text ?? "").matchAll(
      new RegExp(`${name}\\.(get|post|put|delete)\\(\\s*"([^"]*)"`, "g"),
    )) {
      const full = `${mounted === "/" ? "" : mounted}${path === "/" ? "" : path}`.replace(/:(\w+)/g, "{$1}");
      routes.push(`${method} ${full}`);
    }
  }
  return routes;
}

test("every route of the API is in the document, and nothing else is but what the gateway serves", () => {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  const served = routesInSources().filter((route) => route.includes(" /v1/"));
  expect(served.length).toBeGreaterThan(15);
  const elsewhere = API_ROUTES.filter((route) => route.elsewhere).map(({ method, path }) => `${method} ${path}`);
  expect(elsewhere).toEqual(["post /v1/feedback", "get /healthz"]);
  expect([...served, ...elsewhere].sort()).toEqual(described.sort());
});

test("every route that is described is there, and answers as described: that status and type, or the error of the schema", async () => {
  const { enum: codes } = document.components.schemas.Error.properties.error.properties.code;
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { responses }] of Object.entries(methods)) {
      const address = path.replace(/\{\w+\}/g, "00000000-0000-7000-8000-000000000000");
      const response = await api(winnow, address, { method: method.toUpperCase(), redirect: "manual" });
      const text = await response.text();
      const type = response.headers.get("content-type")?.split(";")[0] ?? "";
      const seen = [method, path, response.status, text.slice(0, 200)];
      if (response.status < 400) {
        expect([...seen, Object.keys(responses)]).toEqual([...seen, expect.arrayContaining([String(response.status)])]);
        expect([...seen, type]).toEqual([...seen, Object.keys(responses[response.status]?.content ?? {})[0]]);
        continue;
      }
      expect([...seen, type, JSON.parse(text)]).toEqual([
        ...seen,
        "application/json",
        { error: { code: expect.toBeOneOf(codes), message: expect.stringMatching(/../) } },
      ]);
      expect(seen).not.toContain(405);
      expect(text).not.toMatch(/there is no (GET|POST|PUT|DELETE)/);
    }
  }
});

test("every operation has a name of its own and stands under one of the headings", () => {
  const all = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
  const headings = document.tags.map(({ name }) => name);
  for (const { operationId, tags } of all)
    expect([operationId, headings]).toEqual([operationId, expect.arrayContaining(tags)]);
});

test.each(API_ROUTES.filter(({ body }) => body !== undefined))(
  "the example of $method $path is one that it takes",
  (route) => {
    expect(route.example).toBeDefined();
    expect(route.body?.safeParse(route.example).error?.issues ?? []).toEqual([]);
  },
);

test("what a body may hold is what the routes check: the settings' fields are those of PUT /v1/settings", () => {
  const { requestBody } = document.paths["/v1/settings"]?.put ?? {};
  const { properties } = (
    requestBody as { content: { "application/json": { schema: { properties: Record<string, object> } } } }
  ).content["application/json"].schema;
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(["limits", "redaction", "webhook", "origins"]));
  expect(document.openapi).toBe("3.1.0");
});

describe("/docs", () => {
  let browser: Browser;
  let page: Page;
  const complaints: string[] = [];
  beforeAll(async () => {
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 390, height: 800 } });
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
  });
  afterAll(() => browser?.close());

  test("shows all of it under its headings, fits a narrow window, and breaks no policy", async () => {
    await page.goto(`${winnow.url}/docs`);
    const operations = Object.values(document.paths).flatMap((methods) => Object.keys(methods));
    expect(await page.locator(".operation").count()).toBe(operations.length);
    expect(await page.locator(".contents ul ul a").count()).toBe(operations.length);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
    expect(complaints).toEqual([]);
  });

  test.each(["light", "dark"] as const)("can be read and worked by all, in the %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true");
    expect(await page.evaluate<string[]>(lookAt)).toEqual([]);
  });

  test("is filtered by words, and whole again without them", async () => {
    const shown = () => page.locator(".operation:visible h3 code").allInnerTexts();
    const all = await shown();
    await page.fill("#filter", "release held");
    expect(await shown()).toEqual(["/v1/batches/{id}/release"]);
    expect(await page.locator("#found").innerText()).toBe(`1 of ${all.length}`);
    await page.keyboard.press("Escape");
    expect(await shown()).toEqual(all);
  });
});
