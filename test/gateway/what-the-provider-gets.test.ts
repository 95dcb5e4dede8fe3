/** What reaches the provider of a call's headers and key: all of it, less winnow's own; and what comes back. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Winnow } from "../../workers/local/launch.ts";
import {
  keyWith,
  launchWinnow,
  onlyCall,
  PROVIDER_KEY,
  PROXY_KEY,
  sendRaw,
  startProvider,
  type TestProvider,
} from "./hand-driven-winnow.ts";

let provider: TestProvider;
let winnow: Winnow;

beforeAll(async () => {
  provider = await startProvider();
  winnow = await launchWinnow({
    openai: { baseUrl: provider.url, format: "openai" },
    anthropic: { baseUrl: provider.url, format: "anthropic" },
    google: { baseUrl: provider.url, format: "google" },
  });
});
afterAll(async () => {
  await winnow?.stop();
  await provider?.stop();
});
beforeEach(() => {
  provider.answerWith((_call, response) => void response.end("fine"));
});

const KEY_LINE = `x-winnow-key: ${PROXY_KEY}`;

function send(target: string, headers: readonly string[] = [KEY_LINE], method = "GET") {
  return sendRaw({ url: winnow.url, target, headers, method });
}

describe("the provider's key", () => {
  test.each([
    ["openai", "authorization", "Bearer sk-mine"],
    ["anthropic", "x-api-key", "sk-mine"],
    ["google", "x-goog-api-key", "sk-mine"],
    ["openai", "api-key", "sk-mine"],
  ])("of the caller passes through to %s in %s, beside x-winnow-key", async (name, header, value) => {
    expect((await send(`/${name}/v1/x`, [KEY_LINE, `${header}: ${value}`])).status).toBe(200);
    const { headers } = onlyCall(provider);
    expect(headers[header]).toBe(value);
    expect(JSON.stringify(headers)).not.toContain(PROVIDER_KEY);
  });

  test("of the caller passes through in ?key=, beside x-winnow-key", async () => {
    await send("/google/v1beta/models?key=AIza-mine&alt=sse");
    expect(onlyCall(provider).target).toBe("/v1beta/models?key=AIza-mine&alt=sse");
  });

  test.each([
    ["openai", `authorization: Bearer ${PROXY_KEY}`, "authorization", `Bearer ${PROVIDER_KEY}`],
    ["openai", `authorization: bearer  ${PROXY_KEY} `, "authorization", `Bearer ${PROVIDER_KEY}`],
    ["openai", `api-key: ${PROXY_KEY}`, "api-key", PROVIDER_KEY],
    ["anthropic", `x-api-key: ${PROXY_KEY}`, "x-api-key", PROVIDER_KEY],
    ["anthropic", `authorization: Bearer ${PROXY_KEY}`, "x-api-key", PROVIDER_KEY],
    ["google", `x-goog-api-key: ${PROXY_KEY}`, "x-goog-api-key", PROVIDER_KEY],
  ])("takes the winnow key's place at %s: %s", async (name, line, header, value) => {
    expect((await send(`/${name}/v1/x?a=1`, [line])).status).toBe(200);
    const call = onlyCall(provider);
    expect(call.headers[header]).toBe(value);
    expect(call.target).toBe("/v1/x?a=1");
    expectNoTrace();
  });

  test.each([
    ["?key=KEY", ""],
    ["?key=KEY&alt=sse", "?alt=sse"],
    ["?alt=sse&key=KEY", "?alt=sse"],
    ["?alt=sse&key=KEY&b=%2F+x", "?alt=sse&b=%2F+x"],
    ["?key=KEY&key=KEY", ""],
    ["?a=1&key=KEY&b=2&key=KEY&c=3", "?a=1&b=2&c=3"],
  ])("takes the winnow key's place in the query %s", async (query, rest) => {
    expect((await send(`/google/v1beta/x${query.replaceAll("KEY", PROXY_KEY)}`, [])).status).toBe(200);
    const call = onlyCall(provider);
    expect(call.headers["x-goog-api-key"]).toBe(PROVIDER_KEY);
    expect(call.target).toBe(`/v1beta/x${rest}`);
    expectNoTrace();
  });

  test.each([
    ["in two headers of SDKs", [`authorization: Bearer ${PROXY_KEY}`, `x-api-key: ${PROXY_KEY}`], ""],
    ["in x-winnow-key and in the SDK's place", [KEY_LINE, `authorization: Bearer ${PROXY_KEY}`], ""],
    ["in a header and in the query", [`x-goog-api-key: ${PROXY_KEY}`], `?key=${PROXY_KEY}`],
    ["in x-winnow-key and in the query", [KEY_LINE], `?key=${PROXY_KEY}`],
  ])("the winnow key does not reach the provider where it stands twice: %s", async (_what, lines, query) => {
    await send(`/openai/v1/x${query}`, lines);
    expectNoTrace();
  });

  test("is not put beside a winnow key of another caller: each call has its own", async () => {
    const other = await keyWith("proxy", "feedback");
    await send("/openai/v1/x", [`x-winnow-key: ${other}`, "authorization: Bearer sk-other"]);
    await send("/openai/v1/x", [`authorization: Bearer ${PROXY_KEY}`]);
    expect(provider.calls.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer sk-other",
      `Bearer ${PROVIDER_KEY}`,
    ]);
  });
});

/** Nothing of the winnow key, not even its mac. */
function expectNoTrace(): void {
  const mac = PROXY_KEY.slice(-22);
  for (const { target, rawHeaders } of provider.calls) {
    expect(target).not.toContain(mac);
    expect(rawHeaders.filter((text) => text.includes(mac) || text.includes("wk_"))).toEqual([]);
  }
}

describe("headers", () => {
  test("of winnow's own do not reach the provider, usable or not", async () => {
    const own = ["task", "user", "session", "parent", "request-id", "capture", "meta"];
    await send("/openai/v1/x", [KEY_LINE, ...own.map((name) => `X-Winnow-${name}: ${"z".repeat(200)}`)]);
    const { rawHeaders } = onlyCall(provider);
    expect(rawHeaders.filter((text) => /^x-winnow|^z+$/i.test(text))).toEqual([]);
  });

  test("that are hop-by-hop are dropped, with those that connection names", async () => {
    const dropped = [
      "keep-alive: timeout=77",
      "proxy-authenticate: Basic",
      "proxy-authorization: Basic secret",
      "proxy-connection: keep-alive",
      "te: trailers",
      "trailer: x-late",
      "x-per-hop: one",
    ];
    await send("/openai/v1/x", [KEY_LINE, ...dropped, "connection: close, X-Per-Hop", "x-kept: two"]);
    const { headers, rawHeaders } = onlyCall(provider);
    expect(headers["x-kept"]).toBe("two");
    for (const line of dropped) expect(headers).not.toHaveProperty([line.slice(0, line.indexOf(":"))]);
    expect(rawHeaders.join("\n")).not.toMatch(/secret|timeout=77|X-Per-Hop/i);
  });

  test("that tell where the call came from are dropped", async () => {
    const names = ["x-forwarded-for", "x-real-ip", "cf-connecting-ip", "cf-ray", "cf-ipcountry", "cdn-loop"];
    await send("/openai/v1/x", [KEY_LINE, ...names.map((name) => `${name}: here`)]);
    expect(names.filter((name) => name in onlyCall(provider).headers)).toEqual([]);
  });

  test("of every other kind pass as they came, and the host is the provider's", async () => {
    const kept = {
      "user-agent": "OpenAI/JS 7",
      "x-stainless-lang": "js",
      "openai-organization": "org-1",
      cookie: "a=b",
    };
    await send("/openai/v1/x", [KEY_LINE, ...Object.entries(kept).map(([name, value]) => `${name}: ${value}`)]);
    expect(onlyCall(provider).headers).toMatchObject({ ...kept, host: new URL(provider.url).host });
  });

  test("of the answer pass as they came, several of a name too", async () => {
    provider.answerWith((_call, response) => {
      response.writeHead(200, {
        "set-cookie": ["a=1", "b=2"],
        "x-request-id": "req_1",
        "openai-version": "2020-10-01",
      });
      response.end("fine");
    });
    const { head } = await send("/openai/v1/x");
    expect(head.match(/^set-cookie: .*/gim)).toEqual([expect.stringMatching(/a=1/), expect.stringMatching(/b=2/)]);
    expect(head).toMatch(/^x-request-id: req_1\r?$/im);
    expect(head).toMatch(/^openai-version: 2020-10-01\r?$/im);
  });

  test.each(["application/json", "text/event-stream"])("an answer of %s gzipped unasked can be read", async (type) => {
    const bytes = gzipSync('{"id":"zipped"}');
    provider.answerWith((_call, response) => {
      response.writeHead(200, { "content-type": type, "content-encoding": "gzip", "content-length": bytes.length });
      response.end(bytes);
    });
    for (const mode of ["full", "off"]) {
      const headers = { "x-winnow-key": PROXY_KEY, "x-winnow-capture": mode };
      const response = await fetch(`${winnow.url}/openai/v1/x`, { headers });
      expect(await response.text()).toBe('{"id":"zipped"}');
    }
    expect(provider.calls[0]?.headers["accept-encoding"]).toBe("identity");
  });
});
