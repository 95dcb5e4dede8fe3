/** What must hold of every stream: framing says nothing, nothing throws, and the official SDK agrees. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { captureOf, chunkOf, streamCaptureOf, streamOf } from "./capture-of.ts";
import { accumulateWithSdk, comparable } from "./official-sdk.ts";

const text = fc.string({ unit: "grapheme", maxLength: 8 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const index = fc.nat({ max: 2 });

/** What a well-behaved provider sends of a choice; the SDK must get through it. */
const toolCallDelta = fc
  .record({ id: text, name: text, arguments: maybe(text), extra: maybe(text) })
  .map(({ name, arguments: args, ...call }) => ({ ...call, type: "function", function: { name, arguments: args } }));
/** By place: the SDK throws for an index that was left out. */
const toolCallDeltas = fc
  .array(toolCallDelta, { minLength: 1, maxLength: 3 })
  .map((calls) => calls.map((call, at) => ({ ...call, index: at, id: call.id || `call_${at}` })));
const delta = fc.record(
  {
    content: fc.oneof(text, fc.constant(null)),
    refusal: fc.oneof(text, fc.constant(null)),
    tool_calls: toolCallDeltas,
    reasoning: fc.oneof(text, fc.constant(null)),
    annotations: fc.array(text, { maxLength: 2 }),
    channel: text,
  },
  { requiredKeys: [] },
);
const logprobs = fc.oneof(
  fc.constant(null),
  fc.record({ content: fc.oneof(fc.array(fc.record({ token: text })), fc.constant(null)) }),
);
const choice = fc.record(
  { index, delta, finish_reason: fc.constantFrom(null, "stop", "length"), logprobs, native_finish_reason: text },
  { requiredKeys: ["index", "delta"] },
);
const chunk = fc.record(
  {
    id: fc.constantFrom("chatcmpl-1", ""),
    model: text,
    choices: fc.array(choice, { maxLength: 3 }),
    usage: fc.oneof(fc.constant(null), fc.record({ prompt_tokens: fc.nat(), completion_tokens: fc.nat() })),
    system_fingerprint: fc.oneof(fc.constant(null), text),
    obfuscation: text,
  },
  { requiredKeys: ["id", "model", "choices"] },
);
/** Role first and finish reason last, for each choice, or the SDK refuses to finish. */
const wellFormed = fc.array(chunk, { maxLength: 8 }).map((chunks) => {
  const each = (fields: JsonObject) => [0, 1, 2].map((at) => ({ index: at, delta: {}, ...fields }));
  const first = { ...chunkOf({}), choices: each({ delta: { role: "assistant" } }) };
  const last = { ...chunkOf({}), choices: each({ finish_reason: "stop" }) };
  return [first, ...chunks, last] as Json[];
});

describe("any well-formed stream", () => {
  test("comes out as the official SDK accumulates it", async () => {
    const property = fc.asyncProperty(wellFormed, async (chunks) => {
      const body = streamOf(chunks);
      const { completion, threw } = await accumulateWithSdk(body);
      const parsed = parseCapture(streamCaptureOf(body));
      expect(threw).toBeNull();
      expect(jsonOf(comparable(parsed.response))).toEqual(comparable(completion));
      expect(parsed.flags).toEqual([]);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("means the same however it is framed", () => {
    const framing = fc.record({
      newline: fc.constantFrom("\n", "\r\n", "\r"),
      space: fc.constantFrom("", " "),
      bom: fc.boolean(),
      between: fc.array(fc.constantFrom(": PROCESSING", ":", "id: 4", "retry: 10", "event: chunk", "unknown: 1"), {
        maxLength: 3,
      }),
      blankLines: fc.integer({ min: 1, max: 3 }),
      lastBlankLine: fc.boolean(),
    });
    const property = fc.property(wellFormed, framing, (chunks, frame) => {
      const events = [...chunks.map((value) => JSON.stringify(value)), "[DONE]"].map((data) =>
        [...frame.between, `data:${frame.space}${data}`].join(frame.newline),
      );
      const separator = frame.newline.repeat(1 + frame.blankLines);
      const framed = `${frame.bom ? "\uFEFF" : ""}${events.join(separator)}${frame.lastBlankLine ? separator : ""}`;
      expect(parseCapture(streamCaptureOf(framed))).toEqual(parseCapture(streamCaptureOf(streamOf(chunks))));
    });
    fc.assert(property, { numRuns: 200 });
  });

  test("cut anywhere yields a beginning of its text and no bad event", () => {
    const property = fc.property(
      fc.array(text, { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (texts, share) => {
        const bytes = new TextEncoder().encode(streamOf(texts.map((content) => chunkOf({ content }))));
        const { response, flags } = parseCapture(streamCaptureOf(bytes.slice(0, Math.floor(bytes.length * share))));
        expect(flags).not.toContain("stream_bad_event");
        expect(texts.join("").startsWith(contentOf(response))).toBe(true);
      },
    );
    fc.assert(property, { numRuns: 200 });
  });
});

describe("nothing makes it throw", () => {
  const type = fc.constantFrom("text/event-stream", "application/json", "");

  test("no bytes", () => {
    const property = fc.property(fc.uint8Array(), fc.uint8Array(), type, (request, response, responseType) => {
      expect(JSON.stringify(parseCapture(captureOf({ request, response, header: { responseType } })))).toBeTypeOf(
        "string",
      );
    });
    fc.assert(property, { numRuns: 500 });
  });

  test("no JSON in the place of a request, an answer or a chunk", () => {
    const names = [
      "choices",
      "delta",
      "message",
      "tool_calls",
      "function",
      "content",
      "index",
      "id",
      "usage",
      "logprobs",
    ];
    const more = ["__proto__", "constructor", "error", "audio", "reasoning_details", "messages", "role", "arguments"];
    const key = fc.constantFrom(...names, ...more);
    const { tree } = fc.letrec<{ tree: Json }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "small", withCrossShrink: true },
        fc.constantFrom<Json[]>(null, true, 0, 1, 127, 128, -1, 1e9, 1e300, "", "x", "stop"),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.array(fc.tuple(key, tie("tree")), { maxLength: 6 }).map(objectOf),
      ),
    }));
    const shaped = tree.map((odd) => ({ id: "1", choices: [{ index: 0, delta: odd }] }) as Json);
    const property = fc.property(tree, fc.array(fc.oneof(tree, shaped), { maxLength: 4 }), (request, chunks) => {
      for (const response of [streamOf(chunks), JSON.stringify(chunks[0] ?? null)]) {
        const parsed = parseCapture({ ...streamCaptureOf(response), request: captureOf({ request }).request });
        expect(JSON.stringify(parsed)).toBeTypeOf("string");
      }
      expect(Object.keys(Object.prototype)).toEqual([]);
    });
    fc.assert(property, { numRuns: 1000 });
  });
});

/** As JSON.parse makes it: `__proto__` is a field. */
function objectOf(entries: [string, Json][]): JsonObject {
  return Object.fromEntries(entries);
}

function jsonOf(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function contentOf(response: Json): string {
  const choices = isObject(response) && Array.isArray(response.choices) ? response.choices : [];
  const message = isObject(choices[0]) ? choices[0].message : undefined;
  return isObject(message) && typeof message.content === "string" ? message.content : "";
}
