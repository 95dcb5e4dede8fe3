/**
 * Every route of winnow's own API and the gateway's paths with whatever may be sent: never a fault of ours, never a host that nobody
 * configured, and each refusal in the contract's shape. FUZZ_RUNS raises the number of inputs a route (20).
 */
import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import fc from "../unit/property.ts";
import { KEY, SECRET } from "../whole-way/captures.ts";

const RUNS = Number(process.env.FUZZ_RUNS ?? 20);
const HOSTILE = [
  "../../etc/passwd",
  "%2e%2e%2f",
  "\u0000",
  "🦊".repeat(50),
  "'; drop table exchanges; --",
  "-1",
  "9".repeat(400),
  "{}",
  "__proto__",
  "null",
];

interface Document {
  paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
}

let winnow: Winnow;
let configured: Sink;
let canary: Sink;
let inputs = 0;

interface Sink {
  url: string;
  host: string;
  seen: string[];
  close(): void;
}

async function sink(): Promise<Sink> {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume().on("end", () => response.writeHead(302, { location: canary?.url ?? "http://127.0.0.1:9" }).end());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `http://${host}`, host, seen, close: () => server.close() };
}

beforeAll(async () => {
  canary = await sink();
  configured = await sink();
  const names = [
    "openai",
    "anthropic",
    "google",
    "mistral",
    "groq",
    "together",
    "fireworks",
    "deepseek",
    "openrouter",
    "xai",
    "cerebras",
    "workers-ai",
    "azure",
  ];
  const providers = Object.fromEntries(
    names.map((name) => [name, { baseUrl: configured.url, format: "raw" as const }]),
  );
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, providers });
});
afterAll(async () => {
  await winnow?.stop();
  configured?.close();
  canary?.close();
  console.log(`${inputs} inputs tried`);
});

const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const body = fc.oneof(
  fc.json({ maxDepth: 5 }),
  text,
  fc.constantFrom(
    "",
    "[",
    `${"[".repeat(5_000)}`,
    '{"a":1e999}',
    '"\\ud800"',
    '{"__proto__":{"admin":true}}',
    "\u0000\u0001",
  ),
);
const headers = fc.dictionary(
  fc.constantFrom(
    "range",
    "if-range",
    "if-none-match",
    "content-type",
    "x-winnow-task",
    "x-winnow-meta",
    "x-winnow-capture",
    "accept",
    "origin",
  ),
  fc.oneof(
    fc.string({ maxLength: 80 }).map((value) => value.replace(/[^\x20-\x7e]/g, "")),
    fc.constantFrom("bytes=-1", "bytes=9-1", "bytes=0-0,2-3", "application/json", '"x"'),
  ),
);

test(
  "every route answers with its answer, or with an error that names the field, the value and the remedy",
  async () => {
    const { paths } = (await (await fetch(`${winnow.url}/openapi.json`)).json()) as Document;
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [] }]) => ({
        path,
        method: method.toUpperCase(),
        parameters,
      })),
    );
    expect(routes.length).toBeGreaterThan(25);
    for (const { path, method, parameters } of routes) {
      const queries = parameters.filter(({ in: where }) => where === "query").map(({ name }) => name);
      const given = fc.record({
        name: text,
        query: fc.dictionary(queries.length === 0 ? fc.string({ maxLength: 8 }) : fc.constantFrom(...queries), text, {
          maxKeys: 3,
        }),
        body,
        headers,
      });
      await fc.assert(
        fc.asyncProperty(given, async (one) => {
          inputs++;
          const address = path.replace(/\{\w+\}/g, encodeURIComponent(one.name.isWellFormed() ? one.name : "x") || "x");
          const query = new URLSearchParams(one.query).toString();
          const response = await fetch(`${winnow.url}${address}?${query}`, {
            method,
            headers: { ...one.headers, "x-winnow-key": KEY },
            redirect: "manual",
            ...(method !== "GET" && { body: one.body }),
          });
          const answer = await response.text();
          expect([method, address, response.status < 500 ? "" : answer]).toEqual([method, address, ""]);
          if (response.status >= 400)
            expect(JSON.parse(answer)).toMatchObject({
              error: { code: expect.any(String), message: expect.any(String) },
            });
        }),
        { numRuns: RUNS },
      );
    }
  },
  30_000 + 3_000 * RUNS,
);

test("no path, host or header makes winnow ask a host that nobody configured, and no redirect is followed", async () => {
  const other = canary.host;
  const paths = [
    `/openai//${other}/v1`,
    `/openai/@${other}/v1`,
    `/openai/..//${other}/`,
    `/openai/%2f%2f${other}/`,
    `/openai/%5c%5c${other}/`,
    `/openai\\@${other}/`,
    `/openai/v1?url=http://${other}/`,
    `/openai/http://${other}/`,
    `//${other}/openai/v1`,
    `/http://${other}/`,
    `/openai:80@${other}/v1`,
    `/openai/v1#@${other}`,
    `http://${other}/openai/v1`,
  ];
  const named = [
    "host",
    "x-forwarded-host",
    "forwarded",
    "x-original-url",
    "x-rewrite-url",
    "x-winnow-provider",
    "x-winnow-upstream",
  ];
  for (const path of paths) {
    for (const header of [undefined, ...named]) {
      inputs++;
      await raw(path, { "x-winnow-key": KEY, ...(header !== undefined && { [header]: other }) });
    }
  }
  expect(canary.seen).toEqual([]);
  expect(configured.seen.length).toBeGreaterThan(20);
});

test("bodies that unpack to much, and headers that speak of two lengths, harm nobody", async () => {
  const bomb = gzipSync(Buffer.alloc(30 * 1024 * 1024));
  for (const path of ["/v1/feedback", "/v1/settings", "/v1/eval-sets?name=x", "/v1/exchanges"]) {
    inputs++;
    const method = path === "/v1/settings" ? "PUT" : "POST";
    const response = await fetch(winnow.url + path, {
      method,
      body: bomb,
      headers: { "x-winnow-key": KEY, "content-encoding": "gzip" },
    });
    expect([path, response.status < 500]).toEqual([path, true]);
    await response.body?.cancel();
  }
  const smugglings: Record<string, string>[] = [
    { "transfer-encoding": "chunked", "content-length": "3" },
    { "transfer-encoding": "chunked, identity" },
  ];
  for (const smuggled of smugglings) {
    inputs++;
    await raw(
      "/openai/v1/chat/completions",
      { "x-winnow-key": KEY, ...smuggled },
      "0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n",
    );
  }
  expect(configured.seen.filter((line) => line.includes("smuggled"))).toEqual([]);
  expect((await fetch(`${winnow.url}/healthz`)).status).toBe(200);
});

/** As it stands, without what `fetch` would tidy. */
function raw(path: string, given: Record<string, string>, sent = ""): Promise<number> {
  const { hostname, port } = new URL(winnow.url);
  return new Promise((resolve) => {
    const call = httpRequest(
      { hostname, port, path, method: sent === "" ? "GET" : "POST", headers: given },
      (response) => {
        response.resume().on("end", () => resolve(response.statusCode ?? 0));
      },
    );
    call.on("error", () => resolve(0));
    call.setTimeout(5_000, () => call.destroy());
    call.end(sent);
  });
}
