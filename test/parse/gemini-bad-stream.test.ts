import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { gemini } from "../../shared/parse/gemini.ts";
import { call, chunkOf, frame, frameArray, joined, said, stop, told } from "./gemini-of.ts";

const error = { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" };

describe("a Gemini stream that goes wrong", () => {
  test("keeps what came before an error inside it, and nothing behind", () => {
    const { response, parts, flags } = joined(chunkOf([said("It rai")]), { error }, stop([said("more")]));
    expect(response.error).toEqual(error);
    expect(parts).toEqual([said("It rai")]);
    expect(flags).toEqual(["stream_error"]);
  });

  test.each<[string, string, Json]>([
    ["in a chunk", frame([{ error }]), error],
    ["in an event of its name", "event: error\r\ndata: overloaded\r\n\r\n", "overloaded"],
    ["in an event of its name, as JSON", `event: error\ndata: ${JSON.stringify(error)}\n\n`, error],
    ["in both", `event: error\ndata: ${JSON.stringify({ error })}\n\n`, error],
  ])("with nothing but an error is that error: %s", (_name, body, expected) => {
    expect(gemini.reassemble(body)).toEqual({ response: { error: expected }, tokens: null, flags: ["stream_error"] });
  });

  test("tells what the failed call used", () => {
    expect(gemini.reassemble(frame([{ error, usageMetadata: told }])).tokens?.usage.inputTokens).toBe(1000);
  });

  test("without a finish reason was cut", () => {
    expect(joined(chunkOf([said("It rai")])).flags).toEqual(["stream_without_end"]);
    expect(joined(chunkOf([said("")], { finishReason: "FINISH_REASON_UNSPECIFIED" })).flags).toEqual([
      "stream_without_end",
    ]);
    expect(joined(stop(), chunkOf([said("b")], { index: 1 })).flags).toEqual(["stream_without_end"]);
    expect(joined({ usageMetadata: told }).flags).toEqual(["stream_without_end"]);
  });

  test("whose prompt is blocked has ended, with no candidate", () => {
    const promptFeedback = { blockReason: "PROHIBITED_CONTENT" };
    const { response, flags } = joined(
      { promptFeedback: { safetyRatings: [] } },
      { promptFeedback, usageMetadata: told },
    );
    expect(response).toEqual({ promptFeedback: { safetyRatings: [], ...promptFeedback }, usageMetadata: told });
    expect(flags).toEqual([]);
  });

  test("cut in an event, or in a character, is ended early and not bad", () => {
    const bytes = new TextEncoder().encode(frame([chunkOf([said("It rai")]), chunkOf([said("nö")])]));
    const umlaut = bytes.lastIndexOf(0xc3);
    for (const length of [umlaut + 1, umlaut - 10, bytes.length - 6]) {
      const { response, flags } = gemini.reassemble(new TextDecoder().decode(bytes.slice(0, length)));
      expect(response).toMatchObject({ candidates: [{ content: { parts: [said("It rai")] } }] });
      expect(flags).toEqual(["stream_without_end"]);
    }
  });

  test("is whole where only its last blank line is missing", () => {
    const body = frame([chunkOf([said("It ")]), stop([said("rains.")])]).trimEnd();
    expect(gemini.reassemble(body)).toMatchObject({ flags: [], response: { candidates: [{ finishReason: "STOP" }] } });
  });

  test.each(["", ": nothing\n\n", "data:\n\n", "[", "[{", "[]"])("of %j has nothing of an answer", (body) => {
    expect(gemini.reassemble(body)).toEqual({ response: null, tokens: null, flags: ["stream_without_end"] });
  });

  test.each<[string, Json]>([
    ["a chunk that is none", 7],
    ["a chunk that is a list", [stop()]],
    ["candidates that are none", { candidates: "x" }],
    ["a candidate that is none", { candidates: [null] }],
    ["a content that is none", { candidates: [{ content: "x", index: 0 }] }],
    ["parts that are none", { candidates: [{ content: { parts: "x" }, index: 0 }] }],
    ["a part that is none", chunkOf([7])],
    ["a piece of arguments that is none", chunkOf([{ functionCall: { name: "f", partialArgs: [7] } }])],
  ])("with %s keeps the rest, and says so", (_name, chunk) => {
    const { response, flags } = joined(chunkOf([said("It ")]), chunk, stop([said("rains.")]));
    expect(JSON.stringify(response)).toMatch(/"It "|"It rains\."/);
    expect(response).toMatchObject({ candidates: [{ finishReason: "STOP" }], usageMetadata: told });
    expect(flags).toEqual(["stream_bad_event"]);
  });

  test("with an event that is no JSON keeps the rest", () => {
    const body = `${frame([chunkOf([said("It ")])])}data: {oops\r\n\r\n${frame([stop([said("rains.")])])}`;
    expect(gemini.reassemble(body)).toMatchObject({
      flags: ["stream_bad_event"],
      response: { candidates: [{ content: { parts: [said("It rains.")] } }] },
    });
  });
});

describe("a hostile Gemini stream", () => {
  test.each<Json>([1e9, 128, -1, 0.5, "0", {}, true])("takes no candidate of index %j", (index) => {
    const { response, flags } = joined(stop([said("a")]), chunkOf([said("b")], { index }));
    expect(response.candidates).toHaveLength(1);
    expect(flags).toEqual(["stream_bad_event"]);
  });

  test("takes a candidate of the highest index, and leaves no hole", () => {
    const { response } = joined(stop([said("a")]), chunkOf([said("b")], { index: 127, finishReason: "STOP" }));
    expect(response.candidates).toMatchObject([{ index: 0 }, { index: 127 }]);
  });

  test("__proto__ stays a field and reaches no prototype", () => {
    const evil = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
    const lists = `"citationMetadata":{${evil},"__proto__":[1]},"logprobsResult":{${evil}},"groundingMetadata":{${evil}}`;
    const part = `{${evil},"text":"a"},{"functionCall":{${evil},"name":"f","args":{${evil}},"willContinue":true}}`;
    const chunk = `{${evil},"promptFeedback":{${evil}},"candidates":[{${evil},${lists},"index":0,"content":{${evil},"parts":[${part}]}}]}`;
    const { response } = gemini.reassemble(`data: ${chunk}\n\n`.repeat(2));
    expect(({} as JsonObject).polluted).toBeUndefined();
    expect((response as JsonObject).polluted).toBeUndefined();
    expect(JSON.stringify(response).split('"__proto__":{"polluted":true}').length).toBeGreaterThan(6);
    const request = JSON.parse(`{"contents":[{${evil},"parts":[${part}]}],"tools":[{${evil}}]}`) as Json;
    gemini.readConversation({ request, response });
    expect(({} as JsonObject).polluted).toBeUndefined();
  });

  test.each([
    ["pieces of text", (at: number) => chunkOf([said(`${at} `)])],
    ["calls", () => chunkOf([call("f", { a: 1 })])],
    ["fields of its feedback", (at: number) => ({ ...chunkOf([]), promptFeedback: { [`a${at}`]: 1 } })],
    ["citations", (at: number) => chunkOf([], { citationMetadata: { citations: [{ uri: at }] } })],
    [
      "pieces of arguments",
      (at: number) =>
        chunkOf([
          {
            functionCall: {
              ...(at === 0 ? { name: "f" } : {}),
              willContinue: true,
              partialArgs: [{ jsonPath: "$.x", stringValue: "ab", willContinue: true }],
            },
          },
        ]),
    ],
  ])("of a hundred thousand %s is read in the time that it takes to read them", (_name, make) => {
    const chunks = Array.from({ length: 100_000 }, (_, at) => make(at));
    const { response } = gemini.reassemble(frame(chunks));
    expect(gemini.readConversation({ request: null, response }).answer).not.toBeNull();
  });

  test.each(["", "}]"])("of a hundred thousand chunks in a JSON array that ends with %j is read as fast", (end) => {
    const chunks = Array.from({ length: 100_000 }, () => chunkOf([said('\\"[{')]));
    const { flags } = gemini.reassemble(frameArray(chunks).replace(/}\s*]\s*$/, end));
    expect(flags).toEqual(["stream_without_end"]);
  });

  test("of many calls and answers in a request is read in linear time", () => {
    const calls = Array.from({ length: 50_000 }, () => call("f"));
    const answers = calls.map(() => ({ functionResponse: { name: "f", response: {} } }));
    const { messages } = gemini.readConversation({
      request: {
        contents: [
          { role: "model", parts: calls },
          { role: "user", parts: answers },
        ],
      },
      response: null,
    });
    expect(messages.at(-1)).toMatchObject({ role: "tool", tool_call_id: "call_49999" });
  });
});
