/** Calls of Anthropic's Messages API: which are understood, what they say, and what they cost. */
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { MESSAGE, parseMessage, REQUEST } from "./anthropic-of.ts";

const ANSWER: JsonObject = {
  ...MESSAGE,
  content: [{ type: "text", text: "Yes." }],
  stop_reason: "end_turn",
  usage: { input_tokens: 100, output_tokens: 50, output_tokens_details: { thinking_tokens: 20 } },
};

describe("a call is one of Messages by its path", () => {
  test.each([
    ["anthropic", "/v1/messages"],
    ["anthropic", "/v1/messages/"],
    ["anthropic", "/messages"],
    ["openai", "/anthropic/v1/messages"],
    ["google", "/v1/projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict"],
    ["anthropic", "/v1/projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4-5:streamRawPredict"],
  ] as const)("%s %s", (format, path) => {
    expect(parseMessage(ANSWER, REQUEST, { format, path })).toMatchObject({ flags: [], finishReason: "stop" });
  });

  test.each([
    ["anthropic", "/v1/messages/count_tokens"],
    ["anthropic", "/v1/messages/batches"],
    ["anthropic", "/v1/messages/batches/msgbatch_1/results"],
    ["anthropic", "/v1/sessions/s1/messages"],
    ["google", "/v1/projects/p/locations/l/publishers/anthropic/models/count-tokens:rawPredict"],
    ["google", "/v1/projects/p/locations/l/publishers/mistralai/models/mistral-large:rawPredict"],
    ["openai", "/v1/threads/t1/messages"],
    ["raw", "/v1/messages"],
  ] as const)("and not %s %s", (format, path) => {
    expect(parseMessage(ANSWER, REQUEST, { format, path }).flags).toEqual(["format_unknown"]);
  });
});

test("Vertex AI names the model in the path alone", () => {
  const { model: _model, ...request } = REQUEST;
  const path = "/v1/projects/p/locations/l/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict";
  const error = { type: "error", error: { type: "overloaded_error", message: "Overloaded" } };
  const parsed = parseMessage(error, { ...request, anthropic_version: "vertex-2023-10-16" }, { path, status: 529 });
  expect(parsed.model).toBe("claude-sonnet-4-5@20250929");
});

describe("an answer", () => {
  test("tells its model, id, reason, usage and price", () => {
    const parsed = parseMessage(ANSWER);
    expect(parsed).toMatchObject({
      model: "claude-sonnet-4-5-20250929",
      responseId: "msg_1",
      finishReason: "stop",
      usage: { inputTokens: 100, outputTokens: 50, cachedInputTokens: 0, reasoningTokens: 20, estimated: false },
      response: ANSWER,
    });
    expect(parsed.costUsdMicros).toBeCloseTo(100 * 3 + 50 * 15, 9);
  });

  test.each([
    ["end_turn", "stop"],
    ["stop_sequence", "stop"],
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["pause_turn", "length"],
    ["compaction", "length"],
    ["tool_use", "tool_calls"],
    ["refusal", "content_filter"],
    ["a reason to come", "a reason to come"],
  ])("that ended because of %s: %s", (stop_reason, finishReason) => {
    expect(parseMessage({ ...ANSWER, stop_reason }).finishReason).toBe(finishReason);
  });

  test("that is an error tells nothing of an answer, and its request's model", () => {
    const error = { type: "error", error: { type: "invalid_request_error", message: "no" } };
    expect(parseMessage(error, REQUEST, { status: 400 })).toMatchObject({
      model: "claude-sonnet-4-5",
      responseId: null,
      finishReason: null,
      usage: null,
      costUsdMicros: null,
      answer: null,
    });
  });

  test("costs what its parts cost: input, cache read, cache written, output", () => {
    const usage = {
      input_tokens: 1_000,
      cache_read_input_tokens: 20_000,
      cache_creation_input_tokens: 3_000,
      output_tokens: 500,
    };
    const parsed = parseMessage({ ...ANSWER, model: "claude-haiku-4-5-20251001", usage });
    expect(parsed.usage).toMatchObject({ inputTokens: 24_000, cachedInputTokens: 20_000, outputTokens: 500 });
    // dollars a million: 1 for input, 0.10 read, 1.25 written, 5 for output
    expect(parsed.costUsdMicros).toBeCloseTo(1_000 * 1 + 20_000 * 0.1 + 3_000 * 1.25 + 500 * 5, 9);
  });

  test("costs more where the cache is to keep it for an hour", () => {
    const usage = {
      input_tokens: 400,
      cache_creation_input_tokens: 600,
      cache_creation: { ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 200 },
      output_tokens: 10,
    };
    const parsed = parseMessage({ ...ANSWER, usage });
    expect(parsed.usage).toMatchObject({ inputTokens: 1_000, outputTokens: 10 });
    // dollars a million: 3 for input, 3.75 written for five minutes, 6 for an hour, 15 for output
    expect(parsed.costUsdMicros).toBeCloseTo(400 * 3 + 400 * 3.75 + 200 * 6 + 10 * 15, 9);
    const told = { ...usage, cache_creation: { ephemeral_1h_input_tokens: 9_999 } };
    expect(parseMessage({ ...ANSWER, usage: told }).costUsdMicros).toBeCloseTo(400 * 3 + 600 * 6 + 10 * 15, 9);
  });

  test("costs more where the prompt is long, and what came from the cache is part of the prompt", () => {
    const usage = { input_tokens: 1_000, cache_read_input_tokens: 250_000, output_tokens: 500 };
    const parsed = parseMessage({ ...ANSWER, usage });
    // above 200,000 tokens of input: 6 for input, 0.60 read, 22.50 for output
    expect(parsed.costUsdMicros).toBeCloseTo(1_000 * 6 + 250_000 * 0.6 + 500 * 22.5, 6);
  });

  test.each<Json>([
    { input_tokens: -1, output_tokens: 1 },
    { input_tokens: 1.5, output_tokens: 1 },
    { output_tokens: 1 },
    "many",
  ])("whose usage is %j has none", (usage) => {
    expect(parseMessage({ ...ANSWER, usage })).toMatchObject({ usage: null, costUsdMicros: null });
  });
});
