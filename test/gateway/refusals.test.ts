/** What winnow itself refuses is told as the provider would tell it; what it merely cannot use never fails a call. */
import Anthropic from "@anthropic-ai/sdk";
import { ApiError, GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Winnow } from "../../workers/local/launch.ts";
import {
  exchangeOf,
  forgedKey,
  keyWith,
  launchWinnow,
  PROXY_KEY,
  sendJson,
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
    binary: { baseUrl: provider.url, format: "raw" },
    // nothing listens on port 1 of this machine
    gone: { baseUrl: "http://127.0.0.1:1", format: "openai" },
    "gone-claude": { baseUrl: "http://127.0.0.1:1", format: "anthropic" },
  });
});
afterAll(async () => {
  await winnow?.stop();
  await provider?.stop();
});
beforeEach(() => {
  provider.answerWith((_call, response) => sendJson(response, 200, { id: "chatcmpl-1", choices: [] }));
});

interface Case {
  what: string;
  /** In x-winnow-key; none at all if left out. */
  key?: string;
  headers?: Record<string, string>;
  status: number;
  code: string;
  says: RegExp;
  /** As OpenAI and Anthropic name it, and as Google does. */
  type: string;
  google: string;
}

const KEY_WRONG = { status: 401, code: "key_wrong", type: "authentication_error", google: "UNAUTHENTICATED" };
const CASES: Case[] = [
  {
    what: "no key",
    status: 401,
    code: "key_missing",
    says: /x-winnow-key/,
    type: "authentication_error",
    google: "UNAUTHENTICATED",
  },
  { what: "a key of another winnow", key: await forgedKey(), says: /this winnow key/, ...KEY_WRONG },
  { what: "a key with a letter more", key: `${PROXY_KEY}x`, says: /this winnow key/, ...KEY_WRONG },
  { what: "a key with a letter less", key: PROXY_KEY.slice(0, -1), says: /this winnow key/, ...KEY_WRONG },
  { what: "a key of another app", key: PROXY_KEY.replace("demo", "other"), says: /this winnow key/, ...KEY_WRONG },
  { what: "a key that gave itself a scope", key: PROXY_KEY.replace("_p_", "_pa_"), says: /winnow key/, ...KEY_WRONG },
  { what: "a provider's key in winnow's place", key: "sk-mine", says: /this winnow key/, ...KEY_WRONG },
  { what: "an empty key", key: "", says: /winnow key/, ...KEY_WRONG },
  {
    what: "a key without the scope",
    key: await keyWith("feedback", "pull", "admin"),
    status: 403,
    code: "scope_missing",
    says: /has scopes feedback, pull, admin and this needs proxy/,
    type: "permission_error",
    google: "PERMISSION_DENIED",
  },
  {
    what: "a WebSocket",
    key: PROXY_KEY,
    headers: {
      connection: "upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "eA==",
    },
    status: 426,
    code: "upgrade_refused",
    says: /WebSocket/,
    type: "invalid_request_error",
    google: "INTERNAL",
  },
];

async function refused({ key, headers }: Case, path: string) {
  const lines = Object.entries({ ...(key !== undefined && { "x-winnow-key": key }), ...headers });
  const answer = await sendRaw({ url: winnow.url, target: path, headers: lines.map((line) => line.join(": ")) });
  return { ...answer, header: /^x-winnow-error: (.*)$/im.exec(answer.head)?.[1], json: JSON.parse(bodyOf(answer)) };
}

/** Chunked or not. */
function bodyOf({ body }: { body: Buffer }): string {
  const text = body.toString();
  return text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
}

describe.each(CASES)("$what is refused", (one) => {
  const { status, code, says, type, google } = one;

  test.each(["openai", "binary"])("in OpenAI's shape at %s", async (name) => {
    const { status: seen, header, json } = await refused(one, `/${name}/v1/chat/completions`);
    expect({ seen, header }).toEqual({ seen: status, header: code });
    expect(json).toEqual({ error: { message: expect.stringMatching(says), type, param: null, code } });
  });

  test("in Anthropic's shape", async () => {
    const { status: seen, header, json } = await refused(one, "/anthropic/v1/messages");
    expect({ seen, header }).toEqual({ seen: status, header: code });
    expect(json).toEqual({ type: "error", error: { type, message: expect.stringMatching(says) } });
  });

  test("in Google's shape", async () => {
    const { status: seen, header, json } = await refused(one, "/google/v1beta/models/gemini:generateContent");
    expect({ seen, header }).toEqual({ seen: status, header: code });
    expect(json).toEqual({ error: { code: status, message: expect.stringMatching(says), status: google } });
  });

  test("and never reaches the provider, and is told without the key", async () => {
    const { head, body } = await refused(one, "/openai/v1/models");
    expect(provider.calls).toEqual([]);
    expect(head).not.toMatch(/^x-winnow-id:/im);
    if (one.key) expect(head + body.toString()).not.toContain(one.key);
  });
});

describe("the official SDKs throw what they throw for their provider:", () => {
  test("OpenAI's", async () => {
    const client = new OpenAI({ baseURL: `${winnow.url}/openai/v1`, apiKey: await forgedKey(), maxRetries: 0 });
    const error = await client.models.list().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.AuthenticationError);
    expect(error).toMatchObject({ status: 401, code: "key_wrong", type: "authentication_error" });
  });

  test("Anthropic's", async () => {
    const client = new Anthropic({ baseURL: `${winnow.url}/anthropic`, apiKey: await keyWith("pull"), maxRetries: 0 });
    const error = await client.models.list().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Anthropic.PermissionDeniedError);
    expect(error).toMatchObject({ status: 403, error: { type: "error", error: { type: "permission_error" } } });
  });

  test("Google's", async () => {
    const client = new GoogleGenAI({ apiKey: await forgedKey(), httpOptions: { baseUrl: `${winnow.url}/google` } });
    const call = client.models.generateContent({ model: "gemini-2.5-flash", contents: "Hi" });
    const error = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 401, message: expect.stringContaining("UNAUTHENTICATED") });
  });
});

describe("a provider", () => {
  test("that is not there is told with those that are", async () => {
    const response = await fetch(`${winnow.url}/opnai/v1/models`, { headers: { "x-winnow-key": PROXY_KEY } });
    expect(response.status).toBe(404);
    expect(response.headers.get("x-winnow-error")).toBe("provider_unknown");
    const message = expect.stringMatching(/no provider "opnai"; there are: .*openai.*binary/);
    expect(await response.json()).toMatchObject({
      error: { type: "not_found_error", code: "provider_unknown", message },
    });
  });

  test("that has no address is told with an example of one", async () => {
    const response = await fetch(`${winnow.url}/azure/openai/x`, { headers: { "x-winnow-key": PROXY_KEY } });
    expect(response.headers.get("x-winnow-error")).toBe("provider_address_missing");
    expect(await response.text()).toContain("https://<resource>.openai.azure.com");
  });

  test("whose key winnow does not hold is told with the secret's name, and is not called", async () => {
    const response = await fetch(`${winnow.url}/groq/openai/v1/models`, { headers: { "x-api-key": PROXY_KEY } });
    expect(response.status).toBe(401);
    expect(response.headers.get("x-winnow-error")).toBe("provider_key_missing");
    expect(await response.text()).toContain("GROQ_API_KEY");
  });

  test.each([
    [
      "gone/v1/chat/completions",
      { error: { message: expect.any(String), type: "api_error", param: null, code: "upstream_unreachable" } },
    ],
    ["gone-claude/v1/messages", { type: "error", error: { type: "api_error", message: expect.any(String) } }],
  ])("that does not answer is a 502 with an id, and is kept: %s", async (path, shape) => {
    const body = JSON.stringify({ model: "m", messages: [] });
    const headers = { "x-winnow-key": PROXY_KEY };
    const response = await fetch(`${winnow.url}/${path}`, { method: "POST", headers, body });
    expect(response.status).toBe(502);
    expect(response.headers.get("x-winnow-error")).toBe("upstream_unreachable");
    expect(await response.json()).toEqual(shape);
    const kept = await exchangeOf(winnow, response.headers.get("x-winnow-id"));
    expect(kept).toMatchObject({ outcome: "upstream_error", status: 0, request: { model: "m" }, response: null });
  });
});
