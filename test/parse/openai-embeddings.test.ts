import { describe, expect, test } from "vitest";
import type { Json } from "../../shared/core/json.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { captureOf, streamCaptureOf } from "./capture-of.ts";

const request = { model: "text-embedding-3-small", input: ["rain", "wind"] };
const response = {
  object: "list",
  data: [
    { object: "embedding", index: 0, embedding: [0.1, -2e-7] },
    { object: "embedding", index: 1, embedding: "PsaJPMCKZL0=" },
  ],
  model: "text-embedding-3-small",
  usage: { prompt_tokens: 1_000_000, total_tokens: 1_000_000 },
};

test.each([
  ["openai", "/v1/embeddings"],
  ["openai", "/v1/embeddings/"],
  ["openai", "/openai/deployments/small/embeddings"],
  ["google", "/v1beta/openai/embeddings"],
] as const)("embeddings are known by their path: %s %s", (format, path) => {
  expect(parseEmbeddings(response, { format, path }).flags).toEqual([]);
});

test.each(["/v1/embeddings/1", "/v1/myembeddings"])("%s is another call", (path) => {
  expect(parseEmbeddings(response, { path }).flags).toEqual(["format_unknown"]);
});

describe("embeddings", () => {
  test("are kept as they came, with usage and price, and no conversation", () => {
    expect(parseEmbeddings(response)).toMatchObject({
      request,
      response,
      model: "text-embedding-3-small",
      responseId: null,
      finishReason: null,
      usage: { inputTokens: 1_000_000, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0, estimated: false },
      costUsdMicros: 20_000,
      template: null,
      prompt: null,
      conversationStart: null,
      answer: null,
      flags: [],
    });
  });

  test.each<[string, Json, number | undefined]>([
    ["the total alone (Voyage)", { total_tokens: 12 }, 12],
    ["an output of none (Mistral)", { prompt_tokens: 12, completion_tokens: 0, total_tokens: 12 }, 12],
    ["nothing", null, undefined],
    ["nonsense", { prompt_tokens: -1 }, undefined],
  ])("whose usage tells %s", (_name, usage, inputTokens) => {
    expect(parseEmbeddings({ ...response, usage }).usage?.inputTokens).toBe(inputTokens);
  });

  test("that fail keep their error", () => {
    const error = { error: { code: "model_not_found", message: "No such model" } };
    expect(parseEmbeddings(error)).toMatchObject({ response: error, model: "text-embedding-3-small", usage: null });
  });

  test("in a stream, which the API does not have, are kept raw", () => {
    const header = { path: "/v1/embeddings" };
    expect(parseCapture(streamCaptureOf('data: {"data":[]}\n\n', header))).toMatchObject({
      response: null,
      rawResponse: btoa('data: {"data":[]}\n\n'),
      flags: ["response_not_json", "answer_missing"],
    });
  });
});

function parseEmbeddings(body: Json, header: Parameters<typeof captureOf>[0]["header"] = {}) {
  return parseCapture(captureOf({ request, response: body, header: { path: "/v1/embeddings", ...header } }));
}
