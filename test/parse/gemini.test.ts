import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { gemini } from "../../shared/parse/gemini.ts";
import { priceMicros } from "../../shared/parse/price.ts";
import { call, chunkOf, said, stop, told } from "./gemini-of.ts";

describe("a Gemini call is known by its path, and so is its model", () => {
  test.each([
    ["/v1beta/models/gemini-2.5-flash:generateContent", "gemini-2.5-flash"],
    ["/v1/models/gemini-2.5-flash:streamGenerateContent", "gemini-2.5-flash"],
    ["/v1beta/models/gemini-2.5-flash%3AstreamGenerateContent", "gemini-2.5-flash"],
    ["/v1beta/models/models%2Fgemini-2.5-flash:generateContent/", "gemini-2.5-flash"],
    ["/v1beta/models/gemini:thinking:generateContent", "gemini:thinking"],
    ["/v1beta/models/a%zz:generateContent", "a%zz"],
    ["/v1beta/tunedModels/my-own:generateContent", "tunedModels/my-own"],
    ["/v1/publishers/google/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro"],
    [
      "/v1beta1/projects/p/locations/global/publishers/google/models/gemini-2.5-pro:streamGenerateContent",
      "gemini-2.5-pro",
    ],
    ["/v1/projects/p/locations/us-central1/endpoints/123:generateContent", "endpoints/123"],
  ])("%s", (path, model) => {
    expect(gemini.understands({ format: "google", path })).toBe(true);
    expect(gemini.understands({ format: "openai", path })).toBe(true);
    expect(gemini.understands({ format: "raw", path })).toBe(false);
    expect(gemini.modelInPath?.(path)).toBe(model);
  });

  test.each([
    "/v1beta/models/gemini-2.5-flash:countTokens",
    "/v1beta/models/gemini-embedding-001:embedContent",
    "/v1beta/models/gemini-2.5-flash:batchGenerateContent",
    "/v1beta/models/gemini-2.5-flash",
    "/v1beta/models",
    "/v1beta/openai/chat/completions",
    "/v1/projects/p/locations/l/publishers/anthropic/models/claude:streamRawPredict",
    "/v1beta/models/:generateContent",
    "/v1beta/models/a/b:generateContent",
  ])("%s is another call", (path) => {
    expect(gemini.understands({ format: "google", path })).toBe(false);
  });
});

describe("the facts of an answer", () => {
  test("are read from the body", () => {
    expect(gemini.readFacts(stop([said("It rains.")]))).toEqual({
      model: "gemini-2.5-flash",
      responseId: "response_1",
      finishReason: "stop",
      tokens: {
        usage: { inputTokens: 1000, outputTokens: 100, cachedInputTokens: 600, reasoningTokens: 64, estimated: false },
        cacheWriteTokens: 0,
        audioInputTokens: 0,
        audioOutputTokens: 0,
      },
    });
  });

  test.each<[Json, string | null]>([
    ["STOP", "stop"],
    ["MAX_TOKENS", "length"],
    ["CONTINUATION", "length"],
    ["SAFETY", "content_filter"],
    ["RECITATION", "content_filter"],
    ["BLOCKLIST", "content_filter"],
    ["PROHIBITED_CONTENT", "content_filter"],
    ["SPII", "content_filter"],
    ["MODEL_ARMOR", "content_filter"],
    ["IMAGE_SAFETY", "content_filter"],
    ["IMAGE_PROHIBITED_CONTENT", "content_filter"],
    ["IMAGE_RECITATION", "content_filter"],
    ["MALFORMED_FUNCTION_CALL", "error"],
    ["MALFORMED_RESPONSE", "error"],
    ["UNEXPECTED_TOOL_CALL", "error"],
    ["TOO_MANY_TOOL_CALLS", "error"],
    ["LANGUAGE", "error"],
    ["NO_IMAGE", "error"],
    ["IMAGE_OTHER", "error"],
    ["OTHER", "error"],
    ["FINISH_REASON_UNSPECIFIED", null],
    ["TIRED", "TIRED"],
    ["", null],
    [null, null],
    [7, null],
  ])("name the reason %j in chat's words: %s", (finishReason, expected) => {
    expect(gemini.readFacts(chunkOf([said("a")], { finishReason })).finishReason).toBe(expected);
  });

  test("say that the app is to run a call, and not where Google ran it or the call is broken off", () => {
    const reasonOf = (part: JsonObject, finishReason: string) =>
      gemini.readFacts(chunkOf([part], { finishReason })).finishReason;
    expect(reasonOf(call("f"), "STOP")).toBe("tool_calls");
    expect(reasonOf(call("f"), "MAX_TOKENS")).toBe("length");
    expect(reasonOf({ executableCode: { code: "1" } }, "STOP")).toBe("stop");
    expect(reasonOf({ toolCall: { id: "a" } }, "STOP")).toBe("stop");
  });

  test("of a blocked prompt are a content filter's", () => {
    expect(gemini.readFacts({ promptFeedback: { blockReason: "OTHER" } }).finishReason).toBe("content_filter");
    expect(gemini.readFacts({ promptFeedback: { safetyRatings: [] } }).finishReason).toBeNull();
  });

  test.each<Json>([null, 7, "x", [], {}, { candidates: 7, usageMetadata: [], modelVersion: {}, responseId: 7 }])(
    "are none in %j",
    (response) => {
      expect(gemini.readFacts(response)).toEqual({ model: null, responseId: null, finishReason: null, tokens: null });
    },
  );
});

describe("the tokens", () => {
  const tokensOf = (usageMetadata: Json) => gemini.readFacts({ usageMetadata }).tokens;
  const modality = (name: string, tokenCount: number) => ({ modality: name, tokenCount });

  test("count what Google's tools found as input, and thoughts as output", () => {
    const usage = {
      promptTokenCount: 427,
      toolUsePromptTokenCount: 771,
      candidatesTokenCount: 122,
      thoughtsTokenCount: 447,
    };
    expect(tokensOf({ ...usage, totalTokenCount: 1767 })?.usage).toMatchObject({
      inputTokens: 1198,
      outputTokens: 569,
      reasoningTokens: 447,
    });
    expect(tokensOf(usage)?.usage).toMatchObject({ inputTokens: 1198, outputTokens: 569 });
  });

  test("count thoughts once where the total shows that the candidates hold them", () => {
    const usage = { promptTokenCount: 10, candidatesTokenCount: 50, thoughtsTokenCount: 30, totalTokenCount: 60 };
    expect(tokensOf(usage)?.usage).toMatchObject({ outputTokens: 50, reasoningTokens: 30 });
    const more = { ...usage, thoughtsTokenCount: 51 };
    expect(tokensOf(more)?.usage).toMatchObject({ outputTokens: 101, reasoningTokens: 51 });
  });

  test("are zero where they are left out, but for the prompt's", () => {
    expect(tokensOf({ promptTokenCount: 8 })?.usage).toMatchObject({ inputTokens: 8, outputTokens: 0 });
    expect(tokensOf({ promptTokenCount: 8, thoughtsTokenCount: 5, totalTokenCount: 13 })?.usage.outputTokens).toBe(5);
    expect(tokensOf({ candidatesTokenCount: 8, totalTokenCount: 8 })).toBeNull();
    expect(tokensOf({ trafficType: "ON_DEMAND" })).toBeNull();
  });

  test("have the parts that are speech", () => {
    const usage = {
      promptTokenCount: 100,
      promptTokensDetails: [modality("TEXT", 40), modality("AUDIO", 60)],
      toolUsePromptTokenCount: 5,
      toolUsePromptTokensDetails: [modality("AUDIO", 5)],
      candidatesTokenCount: 20,
      candidatesTokensDetails: [modality("AUDIO", 12), modality("AUDIO", 8)],
    };
    expect(tokensOf(usage)).toMatchObject({ audioInputTokens: 65, audioOutputTokens: 20 });
  });

  test("never have a part that exceeds its whole", () => {
    const details = [modality("AUDIO", 999)];
    const usage = {
      promptTokenCount: 1,
      cachedContentTokenCount: 9,
      promptTokensDetails: details,
      candidatesTokensDetails: details,
    };
    expect(tokensOf(usage)).toMatchObject({
      usage: { cachedInputTokens: 1 },
      audioInputTokens: 1,
      audioOutputTokens: 0,
    });
  });

  test.each<Json>([-1, 0.5, "x", {}, null, 1e300])("are none where the prompt's count is %j", (promptTokenCount) => {
    expect(tokensOf({ promptTokenCount })).toBeNull();
  });

  test("are read as text, and in the other spelling", () => {
    expect(tokensOf({ prompt_token_count: "8", candidates_token_count: 2 })?.usage).toMatchObject({
      inputTokens: 8,
      outputTokens: 2,
    });
  });
});

describe("the price", () => {
  const priceOf = (modelVersion: string, usageMetadata: Json) => {
    const { model, tokens } = gemini.readFacts({ modelVersion, usageMetadata });
    return priceMicros({ provider: "google", models: [model], tokens, atMs: Date.UTC(2026, 2, 1) });
  };

  test("of gemini-2.5-flash: 0.30 $ a million, 0.03 cached, 2.50 for what it said and thought", () => {
    // 400 × 0.30 + 600 × 0.03 + (36 + 64) × 2.50
    expect(priceOf("gemini-2.5-flash", told)).toBeCloseTo(120 + 18 + 250, 6);
  });

  test("of speech heard by gemini-2.5-flash: 1.00 $ a million", () => {
    const promptTokensDetails = [
      { modality: "AUDIO", tokenCount: 900 },
      { modality: "TEXT", tokenCount: 100 },
    ];
    const usage = { promptTokenCount: 1000, promptTokensDetails, candidatesTokenCount: 10 };
    // 900 × 1.00 + 100 × 0.30 + 10 × 2.50
    expect(priceOf("gemini-2.5-flash", usage)).toBeCloseTo(900 + 30 + 25, 6);
  });

  test("of gemini-2.5-pro: dearer over 200,000 tokens of input, among which are those of tools", () => {
    const usage = { promptTokenCount: 150_000, toolUsePromptTokenCount: 100_000, thoughtsTokenCount: 1000 };
    // 250,000 × 2.50 + 1,000 × 15
    expect(priceOf("gemini-2.5-pro", usage)).toBeCloseTo(625_000 + 15_000, 3);
  });

  test("of what the list does not know is none", () => {
    expect(priceOf("tunedModels/my-own", told)).toBeNull();
  });
});
