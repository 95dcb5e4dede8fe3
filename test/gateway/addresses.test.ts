/** Where a call goes: to the configured provider and nowhere else, whatever its path, query or the provider's answer say. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Winnow } from "../../workers/local/launch.ts";
import { launchWinnow, onlyCall, PROXY_KEY, sendRaw, startProvider, type TestProvider } from "./hand-driven-winnow.ts";

let provider: TestProvider;
let elsewhere: TestProvider;
let winnow: Winnow;

beforeAll(async () => {
  [provider, elsewhere] = await Promise.all([startProvider(), startProvider()]);
  winnow = await launchWinnow({
    openai: { baseUrl: provider.url, format: "openai" },
    based: { baseUrl: `${provider.url}/base/`, format: "openai" },
  });
});
afterAll(async () => {
  await winnow?.stop();
  await Promise.all([provider?.stop(), elsewhere?.stop()]);
});
beforeEach(() => {
  provider.answerWith((_call, response) => void response.end("fine"));
  elsewhere.answerWith((_call, response) => void response.end("evil"));
});

function send(target: string, method = "GET") {
  return sendRaw({ url: winnow.url, target, method, headers: [`x-winnow-key: ${PROXY_KEY}`] });
}

/** In a request line: `EVIL` is another host that listens. */
const ODD = [
  "/v1/files/a%2Fb%2f..%2Fc",
  "/v1/models/models%2Fgemini:generateContent",
  "/v1/a%20b+c%2Bd/%E4%B8%96%F0%9F%99%82",
  "/v1/%zz/%",
  "/v1/a.b/.../..x/x..",
  "/v1//chat///completions/",
  "/v1/x;v=1,2/(a)!$&'*",
  "/v1/~tilde/%7Etilde",
  "/v1/x?",
  "/v1/x??a=b?c",
  "/v1/x?a=%2F&b=%26+c&a=2&=&&d",
  "/v1/x?q=%E4%B8%96&r=[1]&s={2}&t=|^`",
  "/v1/x?url=http://EVIL/&host=EVIL",
  "/?url=http://EVIL/",
  "//EVIL/v1/x",
  "///EVIL/v1/x",
  "/@EVIL/v1/x",
  "/http://EVIL/v1/x",
  "/:80@EVIL/v1",
  "/v1/x?@EVIL",
];

describe("an odd path or query", () => {
  test.each(ODD)("reaches the provider byte for byte: %s", async (odd) => {
    const target = odd.replaceAll("EVIL", new URL(elsewhere.url).host);
    expect((await send(`/openai${target}`)).status).toBe(200);
    const call = onlyCall(provider);
    expect(call.target).toBe(target);
    expect(call.headers.host).toBe(new URL(provider.url).host);
    expect(elsewhere.calls).toEqual([]);
  });

  test.each(["/v1/../x", "/v1/./x", "/v1/%2e%2e/x", "/../openai/x", "/..", "/v1\\..\\x", "/\\EVIL/x", "/\\\\EVIL/x"])(
    "with dots or backslashes stays at the provider: %s",
    async (odd) => {
      await send(`/openai${odd.replaceAll("EVIL", new URL(elsewhere.url).host)}`);
      for (const { headers } of provider.calls) expect(headers.host).toBe(new URL(provider.url).host);
      expect(elsewhere.calls).toEqual([]);
    },
  );

  test.each([
    "//EVIL/openai/v1/x",
    "/@EVIL/v1/x",
    "/openai@EVIL/v1/x",
    "/openai:x@EVIL/v1/x",
    "/openai.EVIL/v1/x",
    "/http://EVIL/v1/x",
    "/EVIL/v1/x",
    "/%6fpenai/v1/x",
    "/OpenAI/v1/x",
    "/__proto__/x",
    "/constructor/x",
  ])("before the provider's name leads nowhere: %s", async (odd) => {
    const { status } = await send(odd.replaceAll("EVIL", new URL(elsewhere.url).host));
    expect(status).toBe(404);
    expect([...provider.calls, ...elsewhere.calls]).toEqual([]);
  });

  test("in absolute form does not choose a host", async () => {
    await send(`${elsewhere.url}/openai/v1/x`);
    expect(elsewhere.calls).toEqual([]);
  });

  test.each([
    ["/based/v1/x", "/base/v1/x"],
    ["/based/", "/base/"],
    ["/based?a=1", "/base?a=1"],
    ["/based//v1", "/base//v1"],
    ["/based", "/base"],
  ])("is appended to a base address with a path: %s", async (target, expected) => {
    await send(target);
    expect(onlyCall(provider).target).toBe(expected);
  });
});

describe("a redirect of the provider's", () => {
  test.each([301, 302, 303, 307, 308])("is passed on and not followed: %i", async (status) => {
    const location = `${elsewhere.url}/collect`;
    provider.answerWith((_call, response) => void response.writeHead(status, { location }).end("there"));
    const { status: seen, head, body } = await send("/openai/v1/x");
    expect(seen).toBe(status);
    expect(/^location: (.*)$/im.exec(head)?.[1]).toBe(location);
    expect(body.toString()).toContain("there");
    expect(elsewhere.calls).toEqual([]);
  });
});

describe("a method", () => {
  test.each(["GET", "DELETE", "OPTIONS", "PUT", "PATCH", "POST"])("%s goes as it is", async (method) => {
    const { status } = await send("/openai/v1/files/1", method);
    expect(status).toBe(200);
    expect(onlyCall(provider)).toMatchObject({ method, target: "/v1/files/1" });
  });

  test("HEAD is answered with the head alone, and its length", async () => {
    provider.answerWith((_call, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-length": 4321 }).end();
    });
    const { status, head, body } = await send("/openai/v1/models", "HEAD");
    expect(status).toBe(200);
    expect(head).toMatch(/^content-length: 4321\r?$/im);
    expect(head).toMatch(/^x-winnow-id: /im);
    expect(body.length).toBe(0);
    expect(onlyCall(provider).method).toBe("HEAD");
  });

  test("DELETE may have a body, which arrives byte for byte", async () => {
    const body = Buffer.from([0, 255, 10, 13, 128, 7]);
    const headers = { "x-winnow-key": PROXY_KEY };
    expect((await fetch(`${winnow.url}/openai/v1/files/1`, { method: "DELETE", headers, body })).status).toBe(200);
    expect(onlyCall(provider).body).toEqual(body);
  });

  test.each([204, 205, 304])("an answer of %i has no body", async (status) => {
    provider.answerWith((_call, response) => void response.writeHead(status, { etag: '"1"' }).end());
    const answer = await send("/openai/v1/files/1", "GET");
    expect(answer).toMatchObject({ status });
    expect(answer.head).toMatch(/^etag: "1"\r?$/im);
    expect(answer.body.toString().replace(/^0\r\n\r\n$/, "")).toBe("");
  });
});
