import { describe, expect, test } from "vitest";
import { readCallHeaders } from "../../shared/capture/call-headers.ts";
import { HEADER_VALUE_CHARS_MAX, META_BYTES_MAX } from "../../shared/core/limits.ts";
import fc from "./property.ts";

const TEXT_FIELDS = [
  ["x-winnow-task", "task"],
  ["x-winnow-user", "user"],
  ["x-winnow-session", "session"],
  ["x-winnow-parent", "parent"],
  ["x-winnow-request-id", "requestId"],
] as const;

function read(headers: Record<string, string>) {
  return readCallHeaders(new Headers(headers));
}

/** What the provider would get, but for the coding that we always ask for. */
function upstreamOf(headers: Record<string, string>): Record<string, string> {
  const { "accept-encoding": _always, ...rest } = Object.fromEntries(read(headers).upstream);
  return rest;
}

describe("winnow's own headers", () => {
  test("are read", () => {
    const headers = read({
      "X-Winnow-Key": "wk_1",
      "X-Winnow-Task": "summarise",
      "X-Winnow-User": "u1",
      "X-Winnow-Session": "s1",
      "X-Winnow-Parent": "p1",
      "X-Winnow-Request-Id": "r1",
      "X-Winnow-Capture": "full",
      "X-Winnow-Meta": '{"plan":"pro","n":[1,{"deep":null}]}',
    });
    expect(headers).toMatchObject({
      key: "wk_1",
      task: "summarise",
      user: "u1",
      session: "s1",
      parent: "p1",
      requestId: "r1",
      capture: "full",
      meta: { plan: "pro", n: [1, { deep: null }] },
      warnings: [],
    });
  });

  test("need not be there", () => {
    expect(read({})).toMatchObject({
      key: undefined,
      task: undefined,
      user: undefined,
      session: undefined,
      parent: undefined,
      requestId: undefined,
      capture: "full",
      meta: undefined,
      warnings: [],
    });
  });

  test("never reach the provider", () => {
    const headers = {
      "x-winnow-key": "wk_1",
      "x-winnow-task": "t",
      "x-winnow-user": "u",
      "x-winnow-session": "s",
      "x-winnow-parent": "p",
      "x-winnow-request-id": "r",
      "x-winnow-capture": "off",
      "x-winnow-meta": "{}",
    };
    expect(upstreamOf({ ...headers, "x-mine": "stays" })).toEqual({ "x-mine": "stays" });
  });

  test.each(TEXT_FIELDS)("%s is taken at its longest, and left out with a warning one past it", (header, field) => {
    const longest = "x".repeat(HEADER_VALUE_CHARS_MAX);
    expect(read({ [header]: longest })).toMatchObject({ [field]: longest, warnings: [] });
    const over = read({ [header]: `${longest}x` });
    expect(over[field]).toBeUndefined();
    expect(over.warnings).toEqual([`${header} has 129 characters, 128 at most; ignored`]);
    expect(over.upstream.has(header)).toBe(false);
  });

  test.each(TEXT_FIELDS)("%s that is empty is as good as none", (header, field) => {
    expect(read({ [header]: "" })).toMatchObject({ [field]: undefined, warnings: [] });
  });

  test("x-winnow-meta is taken at its longest, and left out with a warning one past it", () => {
    const ofLength = (bytes: number) => JSON.stringify({ a: "x".repeat(bytes - 8) });
    expect(ofLength(META_BYTES_MAX).length).toBe(META_BYTES_MAX);
    expect(read({ "x-winnow-meta": ofLength(META_BYTES_MAX) }).meta).toEqual({ a: "x".repeat(META_BYTES_MAX - 8) });
    expect(read({ "x-winnow-meta": ofLength(META_BYTES_MAX + 1) })).toMatchObject({
      meta: undefined,
      warnings: [`x-winnow-meta is over ${META_BYTES_MAX} bytes; ignored`],
    });
  });

  test.each(["", "{", "[1]", "null", '"text"', "5", "a=b"])("x-winnow-meta %j is left out with a warning", (meta) => {
    const headers = read({ "x-winnow-meta": meta, "x-winnow-task": "t" });
    expect(headers.meta).toBeUndefined();
    expect(headers.warnings).toEqual(["x-winnow-meta is not a JSON object; ignored"]);
    expect(headers.task).toBe("t");
  });

  test("a meta with a key called __proto__ changes no prototype", () => {
    const { meta } = read({ "x-winnow-meta": '{"__proto__":{"polluted":true}}' });
    expect(meta?.polluted).toBeUndefined();
    expect({}).not.toHaveProperty("polluted");
  });

  test("a warning never repeats what was sent", () => {
    const { warnings } = read({
      "x-winnow-user": "secret".repeat(30),
      "x-winnow-capture": "secret",
      "x-winnow-meta": "secret",
    });
    expect(warnings).toHaveLength(3);
    expect(warnings.join()).not.toContain("secret");
  });
});

describe("x-winnow-capture", () => {
  test.each([
    ["full", "full"],
    ["metadata", "metadata"],
    ["off", "off"],
    ["OFF", "off"],
    [" Metadata ", "metadata"],
  ] as const)("%j means %s", (value, capture) => {
    expect(read({ "x-winnow-capture": value })).toMatchObject({ capture, warnings: [] });
  });

  test.each(["", "none", "no", "0", "false", "full, off", "metadta"])("%j keeps no content, and warns", (value) => {
    expect(read({ "x-winnow-capture": value })).toMatchObject({
      capture: "metadata",
      warnings: ["x-winnow-capture is none of full, metadata, off; taken as metadata"],
    });
  });
});

describe("the headers for the provider", () => {
  test("are those that came, as they came", () => {
    const headers = {
      authorization: "Bearer sk-1",
      "content-type": "application/json",
      "anthropic-version": "2023-06-01",
      "openai-organization": "org-1",
      "user-agent": "OpenAI/Python 1.0",
      "x-stainless-lang": "python",
      cookie: "a=b",
      "idempotency-key": "k",
    };
    expect(upstreamOf(headers)).toEqual(headers);
  });

  test("ask for no compression, whatever the caller asked for", () => {
    expect(read({ "accept-encoding": "gzip, br" }).upstream.get("accept-encoding")).toBe("identity");
    expect(read({}).upstream.get("accept-encoding")).toBe("identity");
  });

  test.each([
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "host",
    "content-length",
    "cf-connecting-ip",
    "cf-ray",
    "cdn-loop",
    "x-forwarded-for",
    "x-real-ip",
  ])("do not hold %s", (name) => {
    expect(upstreamOf({ [name]: "1", "x-mine": "stays" })).toEqual({ "x-mine": "stays" });
  });

  test("do not hold what the connection header names", () => {
    const headers = {
      connection: "keep-alive, X-Hop ,x_under.score,, close",
      "x-hop": "1",
      "x_under.score": "1",
      "x-mine": "stays",
    };
    expect(upstreamOf(headers)).toEqual({ "x-mine": "stays" });
  });

  test.each(["x y", "é", '"x-mine"', "x-mine;q=1", "a:b"])("survive %j, which names no header", (connection) => {
    expect(upstreamOf({ connection, "x-mine": "stays" })).toEqual({ "x-mine": "stays" });
  });

  test("are a copy: the call's own headers stay as they are", () => {
    const own = new Headers({ "x-winnow-key": "wk_1", connection: "x-hop", "x-hop": "1" });
    readCallHeaders(own);
    expect(Object.fromEntries(own)).toEqual({ "x-winnow-key": "wk_1", connection: "x-hop", "x-hop": "1" });
  });

  test("never hold a winnow header, and never fail the call, whatever the values", () => {
    const name = fc.constantFrom("task", "user", "session", "parent", "request-id", "capture", "meta", "key");
    const value = fc.string({ unit: fc.constantFrom(...' ~{}[]",:aé\x80\xff\t'), maxLength: 200 });
    fc.assert(
      fc.property(fc.dictionary(name, value), value, (own, connection) => {
        const headers = new Headers({ connection });
        for (const [name, value] of Object.entries(own)) headers.set(`x-winnow-${name}`, value);
        const { upstream } = readCallHeaders(headers);
        expect([...upstream.keys()]).toEqual(["accept-encoding"]);
      }),
    );
  });
});
