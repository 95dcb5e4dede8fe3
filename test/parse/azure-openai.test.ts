/**
 * Azure OpenAI: its addresses, and what it adds to chat. The bodies are as its reference has them:
 * https://learn.microsoft.com/azure/ai-foundry/openai/concepts/content-streaming
 */
import { describe, expect, test } from "vitest";
import { NAME_CHARS_MAX } from "../../shared/parse/bounds.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { answerOf, captureOf, chunkOf, streamCaptureOf, streamOf, usage } from "./capture-of.ts";
import { accumulateWithSdk, comparable } from "./official-sdk.ts";

const path = "/openai/deployments/our-small/chat/completions";
const header = { provider: "azure", path } as const;
const request = { messages: [{ role: "user", content: "Is it raining?" }] };
const answer = answerOf({ role: "assistant", content: "Yes." });
const error = { error: { code: "content_filter", message: "…", status: 400, innererror: { code: "ResponsibleAI" } } };

describe("the model", () => {
  test("is the body's, else the one asked for, else the deployment", () => {
    expect(modelOf({ request, response: answer })).toBe("gpt-4o-mini-2024-07-18");
    expect(modelOf({ request: { ...request, model: "gpt-4o-mini" }, response: error })).toBe("gpt-4o-mini");
    expect(modelOf({ request, response: error })).toBe("our-small");
  });

  test.each([
    ["/openai/deployments/our%20small/embeddings", "our small"],
    ["/openai/deployments/100%/embeddings", "100%"],
    ["/openai/v1/embeddings", null],
    ["/openai/deployments//embeddings", null],
    [`/openai/deployments/${"m".repeat(NAME_CHARS_MAX + 1)}/embeddings`, null],
  ])("of the path %s is %s", (named, model) => {
    expect(parseCapture(captureOf({ request, response: error, header: { ...header, path: named } })).model).toBe(model);
  });

  test("has its price when the body names it", () => {
    const parsed = parseCapture(captureOf({ request, response: { ...answer, usage }, header }));
    expect(parsed.costUsdMicros).toBeCloseTo(1000 * 0.15 + 100 * 0.6, 9);
  });

  function modelOf(bodies: Parameters<typeof captureOf>[0]) {
    return parseCapture(captureOf({ ...bodies, header })).model;
  }
});

test.each(["/openai/v1/chat/completions", "/openai/v1/responses", "/openai/responses", "/openai/v1/embeddings", path])(
  "%s is understood",
  (known) => {
    expect(parseCapture(captureOf({ response: answer, header: { ...header, path: known } })).flags).toEqual([]);
  },
);

describe("a stream with content filters", () => {
  const filters = { hate: { filtered: false, severity: "safe" } };
  const nameless = { id: "", model: "", object: "", created: 0 };
  const prompted = {
    ...nameless,
    choices: [],
    prompt_filter_results: [{ prompt_index: 0, content_filter_results: {} }],
  };
  const begin = chunkOf({ role: "assistant", content: "", refusal: null }, { content_filter_results: {} });
  const checked = (check: number) => ({
    ...nameless,
    choices: [
      {
        index: 0,
        finish_reason: null,
        content_filter_results: filters,
        content_filter_offsets: { check_offset: check, start_offset: 0, end_offset: check },
      },
    ],
  });
  const told = { ...chunkOf({}), choices: [], usage };

  test.each([
    [
      "that wait for it",
      [
        prompted,
        begin,
        chunkOf({ content: "Yes" }, { content_filter_results: filters }),
        chunkOf({ content: "." }, { content_filter_results: filters }),
        chunkOf({}, { finish_reason: "stop", content_filter_results: {} }),
        told,
      ],
      "stop",
    ],
    [
      "that come beside it",
      [
        prompted,
        begin,
        chunkOf({ content: "Yes" }),
        checked(3),
        chunkOf({ content: "." }),
        chunkOf({}, { finish_reason: "stop" }),
        told,
        checked(4),
      ],
      "stop",
    ],
    [
      "that stop it",
      [
        prompted,
        begin,
        chunkOf({ content: "Yes." }),
        checked(4),
        { ...checked(4), choices: [{ ...checked(4).choices[0], finish_reason: "content_filter" }] },
        told,
      ],
      "content_filter",
    ],
  ])("%s equals the official SDK's", async (_name, chunks, finishReason) => {
    const body = streamOf(chunks);
    const { completion, threw } = await accumulateWithSdk(body);
    const parsed = parseCapture(streamCaptureOf(body, header));
    expect(threw).toBeNull();
    expect(comparable(parsed.response)).toEqual(comparable(completion));
    expect(parsed).toMatchObject({
      model: "gpt-4o-mini-2024-07-18",
      responseId: "chatcmpl-1",
      finishReason,
      usage: { inputTokens: 1000 },
      flags: [],
    });
    expect(parsed.response).toMatchObject({
      prompt_filter_results: [{ prompt_index: 0 }],
      choices: [{ message: { content: "Yes." } }],
    });
  });
});
