/** A call through winnow is the provider's own: asked by the official SDK, and by hand where the SDK would not ask so. */
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Winnow } from "../../workers/local/launch.ts";
import { type Standin, startStandin } from "../../workers/local/standin.ts";
import {
  exchangeOf,
  launchWinnow,
  PROXY_KEY,
  sendJson,
  startProvider,
  type TestProvider,
} from "./hand-driven-winnow.ts";

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.[\w-]{22}$/;

let standin: Standin;
let provider: TestProvider;
let winnow: Winnow;

beforeAll(async () => {
  [standin, provider] = await Promise.all([startStandin({ port: 0 }), startProvider()]);
  const own = { baseUrl: provider.url, format: "openai" };
  winnow = await launchWinnow({ standin: standin.provider, openai: own });
});
afterAll(async () => {
  await winnow?.stop();
  await Promise.all([standin?.stop(), provider?.stop()]);
});

function clientOf(name: string): OpenAI {
  return new OpenAI({ baseURL: `${winnow.url}/${name}/v1`, apiKey: PROXY_KEY, maxRetries: 0 });
}

type Params = Omit<OpenAI.ChatCompletionCreateParamsNonStreaming, "model" | "stream">;

const TOOL: OpenAI.ChatCompletionTool = {
  type: "function",
  function: {
    name: "find_parcel",
    parameters: { type: "object", properties: { place: { type: "string" } }, required: ["place"] },
  },
};
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const CASES: [string, Params][] = [
  ["a text", { messages: [{ role: "user", content: "Grüße, 世界 🙂: where is order 12345?" }] }],
  ["a tool call", { messages: [{ role: "user", content: "use find_parcel for Oslo" }], tools: [TOOL] }],
  [
    "the answer to a tool's result",
    {
      messages: [
        { role: "user", content: "use find_parcel for Oslo" },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "call_1", type: "function", function: { name: "find_parcel", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "call_1", content: "it is in Oslo" },
      ],
      tools: [TOOL],
    },
  ],
  [
    "an image",
    {
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is in this picture?" },
            { type: "image_url", image_url: { url: `data:image/png;base64,${PIXEL}` } },
          ],
        },
      ],
    },
  ],
  ["three choices", { messages: [{ role: "user", content: "Name a colour" }], n: 3 }],
];

/** Ids of tool calls are by chance. */
function comparable(choices: readonly { message: OpenAI.ChatCompletionMessage; finish_reason: unknown }[]) {
  return choices.map(({ message: { content, tool_calls: calls }, finish_reason: finishReason }) => ({
    content,
    calls: calls?.map((call) => call.type === "function" && call.function),
    finishReason,
  }));
}

describe("with the official SDK,", () => {
  test.concurrent.each(CASES)("%s is answered as the provider answers it, and kept so", async (_what, params) => {
    const direct = new OpenAI({ baseURL: `${standin.url}/v1`, apiKey: "none" });
    const expected = await direct.chat.completions.create({ model: "standin-1", ...params });
    const { data, response } = await clientOf("standin")
      .chat.completions.create({ model: "standin-1", ...params })
      .withResponse();
    expect(comparable(data.choices)).toEqual(comparable(expected.choices));
    expect(data.usage).toEqual(expected.usage);
    expect(response.headers.get("x-winnow-id")).toMatch(ID);
    const kept = await exchangeOf(winnow, response.headers.get("x-winnow-id"));
    expect(kept).toMatchObject({ outcome: "complete", status: 200, streamed: false, format: "openai" });
    expect(kept.request).toEqual({ model: "standin-1", ...params });
    expect(kept.response).toEqual(JSON.parse(JSON.stringify(data)));
  });

  test.concurrent.each(CASES)("%s streams to the same, and is kept as if it had not", async (_what, params) => {
    const expected = await clientOf("standin").chat.completions.create({ model: "standin-1", ...params });
    let id: string | null = null;
    const client = new OpenAI({
      baseURL: `${winnow.url}/standin/v1`,
      apiKey: PROXY_KEY,
      fetch: async (address, init) => {
        const response = await fetch(address, init);
        id = response.headers.get("x-winnow-id");
        return response;
      },
    });
    const options = { stream_options: { include_usage: true } };
    const whole = await client.chat.completions
      .stream({ model: "standin-1", ...params, ...options })
      .finalChatCompletion();
    expect(comparable(whole.choices)).toEqual(comparable(expected.choices));
    const kept = await exchangeOf(winnow, id);
    expect(kept).toMatchObject({
      outcome: "complete",
      streamed: true,
      outputTokens: expected.usage?.completion_tokens,
    });
    const response = kept.response as OpenAI.ChatCompletion;
    expect(response).toMatchObject({ object: "chat.completion", id: whole.id, usage: expected.usage });
    expect(comparable(response.choices)).toEqual(comparable(expected.choices));
  });
});

const ERRORS: [number, string, new (...given: never[]) => Error, Record<string, string>][] = [
  [400, "invalid_request_error", OpenAI.BadRequestError, {}],
  [401, "authentication_error", OpenAI.AuthenticationError, { "www-authenticate": "Bearer" }],
  [403, "permission_error", OpenAI.PermissionDeniedError, {}],
  [404, "not_found_error", OpenAI.NotFoundError, {}],
  [429, "rate_limit_error", OpenAI.RateLimitError, { "retry-after": "7", "x-ratelimit-remaining-requests": "0" }],
  [500, "server_error", OpenAI.InternalServerError, {}],
  [503, "overloaded", OpenAI.InternalServerError, { "retry-after": "1" }],
];
const QUESTION = { model: "gpt-5", messages: [{ role: "user" as const, content: "Hi" }] };

describe("a provider's error", () => {
  // Spaces, an escape and a number that a parser would write otherwise.
  const bodyOf = (type: string) => `{ "error" : {"message":"no\\u002c ${type}", "type":"${type}","weight":1.0e2}}\n`;

  test.each(ERRORS)("%i is thrown by the SDK as what it is, with an id", async (status, type, kind, headers) => {
    provider.answerWith((_call, response) => {
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(bodyOf(type));
    });
    const thrown = await clientOf("openai")
      .chat.completions.create(QUESTION)
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(kind);
    const error = thrown as InstanceType<typeof OpenAI.APIError>;
    expect(error).toMatchObject({ status, error: { type, message: `no, ${type}` } });
    expect(error.headers?.get("x-winnow-id")).toMatch(ID);
    expect(error.headers?.get("x-winnow-error")).toBeNull();
    for (const [name, value] of Object.entries(headers)) expect(error.headers?.get(name)).toBe(value);
  });

  test.each(ERRORS)("%i is passed on byte for byte, to a stream too", async (status, type, _kind, headers) => {
    for (const [contentType, isLengthKnown] of [
      ["application/json", true],
      ["application/json", false],
      ["text/event-stream", false],
      ["text/html", true],
    ] as const) {
      provider.answerWith((_call, response) => {
        const length = isLengthKnown ? { "content-length": Buffer.byteLength(bodyOf(type)) } : {};
        response.writeHead(status, { "content-type": contentType, ...length, ...headers });
        response.end(bodyOf(type));
      });
      const response = await fetch(`${winnow.url}/openai/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${PROXY_KEY}`, "content-type": "application/json" },
        body: JSON.stringify({ ...QUESTION, stream: true }),
      });
      expect(response.status).toBe(status);
      expect(response.headers.get("content-type")).toBe(contentType);
      expect(response.headers.get("x-winnow-id")).toMatch(ID);
      expect(await response.text()).toBe(bodyOf(type));
    }
  });

  test("is retried by the SDK as often as it would be without winnow", async () => {
    provider.answerWith((_call, response) => {
      if (provider.calls.length === 3) return sendJson(response, 200, { id: "chatcmpl-1", choices: [] });
      response.setHeader("retry-after-ms", "5");
      sendJson(response, 429, { error: { message: "slow down", type: "requests" } });
    });
    const client = new OpenAI({ baseURL: `${winnow.url}/openai/v1`, apiKey: PROXY_KEY, maxRetries: 2 });
    expect(await client.chat.completions.create(QUESTION)).toMatchObject({ id: "chatcmpl-1" });
    expect(provider.calls.map(({ headers }) => headers["x-stainless-retry-count"])).toEqual(["0", "1", "2"]);
  });

  test("is kept as upstream_error, with what the provider said", async () => {
    provider.answerWith((_call, response) => sendJson(response, 429, { error: { message: "slow down" } }));
    const thrown = await clientOf("openai")
      .chat.completions.create(QUESTION)
      .catch((error: unknown) => error);
    const { headers } = thrown as InstanceType<typeof OpenAI.APIError>;
    expect(await exchangeOf(winnow, headers?.get("x-winnow-id") ?? null)).toMatchObject({
      outcome: "upstream_error",
      status: 429,
      request: QUESTION,
      response: { error: { message: "slow down" } },
    });
  });
});
