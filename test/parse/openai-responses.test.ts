/** Calls of the Responses API that answer JSON: which they are, and what they say of themselves. */
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { captureOf } from "./capture-of.ts";
import { begun, completed, messageItem, parseResponse, responseUsage } from "./responses-of.ts";

const response = completed([messageItem("It rains.")]);

test.each([
  ["openai", "/v1/responses"],
  ["openai", "/responses"],
  ["openai", "/v1/responses/"],
  ["openai", "/openai/responses"],
  ["openai", "/openai/v1/responses"],
  ["openai", "/api/v1/responses"],
  ["google", "/v1beta/openai/responses"],
] as const)("a response is known by its path: %s %s", (format, path) => {
  expect(parseCapture(captureOf({ response, header: { format, path } }))).toMatchObject({
    responseId: "resp_1",
    flags: [],
  });
});

test.each([
  ["openai", "/v1/responses/resp_1"],
  ["openai", "/v1/responses/resp_1/cancel"],
  ["openai", "/v1/responses/resp_1/input_items"],
  ["openai", "/v1/responses/compact"],
  ["openai", "/v1/responses/input_tokens"],
  ["openai", "/v1/myresponses"],
  ["raw", "/v1/responses"],
] as const)("another call is not: %s %s", (format, path) => {
  expect(parseCapture(captureOf({ response, header: { format, path } })).flags).toEqual(["format_unknown"]);
});

test("a response is read whole", () => {
  const parsed = parseResponse(response);
  expect(parsed).toMatchObject({
    response,
    streamed: false,
    model: "gpt-5-mini-2025-08-07",
    responseId: "resp_1",
    finishReason: "stop",
    usage: { inputTokens: 1000, outputTokens: 100, cachedInputTokens: 600, reasoningTokens: 64, estimated: false },
    flags: [],
  });
  expect(parsed.costUsdMicros).toBeCloseTo(400 * 0.25 + 600 * 0.025 + 100 * 2, 9);
});

test("an error keeps its body and the model that was asked for", () => {
  const error = { error: { message: "Invalid value", type: "invalid_request_error", param: "input", code: null } };
  expect(parseResponse(error)).toMatchObject({
    response: error,
    model: "gpt-5-mini",
    finishReason: null,
    usage: null,
    answer: null,
  });
});

describe("the finish reason", () => {
  const call = { type: "function_call", call_id: "a", name: "rain", arguments: "{}" };
  const incomplete = (reason: Json) => ({ status: "incomplete", incomplete_details: reason });
  test.each<[string, string | null, JsonObject]>([
    ["a message", "stop", {}],
    ["a refusal", "stop", { output: [{ type: "message", content: [{ type: "refusal", refusal: "No." }] }] }],
    ["a function call", "tool_calls", { output: [messageItem("I look."), call] }],
    ["a custom call", "tool_calls", { output: [{ type: "custom_tool_call", call_id: "a", name: "sql", input: "" }] }],
    ["a shell of the app's", "tool_calls", { output: [{ type: "shell_call", call_id: "a", action: {} }] }],
    ["a search of OpenAI's", "stop", { output: [{ type: "web_search_call", id: "a" }, messageItem("It rains.")] }],
    [
      "a shell of OpenAI's",
      "stop",
      { output: [{ type: "shell_call", call_id: "a", environment: { type: "container_reference" } }] },
    ],
    ["too many tokens", "length", incomplete({ reason: "max_output_tokens" })],
    ["a filter", "content_filter", incomplete({ reason: "content_filter" })],
    ["a reason that is new", "steered", incomplete({ reason: "steered" })],
    ["no reason", "incomplete", incomplete(null)],
    ["a failure", "error", { status: "failed" }],
    ["a cancelled one", "cancelled", { status: "cancelled" }],
    ["one in the background", null, { status: "queued" }],
    ["no status", null, { status: null }],
  ])("of %s is %s", (_name, finishReason, fields) => {
    expect(parseResponse({ ...response, ...fields }).finishReason).toBe(finishReason);
  });
});

describe("usage", () => {
  test("takes audio and cache writes for the price, where they are told", () => {
    const usage = { ...responseUsage, input_tokens_details: { cached_tokens: 0, audio_tokens: 10 } };
    expect(parseResponse({ ...response, usage }).usage).toMatchObject({ cachedInputTokens: 0 });
  });

  test.each([null, {}, { input_tokens: 4 }, { input_tokens: -4, output_tokens: 1 }, "12"])(
    "takes %j for missing",
    (usage) => {
      expect(parseResponse({ ...response, usage }).usage).toBeNull();
    },
  );
});

describe("what a call goes on from", () => {
  const continuing = { model: "gpt-5-mini", input: "yes", previous_response_id: "resp_0" };

  test("is told by the request, else by the response", () => {
    expect(parseResponse(begun, continuing).follows).toBe("resp_0");
    expect(parseResponse({ ...begun, previous_response_id: "resp_0" }).follows).toBe("resp_0");
    expect(parseCapture(captureOf({ request: continuing })).follows).toBeNull();
  });

  test("makes the same words another prompt, and the beginning of no conversation", () => {
    const [one, other] = ["resp_0", "resp_9"].map((previous_response_id) =>
      parseResponse(response, { ...continuing, previous_response_id }),
    );
    expect(one?.prompt).not.toBe(other?.prompt);
    expect(one?.template).toBe(other?.template);
    expect(one?.conversationStart).toBeNull();
  });

  test("is one conversation where OpenAI keeps it", () => {
    const startOf = (request: JsonObject) => parseResponse(response, { input: "a", ...request }).conversationStart;
    const first = startOf({ conversation: "conv_1" });
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(startOf({ conversation: { id: "conv_1" }, input: "b" })).toBe(first);
    expect(startOf({ conversation: "conv_2" })).not.toBe(first);
  });
});
