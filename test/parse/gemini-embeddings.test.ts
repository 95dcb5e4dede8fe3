import { describe, expect, test } from "vitest";
import type { Json } from "../../shared/core/json.ts";
import { geminiEmbeddings } from "../../shared/parse/gemini-embeddings.ts";
import { priceMicros } from "../../shared/parse/price.ts";

const embedding = { values: [0.1, -2e-7] };

test.each([
  ["/v1beta/models/gemini-embedding-001:embedContent", "gemini-embedding-001"],
  ["/v1beta/models/gemini-embedding-001:batchEmbedContents", "gemini-embedding-001"],
  ["/v1/projects/p/locations/l/publishers/google/models/gemini-embedding-2:embedContent", "gemini-embedding-2"],
  ["/v1/projects/p/locations/l/publishers/google/models/text-embedding-005:predict", "text-embedding-005"],
])("embeddings are known by their path: %s", (path, model) => {
  expect(geminiEmbeddings.understands({ format: "google", path })).toBe(true);
  expect(geminiEmbeddings.understands({ format: "raw", path })).toBe(false);
  expect(geminiEmbeddings.modelInPath?.(path)).toBe(model);
});

test.each([
  "/v1beta/models/gemini-2.5-flash:generateContent",
  "/v1/projects/p/locations/l/publishers/google/models/imagen-4.0:predict",
  "/v1beta/openai/embeddings",
  "/v1beta/models/gemini-embedding-001",
])("%s is another call", (path) => {
  expect(geminiEmbeddings.understands({ format: "google", path })).toBe(false);
});

describe("embeddings of Gemini's", () => {
  test.each<[string, Json, number | undefined]>([
    ["one that tells its usage", { embedding, usageMetadata: { promptTokenCount: 12 } }, 12],
    ["several", { embeddings: [embedding], usageMetadata: { promptTokenCount: 12, totalTokenCount: 12 } }, 12],
    ["one that tells nothing", { embedding }, undefined],
    [
      "predictions, whose counts are summed up",
      { predictions: [7, 5].map((count) => ({ embeddings: { ...embedding, statistics: { token_count: count } } })) },
      12,
    ],
    [
      "predictions, one of which tells nothing",
      { predictions: [{ embeddings: { statistics: { token_count: 7 } } }, {}] },
      undefined,
    ],
    ["an error", { error: { code: 404 } }, undefined],
    ["a list", [1], undefined],
    ["nothing", null, undefined],
  ])("are %s", (_name, response, inputTokens) => {
    const { tokens, ...facts } = geminiEmbeddings.readFacts(response);
    expect(tokens?.usage.inputTokens).toBe(inputTokens);
    expect(tokens?.usage.outputTokens).toBe(inputTokens === undefined ? undefined : 0);
    expect(facts).toEqual({ model: null, responseId: null, finishReason: null });
  });

  test("cost what their input costs: 0.15 $ a million for gemini-embedding-001", () => {
    const { tokens } = geminiEmbeddings.readFacts({ embedding, usageMetadata: { promptTokenCount: 2_000_000 } });
    const models = [geminiEmbeddings.modelInPath?.("/v1beta/models/gemini-embedding-001:embedContent") ?? null];
    expect(priceMicros({ provider: "google", models, tokens, atMs: Date.UTC(2026, 2, 1) })).toBeCloseTo(300_000, 6);
  });

  test("are no conversation", () => {
    const bodies = { request: { content: { parts: [{ text: "rain" }] } }, response: { embedding } };
    expect(geminiEmbeddings.readConversation(bodies)).toEqual({ messages: [], tools: null, answer: null });
  });

  test("in a stream, which the API does not have, are kept raw", () => {
    const kept = { response: null, tokens: null, flags: ["response_not_json"] };
    expect(geminiEmbeddings.reassemble('data: {"embedding":{}}\n\n')).toEqual(kept);
  });
});
