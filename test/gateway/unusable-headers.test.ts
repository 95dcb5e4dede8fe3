/** A header of winnow's own that cannot be used is left out and told of; the call is as if it had not been there. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Winnow } from "../../workers/local/launch.ts";
import {
  exchangeOf,
  launchWinnow,
  onlyCall,
  PROXY_KEY,
  recordOf,
  sendJson,
  startProvider,
  type TestProvider,
} from "./hand-driven-winnow.ts";

const ANSWER = { id: "chatcmpl-1", object: "chat.completion", choices: [] };
const REQUEST = { model: "gpt-5", messages: [{ role: "user", content: "Hi" }] };

let provider: TestProvider;
let winnow: Winnow;

beforeAll(async () => {
  provider = await startProvider();
  winnow = await launchWinnow({ openai: { baseUrl: provider.url, format: "openai" } });
});
afterAll(async () => {
  await winnow?.stop();
  await provider?.stop();
});
beforeEach(() => {
  provider.answerWith((_call, response) => sendJson(response, 200, ANSWER));
});

function ask(headers: Record<string, string>): Promise<Response> {
  return fetch(`${winnow.url}/openai/v1/chat/completions`, {
    method: "POST",
    headers: { "x-winnow-key": PROXY_KEY, "content-type": "application/json", ...headers },
    body: JSON.stringify(REQUEST),
  });
}

const LONG = "x".repeat(129);

describe("an unusable header", () => {
  test.each([
    ["x-winnow-meta", "{not json", /x-winnow-meta is not a JSON object; ignored/],
    ["x-winnow-meta", "[1]", /x-winnow-meta is not a JSON object; ignored/],
    ["x-winnow-meta", "null", /x-winnow-meta is not a JSON object; ignored/],
    ["x-winnow-meta", '"text"', /x-winnow-meta is not a JSON object; ignored/],
    ["x-winnow-meta", "", /x-winnow-meta is not a JSON object; ignored/],
    ["x-winnow-meta", `${"[".repeat(1_000)}${"]".repeat(1_000)}`, /x-winnow-meta is not a JSON object; ignored/],
    ["x-winnow-meta", JSON.stringify({ text: "x".repeat(2_048) }), /x-winnow-meta is over 2048 bytes; ignored/],
    ["x-winnow-task", LONG, /x-winnow-task has 129 characters, 128 at most; ignored/],
    ["x-winnow-user", LONG, /x-winnow-user has 129 characters/],
    ["x-winnow-session", LONG, /x-winnow-session has 129 characters/],
    ["x-winnow-parent", LONG, /x-winnow-parent has 129 characters/],
    ["x-winnow-request-id", LONG, /x-winnow-request-id has 129 characters/],
    ["x-winnow-capture", "none", /x-winnow-capture is none of full, metadata, off; taken as metadata/],
    ["x-winnow-capture", "", /x-winnow-capture is none of full, metadata, off; taken as metadata/],
  ])("%s leaves the call unharmed, and a warning", async (name, value, warning) => {
    const response = await ask({ [name]: value });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(ANSWER);
    expect(response.headers.get("x-winnow-id")).not.toBeNull();
    expect(response.headers.get("x-winnow-warning")).toMatch(warning);
    expect(JSON.parse(onlyCall(provider).body.toString())).toEqual(REQUEST);
    expect(onlyCall(provider).headers).not.toHaveProperty([name]);
  });

  test("is told of beside others, on a stream and on an error too", async () => {
    for (const [status, type] of [
      [200, "text/event-stream"],
      [500, "application/json"],
    ] as const) {
      provider.answerWith((_call, response) => void response.writeHead(status, { "content-type": type }).end("{}"));
      const response = await ask({ "x-winnow-meta": "{", "x-winnow-user": LONG });
      expect(response.status).toBe(status);
      expect(response.headers.get("x-winnow-warning")).toMatch(/x-winnow-user.*x-winnow-meta/);
      expect(await response.text()).toBe("{}");
    }
  });

  test("is not kept, and what stood beside it is", async () => {
    const response = await ask({ "x-winnow-meta": "{", "x-winnow-user": LONG, "x-winnow-task": "mail" });
    const kept = await exchangeOf(winnow, response.headers.get("x-winnow-id"));
    expect(kept).toMatchObject({ task: "mail", user: null, meta: null, request: REQUEST, response: ANSWER });
  });
});

describe("a usable header", () => {
  test("is kept as it came, at its bounds, without a warning", async () => {
    const edge = "x".repeat(128);
    const meta = { text: "x".repeat(2_048 - '{"text":""}'.length) };
    const response = await ask({
      "x-winnow-task": "mail",
      "x-winnow-user": edge,
      "x-winnow-session": "s 1",
      "x-winnow-request-id": edge,
      "x-winnow-meta": JSON.stringify(meta),
      "x-winnow-capture": " FULL ",
    });
    expect(response.headers.get("x-winnow-warning")).toBeNull();
    const own = { task: "mail", user: expect.stringMatching(/^u_/), session: "s 1", requestId: edge, meta };
    expect(await exchangeOf(winnow, response.headers.get("x-winnow-id"))).toMatchObject(own);
    expect(await recordOf(winnow, response.headers.get("x-winnow-id"))).toMatchObject({
      ...own,
      capture: "full",
    });
  });

  test("lets a page of any origin read the id", async () => {
    const response = await ask({ origin: "https://app.example" });
    expect(response.headers.get("access-control-expose-headers")).toContain("x-winnow-id");
  });
});
