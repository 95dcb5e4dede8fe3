/** Gemini calls from their bytes on: streams in both framings, models by body and path, prices of speech and pictures. */
import { describe, expect, test } from "vitest";
import type { CaptureHeader } from "../../shared/core/exchange.ts";
import type { Json } from "../../shared/core/json.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { captureOf } from "./capture-of.ts";
import { chunkOf, frame, frameArray, said, stop } from "./gemini-of.ts";

const path = "/v1beta/models/gemini-2.5-flash:streamGenerateContent";
const request = { contents: [{ role: "user", parts: [said("Is it raining?")] }] };
const chunks = [chunkOf([said("It ")]), stop([said("rains.")])];

function parse(response: Json | string, header: Partial<CaptureHeader> = {}, body: Json = request) {
  const google = { provider: "google", format: "google", path, ...header } as const;
  return parseCapture(captureOf({ request: body, response, header: google }));
}

describe("a captured Gemini stream", () => {
  test("is the same as events and as a JSON array", () => {
    const events = parse(frame(chunks), { responseType: "text/event-stream" });
    expect(events).toMatchObject({
      streamed: true,
      model: "gemini-2.5-flash",
      finishReason: "stop",
      usage: { inputTokens: 1000, outputTokens: 100 },
      flags: [],
    });
    expect(events.answer).toMatch(/^[0-9a-f]{16}$/);
    expect(parse(frameArray(chunks))).toEqual(events);
  });

  test("cut in its JSON array keeps what came", () => {
    const whole = frameArray([...chunks.slice(0, 1), ...chunks]);
    const parsed = parse(whole.slice(0, whole.lastIndexOf("rains")), { outcome: "client_aborted" });
    expect(parsed).toMatchObject({ streamed: true, flags: ["stream_without_end"], model: "gemini-2.5-flash" });
    expect(parsed.response).toMatchObject({ candidates: [{ content: { parts: [said("It It ")] } }] });
    expect(parsed.rawResponse).toBeUndefined();
  });

  test("that failed at once keeps its error, in the list that it came in", () => {
    const response = [{ error: { code: 429, status: "RESOURCE_EXHAUSTED" } }];
    expect(parse(response, { status: 429 })).toMatchObject({ response, streamed: false, flags: [], answer: null });
  });

  test("of another format is no array", () => {
    const response = [{ id: "x" }];
    const header = { format: "openai", path: "/v1/chat/completions" } as const;
    expect(parse(response, header)).toMatchObject({ response, streamed: false, flags: [] });
  });
});

test("a model is known by its name, with the name of its resource or without", () => {
  const header = { path: "/v1beta/models/gemini-embedding-001:embedContent" };
  const response = { embedding: { values: [0.5] }, usageMetadata: { promptTokenCount: 1_000_000 } };
  for (const body of [{ model: "models/gemini-embedding-001" }, {}]) {
    const { model, costUsdMicros } = parse(response, header, body);
    expect(model).toBe("gemini-embedding-001");
    expect(costUsdMicros).toBeCloseTo(150_000, 6);
  }
});

describe("the price", () => {
  const priceOf = (modelVersion: string, usageMetadata: Json) => parse({ modelVersion, usageMetadata }).costUsdMicros;
  const modality = (name: string, tokenCount: number) => ({ modality: name, tokenCount });

  test("of cached speech: 0.10 $ a million for gemini-2.5-flash", () => {
    const usage = {
      promptTokenCount: 10_000,
      promptTokensDetails: [modality("AUDIO", 3000), modality("TEXT", 7000)],
      cachedContentTokenCount: 4000,
      cacheTokensDetails: [modality("AUDIO", 1000), modality("TEXT", 3000)],
      candidatesTokenCount: 100,
    };
    // speech: 2,000 × 1.00 + 1,000 × 0.10; text: 4,000 × 0.30 + 3,000 × 0.03; answer: 100 × 2.50
    expect(priceOf("gemini-2.5-flash", usage)).toBeCloseTo(2000 + 100 + 1200 + 90 + 250, 6);
    const { cacheTokensDetails: _untold, ...untold } = usage;
    expect(priceOf("gemini-2.5-flash", untold)).toBeNull();
  });

  test("of a picture: 30 $ a million for gemini-2.5-flash-image", () => {
    const details = [modality("IMAGE", 1290), modality("TEXT", 10)];
    const usage = { promptTokenCount: 10, candidatesTokenCount: 1300, candidatesTokensDetails: details };
    // 10 × 0.30 + 1,290 × 30 + 10 × 2.50
    expect(priceOf("gemini-2.5-flash-image", usage)).toBeCloseTo(3 + 38_700 + 25, 6);
  });
});
