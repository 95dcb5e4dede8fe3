/** The document of the API against the routes that there are, and the page that shows it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { openBrowser } from "../browser/chromium.ts";
import { filesBelow, readText } from "../house/source-files.ts";
import { api, SECRET } from "../whole-way/captures.ts";

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { parameters: { name: string; in: string }[]; requestBody?: object }>>;
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
  expect([...served, "post /v1/feedback"].sort()).toEqual(described.sort());
});

test("every route that is described is there: none answers that there is no such route", async () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of Object.keys(methods)) {
      const address = path.replace(/\{\w+\}/g, "00000000-0000-7000-8000-000000000000");
      const response = await api(winnow, address, { method: method.toUpperCase(), redirect: "manual" });
      expect([method, path, response.status]).not.toEqual([method, path, 405]);
      expect(await response.text()).not.toMatch(/there is no (GET|POST|PUT|DELETE)/);
    }
  }
});

test("what a body may hold is what the routes check: the settings' fields are those of PUT /v1/settings", () => {
  const { requestBody } = document.paths["/v1/settings"]?.put ?? {};
  const { properties } = (
    requestBody as { content: { "application/json": { schema: { properties: Record<string, object> } } } }
  ).content["application/json"].schema;
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(["limits", "redaction", "webhook", "origins"]));
  expect(document.openapi).toBe("3.1.0");
});

test("/docs shows all of it, without a script, and breaks no policy", async () => {
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 390, height: 800 } });
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(`${winnow.url}/docs`);
  expect(await page.locator("section").count()).toBe(
    Object.values(document.paths).flatMap((methods) => Object.keys(methods)).length,
  );
  const wide = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = (
      globalThis as unknown as { document: { documentElement: { scrollWidth: number; clientWidth: number } } }
    ).document.documentElement;
    return scrollWidth > clientWidth;
  });
  expect(wide).toBe(false);
  expect(complaints).toEqual([]);
  if (process.env.SCREENSHOTS !== undefined) await page.screenshot({ path: `${process.env.SCREENSHOTS}/docs.png` });
  await browser.close();
});
