import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { JSON_DEPTH_MAX, NAME_CHARS_MAX } from "../../shared/parse/bounds.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { answerOf, captureOf, question, streamCaptureOf, streamOf, usage } from "./capture-of.ts";

const answer = answerOf({ role: "assistant", content: "Yes, take an umbrella." });

describe("a call that answers JSON", () => {
  test("is read whole", () => {
    const parsed = parseCapture(captureOf({ response: answer }));
    expect(parsed).toMatchObject({
      request: question,
      response: answer,
      streamed: false,
      model: "gpt-4o-mini-2024-07-18",
      responseId: "chatcmpl-2",
      finishReason: "stop",
      usage: { inputTokens: 1000, outputTokens: 100, cachedInputTokens: 0, reasoningTokens: 0, estimated: false },
      flags: [],
    });
    expect(parsed.costUsdMicros).toBeCloseTo(1000 * 0.15 + 100 * 0.6, 9);
    expect(parsed).not.toHaveProperty("rawRequest");
    expect(parsed).not.toHaveProperty("rawResponse");
  });

  test.each([400, 404, 429, 500])("and a status of %i keeps its error without a flag", (status) => {
    const response = { error: { message: "model not found", code: "model_not_found" } };
    const parsed = parseCapture(captureOf({ response, header: { status, outcome: "upstream_error" } }));
    expect(parsed).toMatchObject({ response, model: "gpt-4o-mini", usage: null, costUsdMicros: null, flags: [] });
  });

  test.each(["application/octet-stream", "text/event-stream", ""])(
    "under the type %j is JSON all the same",
    (responseType) => {
      const parsed = parseCapture(captureOf({ response: answer, header: { responseType } }));
      expect(parsed).toMatchObject({ response: answer, streamed: false, flags: [] });
    },
  );

  test("in metadata mode is parsed alike", () => {
    const full = parseCapture(captureOf({ response: answer }));
    expect(parseCapture(captureOf({ response: answer, header: { capture: "metadata" } }))).toEqual(full);
  });
});

describe("each flag", () => {
  test("request_not_json", () => {
    const parsed = parseCapture(captureOf({ request: "{oops", response: answer }));
    expect(parsed).toMatchObject({ request: null, rawRequest: btoa("{oops"), flags: ["request_not_json"] });
  });

  test("response_not_json", () => {
    const page = "<html>Bad gateway</html>";
    const parsed = parseCapture(captureOf({ response: page, header: { status: 502 } }));
    expect(parsed).toMatchObject({ response: null, rawResponse: btoa(page), flags: ["response_not_json"] });
  });

  test("request_too_large", () => {
    const header = { requestOmitted: "too_large" } as const;
    const parsed = parseCapture(captureOf({ request: "", response: answer, header }));
    expect(parsed).toMatchObject({ request: null, template: null, flags: ["request_too_large"] });
    expect(parsed).not.toHaveProperty("rawRequest");
  });

  test("format_unknown", () => {
    const response = { results: [{ flagged: false }] };
    const parsed = parseCapture(captureOf({ response, header: { path: "/v1/moderations" } }));
    expect(parsed).toMatchObject({
      request: question,
      response,
      template: null,
      answer: null,
      flags: ["format_unknown"],
    });
  });

  test("stream_without_end", () => {
    expect(parseCapture(streamCaptureOf(streamOf([answer], ""))).flags).toEqual([]);
    expect(parseCapture(streamCaptureOf('data: {"id":"1","choices":[]}\n\n')).flags).toEqual(["stream_without_end"]);
  });

  test("stream_error", () => {
    expect(parseCapture(streamCaptureOf('data: {"error":{"code":1}}\n\n')).flags).toEqual(["stream_error"]);
  });

  test("stream_bad_event", () => {
    expect(parseCapture(streamCaptureOf(streamOf([answer, 1]))).flags).toEqual(["stream_bad_event"]);
  });

  test.each([" \n", ""])("answer_missing, for the body %j", (response) => {
    expect(parseCapture(captureOf({ response })).flags).toEqual(["answer_missing"]);
    expect(parseCapture(captureOf({ response, header: { status: 500 } })).flags).toEqual([]);
    expect(parseCapture(captureOf({ response, header: { status: 0 } })).flags).toEqual([]);
  });
});

describe("a format that nobody understands", () => {
  test("keeps a stream raw", () => {
    const body = 'event: message_start\ndata: {"type":"message_start"}\n\n';
    const header = { format: "anthropic", provider: "anthropic", path: "/v1/events" } as const;
    const parsed = parseCapture(streamCaptureOf(body, header));
    expect(parsed).toMatchObject({
      response: null,
      rawResponse: btoa(body),
      streamed: true,
      flags: ["format_unknown"],
    });
  });

  test("keeps bytes raw, the same bytes", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, at) => at);
    const header = { format: "raw", path: "/v1/audio" } as const;
    const parsed = parseCapture(captureOf({ request: bytes, response: bytes, header }));
    expect(Uint8Array.from(atob(parsed.rawRequest ?? ""), (byte) => byte.charCodeAt(0))).toEqual(bytes);
    expect(parsed).toMatchObject({ request: null, rawResponse: parsed.rawRequest, flags: ["format_unknown"] });
  });

  test("is any path of a provider that is configured as raw", () => {
    expect(parseCapture(captureOf({ response: answer, header: { format: "raw" } })).flags).toEqual(["format_unknown"]);
  });
});

test.each([
  ["openai", "/openai/v1/chat/completions"],
  ["openai", "/openai/deployments/small/chat/completions"],
  ["google", "/v1beta/openai/chat/completions"],
  ["anthropic", "/v1/chat/completions/"],
] as const)("chat completions are known by their path: %s %s", (format, path) => {
  expect(parseCapture(captureOf({ response: answer, header: { format, path } })).flags).toEqual([]);
});

describe("JSON that nests", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;

  test("as deep as the bound is JSON", () => {
    expect(parseCapture(captureOf({ request: nested(JSON_DEPTH_MAX), response: answer })).flags).toEqual([]);
  });

  test.each([JSON_DEPTH_MAX + 1, 1_000_000])("%i deep is kept raw", (depth) => {
    const parsed = parseCapture(captureOf({ request: nested(depth), response: nested(depth) }));
    expect(parsed.flags).toEqual(["request_not_json", "response_not_json"]);
    expect(parsed.rawRequest).toBe(btoa(nested(depth)));
  });

  test("within a tool call's arguments overflows nothing", () => {
    const tool_calls = [{ id: "a", type: "function", function: { name: "rain", arguments: nested(1_000_000) } }];
    expect(parseCapture(captureOf({ response: answerOf({ role: "assistant", tool_calls }) })).answer).not.toBeNull();
  });
});

describe("usage", () => {
  test("takes the cached and the reasoning part", () => {
    const details = {
      prompt_tokens_details: { cached_tokens: 600 },
      completion_tokens_details: { reasoning_tokens: 64 },
    };
    expect(usageOf({ ...usage, ...details })).toMatchObject({ cachedInputTokens: 600, reasoningTokens: 64 });
  });

  test("counts reasoning that is told beside the completion as output", () => {
    const beside = { ...usage, total_tokens: 1164, completion_tokens_details: { reasoning_tokens: 64 } };
    expect(usageOf(beside)).toMatchObject({ outputTokens: 164, reasoningTokens: 64 });
  });

  test.each([-1, 0.5, "12", null, true, 1e300, {}])("takes %j for missing", (hostile) => {
    expect(usageOf({ ...usage, prompt_tokens: hostile })).toBeNull();
    expect(usageOf({ ...usage, completion_tokens: hostile })).toBeNull();
    const details = { prompt_tokens_details: { cached_tokens: hostile }, completion_tokens_details: hostile };
    expect(usageOf({ ...usage, ...details })).toMatchObject({ cachedInputTokens: 0, reasoningTokens: 0 });
  });

  test("never lets a part exceed its whole", () => {
    const details = {
      prompt_tokens_details: { cached_tokens: 5000 },
      completion_tokens_details: { reasoning_tokens: 5000 },
    };
    expect(usageOf({ ...usage, ...details })).toMatchObject({ cachedInputTokens: 1000, reasoningTokens: 100 });
  });

  function usageOf(told: Json) {
    return parseCapture(captureOf({ response: { ...answer, usage: told } })).usage;
  }
});

describe("cost", () => {
  test("counts the cached part at its own price", () => {
    const cached = { ...usage, prompt_tokens_details: { cached_tokens: 600 } };
    expect(costOf({ usage: cached })).toBeCloseTo(400 * 0.15 + 600 * 0.075 + 100 * 0.6, 9);
  });

  test("is known by the price list's name for a provider, which need not be ours", () => {
    expect(costOf({ model: "grok-3" }, "xai")).toBeGreaterThan(0);
  });

  test("falls back on the model that was asked for", () => {
    expect(costOf({ model: "a-name-of-its-own" })).toBeCloseTo(1000 * 0.15 + 100 * 0.6, 9);
  });

  test.each(["standin", "my-openai-proxy", "litellm", "constructor"])("is unknown for the provider %s", (provider) => {
    expect(costOf({}, provider)).toBeNull();
  });

  test("is unknown for an unknown model, and without usage", () => {
    const request = { model: "rain-1", messages: [] };
    expect(parseCapture(captureOf({ request, response: { ...answer, model: "rain-1" } })).costUsdMicros).toBeNull();
    expect(costOf({ usage: null })).toBeNull();
  });

  test("is unknown where the parts cannot add up to the whole", () => {
    const impossible = { ...usage, prompt_tokens_details: { cached_tokens: 900, cache_write_tokens: 900 } };
    const anthropic = { model: "anthropic/claude-sonnet-4.5", usage: impossible };
    expect(costOf(anthropic, "openrouter")).toBeNull();
  });

  function costOf(fields: JsonObject, provider = "openai") {
    return parseCapture(captureOf({ response: { ...answer, ...fields }, header: { provider } })).costUsdMicros;
  }
});

test("a name as long as the bound is taken, and one longer is not", () => {
  const modelOf = (chars: number) =>
    parseCapture(captureOf({ request: { model: "m".repeat(chars) }, response: "" })).model;
  expect(modelOf(NAME_CHARS_MAX)).toHaveLength(NAME_CHARS_MAX);
  expect(modelOf(NAME_CHARS_MAX + 1)).toBeNull();
});

test("a body that is not UTF-8 is read as far as it is", () => {
  const bytes = toBytes(JSON.stringify(answer));
  bytes[bytes.indexOf(0x59)] = 0xff; // the Y of "Yes"
  const parsed = parseCapture(captureOf({ response: bytes }));
  expect(parsed.response).toMatchObject({ choices: [{ message: { content: "\uFFFDes, take an umbrella." } }] });
});
