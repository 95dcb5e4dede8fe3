/** What must hold of every Gemini stream: the official SDK agrees, cuts lose nothing, nothing throws. */
import fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import { takeFingerprints } from "../../shared/parse/fingerprints.ts";
import { gemini } from "../../shared/parse/gemini.ts";
import { geminiEmbeddings } from "../../shared/parse/gemini-embeddings.ts";
import { call, chunkOf, frame, frameArray, joined, said, signed, thought } from "./gemini-of.ts";
import { chatWithSdk, piecesOf } from "./official-gemini-sdk.ts";

const text = fc.string({ unit: "grapheme", maxLength: 6 });
const plain = fc.oneof(
  text.map(said),
  text.map(thought),
  fc.dictionary(text, text, { maxKeys: 2 }).map((args) => call("f", args)),
);
const part = fc.oneof(
  { weight: 6, arbitrary: plain },
  { weight: 2, arbitrary: plain.map((one) => signed(one)) },
  fc.constantFrom<JsonObject>(
    { executableCode: { code: "1", language: "PYTHON" } },
    { codeExecutionResult: { outcome: "OUTCOME_OK", output: "1" } },
    { inlineData: { mimeType: "image/png", data: "AAAA" } },
    { text: "x", thought: false },
    { hologram: {} },
  ),
);
const usage = fc.record({ promptTokenCount: fc.nat(9), candidatesTokenCount: fc.nat(9) });
const beside = fc.constantFrom<JsonObject>({}, { index: 0 }, { safetyRatings: [] }, { groundingMetadata: {} });
const chunk = fc
  .record({ parts: fc.array(part, { maxLength: 3 }), usage: fc.option(usage), beside })
  .map(({ parts, usage: told, beside: fields }) => ({
    ...chunkOf(parts, fields),
    ...(told === null ? {} : { usageMetadata: told }),
  }));
const reason = fc.constantFrom("STOP", "MAX_TOKENS", "SAFETY", "OTHER");
const chunks = fc.array(chunk, { minLength: 1, maxLength: 6 });

beforeAll(() => {
  vi.spyOn(console, "warn").mockImplementation(() => undefined); // the SDK's, of parts that are no text
});

describe("any Gemini stream", () => {
  test("says what the official SDK hands to the app, however early it ends", async () => {
    let histories = 0;
    const property = fc.asyncProperty(chunks, fc.option(reason), async (pieces, finishReason) => {
      const end = finishReason === null ? [] : [chunkOf([said("")], { finishReason })];
      const body = frame([...pieces, ...end]);
      const sdk = await chatWithSdk(body);
      const { candidate, parts, response, flags } = joined(...pieces, ...end);
      const { answer } = gemini.readConversation({ request: null, response });
      expect(sdk.threw).toBeNull();
      expect(answer?.content ?? "").toBe(sdk.text);
      expect(parts.flatMap((one) => (isObject(one) ? (one.functionCall ?? []) : []))).toEqual(sdk.functionCalls);
      expect(piecesOf(candidate.content)).toEqual(sdk.pieces);
      expect(response.usageMetadata ?? null).toEqual(sdk.usage);
      expect(candidate.finishReason ?? null).toBe(sdk.finishReason);
      expect(flags).toEqual(finishReason === null ? ["stream_without_end"] : []);
      if (sdk.history === null) return;
      histories++;
      expect(piecesOf(candidate.content)).toEqual(sdk.history);
    });
    await fc.assert(property, { numRuns: 400 });
    expect(histories).toBeGreaterThan(50);
  });

  test("has no two texts that belong together, and no empty one beside others", () => {
    const property = fc.property(chunks, (pieces) => {
      const { parts } = joined(...pieces);
      const kinds = parts.map((one) => {
        const isPlain = isObject(one) && Object.keys(one).every((field) => field === "text" || field === "thought");
        return isPlain ? String(one.thought === true) : null;
      });
      for (const [at, kind] of kinds.entries()) if (kind !== null) expect(kinds[at + 1]).not.toBe(kind);
      if (parts.length > 1) expect(parts).not.toContainEqual(said(""));
    });
    fc.assert(property, { numRuns: 300 });
  });

  test("is the same as one JSON array", () => {
    const property = fc.property(chunks, (pieces) => {
      const { response, tokens, flags } = gemini.reassemble(frame(pieces));
      expect(gemini.reassemble(frameArray(pieces))).toEqual({ response, tokens, flags });
      expect(gemini.readFacts(pieces)).toEqual(gemini.readFacts(response));
    });
    fc.assert(property, { numRuns: 200 });
  });

  test("cut anywhere yields a beginning of its text and no bad event", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.property(fc.array(text, { minLength: 1 }), share, fc.boolean(), (deltas, cut, isArray) => {
      const pieces = deltas.map((delta) => chunkOf([said(delta)]));
      const bytes = new TextEncoder().encode(isArray ? frameArray(pieces) : frame(pieces));
      const body = new TextDecoder().decode(bytes.slice(0, Math.floor(bytes.length * cut)));
      const { response, flags } = gemini.reassemble(body);
      const { answer } = gemini.readConversation({ request: null, response });
      expect(flags).toEqual(["stream_without_end"]);
      expect(deltas.join("").startsWith(String(answer?.content ?? ""))).toBe(true);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

describe("nothing makes it throw", () => {
  const names = [
    ...["contents", "content", "parts", "role", "text", "thought", "thoughtSignature", "candidates", "index", "error"],
    ...[
      "functionCall",
      "function_call",
      "functionResponse",
      "name",
      "id",
      "args",
      "response",
      "partialArgs",
      "jsonPath",
    ],
    ...["stringValue", "willContinue", "inlineData", "fileData", "mimeType", "data", "fileUri", "tools", "parameters"],
    ...[
      "functionDeclarations",
      "properties",
      "items",
      "anyOf",
      "type",
      "nullable",
      "enum",
      "minItems",
      "usageMetadata",
    ],
    ...["promptTokenCount", "promptTokensDetails", "modality", "systemInstruction", "cachedContent", "promptFeedback"],
    ...["citationMetadata", "citations", "groundingMetadata", "logprobsResult", "finishReason", "predictions"],
    ...["embeddings", "statistics", "token_count", "__proto__", "constructor"],
  ];
  const words = [
    "",
    "x",
    "user",
    "model",
    "function",
    "STOP",
    "OBJECT",
    "$.a.b",
    "$.a[0]",
    "$.__proto__",
    "image/png",
    "9",
  ];
  const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
    tree: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom<Json[]>(null, true, false, 0, 1, -1, 0.5, 1e300, ...words),
      fc.array(tie("tree"), { maxLength: 3 }),
      fc
        .array(fc.tuple(fc.constantFrom(...names), tie("tree")), { maxLength: 6 })
        .map((entries) => Object.fromEntries(entries) as JsonObject),
    ),
  }));
  const parts = fc.array(
    fc.oneof(
      tree,
      tree.map((functionCall) => ({ functionCall })),
    ),
    { maxLength: 4 },
  );

  test("no JSON in the place of a request, an answer or a chunk", () => {
    const property = fc.property(
      tree,
      tree,
      fc.array(
        fc.oneof(
          tree,
          parts.map((list) => chunkOf(list)),
        ),
        { maxLength: 5 },
      ),
      (request, response, pieces) => {
        const before = JSON.stringify([request, response, pieces]);
        const ask = { contents: [request, { role: "model", parts: request }, response], tools: [request, response] };
        for (const answer of [response, pieces, gemini.reassemble(frame(pieces)).response]) {
          const conversation = gemini.readConversation({ request: ask, response: answer });
          expect(
            JSON.stringify([conversation, gemini.readFacts(answer), geminiEmbeddings.readFacts(answer)]),
          ).toBeTypeOf("string");
          for (const print of Object.values(takeFingerprints(conversation)))
            expect(print ?? "0".repeat(16)).toMatch(/^[0-9a-f]{16}$/);
        }
        gemini.readConversation({ request, response });
        expect(JSON.stringify([request, response, pieces])).toBe(before);
        expect(Object.keys(Object.prototype)).toEqual([]);
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });

  test("no text in the place of a stream or a path", () => {
    const marks = fc.string({ unit: fc.constantFrom(...'[]{}",:\\ \n\rdata1a%/'.split("")), maxLength: 40 });
    const property = fc.property(marks, (body) => {
      for (const whole of [body, `[${body}`, `data: ${body}\n\n`, `[{${body}`]) {
        expect(gemini.reassemble(whole)).toHaveProperty("flags");
      }
      const path = `/v1beta/models/${body}:generateContent`;
      expect(gemini.understands({ format: "google", path })).toBe(typeof gemini.modelInPath?.(path) === "string");
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
