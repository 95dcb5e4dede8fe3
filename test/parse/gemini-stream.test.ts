import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { gemini } from "../../shared/parse/gemini.ts";
import { call, chunkOf, frame, frameArray, joined, picture, said, signed, stop, thought, told } from "./gemini-of.ts";

describe("a Gemini stream", () => {
  test("comes to the answer that the API gives without streaming", () => {
    const chunks = [chunkOf([thought("Rain? ")]), chunkOf([thought("Look.")]), chunkOf([said("It ")])];
    const { response, flags } = joined(...chunks, chunkOf([said("rains.")]), stop());
    expect(flags).toEqual([]);
    expect(response).toEqual({
      candidates: [
        {
          content: { role: "model", parts: [thought("Rain? Look."), said("It rains.")] },
          finishReason: "STOP",
          index: 0,
        },
      ],
      usageMetadata: told,
      modelVersion: "gemini-2.5-flash",
      responseId: "response_1",
    });
  });

  test.each<[string, Json[][], Json[]]>([
    ["text from thoughts", [[thought("a")], [said("b")], [thought("c")]], [thought("a"), said("b"), thought("c")]],
    ["text on both sides of a call", [[said("a")], [call("f")], [said("b")]], [said("a"), call("f"), said("b")]],
    ["calls that are alike", [[call("f")], [call("f")]], [call("f"), call("f")]],
    ["pictures", [[picture("AAAA")], [picture("AAAA")]], [picture("AAAA"), picture("AAAA")]],
    [
      "code and what it printed",
      [[{ executableCode: { code: "1", language: "PYTHON" } }, said("")], [{ codeExecutionResult: { output: "1" } }]],
      [{ executableCode: { code: "1", language: "PYTHON" } }, { codeExecutionResult: { output: "1" } }],
    ],
    [
      "searches that Google ran",
      [[{ toolCall: { id: "a", toolType: "FILE_SEARCH" } }], [{ toolResponse: { id: "a" } }]],
      [{ toolCall: { id: "a", toolType: "FILE_SEARCH" } }, { toolResponse: { id: "a" } }],
    ],
    [
      "text with a field that is not known",
      [[said("a")], [{ text: "b", x: 1 }], [said("c")]],
      [said("a"), { text: "b", x: 1 }, said("c")],
    ],
    ["a part that is not known", [[said("a")], [{ hologram: { x: 1 } }]], [said("a"), { hologram: { x: 1 } }]],
  ])("keeps apart %s", (_name, pieces, parts) => {
    expect(joined(...pieces.map((piece) => chunkOf(piece)), stop()).parts).toEqual(parts);
  });

  test.each<[string, Json[], Json[]]>([
    ["of the last text", [said("It "), signed(said("rains."))], [signed(said("It rains."))]],
    ["behind the text", [said("It rains."), signed(said(""))], [signed(said("It rains."))]],
    ["of a call", [signed(call("f"))], [signed(call("f"))]],
    ["alone", [{ thoughtSignature: "YQ==" }], [{ thoughtSignature: "YQ==" }]],
    ["behind a call", [call("f"), signed(said(""))], [call("f"), signed(said(""))]],
    ["and goes not on behind it", [signed(said("a")), said("b"), said("c")], [signed(said("a")), said("bc")]],
  ])("keeps the signature %s", (_name, parts, expected) => {
    expect(joined(...parts.map((part) => chunkOf([part])), stop()).parts).toEqual(expected);
  });

  test("drops an empty text, unless nothing else was said", () => {
    expect(joined(chunkOf([said("")]), chunkOf([call("f")]), stop()).parts).toEqual([call("f")]);
    expect(joined(chunkOf([said("")]), stop()).parts).toEqual([said("")]);
    expect(joined(chunkOf([thought("a"), said(""), thought("b")]), stop()).parts).toEqual([thought("ab")]);
  });

  test("has a candidate without content where none was sent", () => {
    const { candidate, flags } = joined({ candidates: [{ finishReason: "MAX_TOKENS" }] });
    expect(candidate).toEqual({ finishReason: "MAX_TOKENS", index: 0 });
    expect(flags).toEqual([]);
  });

  test("of several candidates has each by its index, the first one's being left out", () => {
    const piece = (index: number, text: string): JsonObject => ({ content: { parts: [said(text)] }, index });
    const first: JsonObject = { content: { parts: [said("A")], role: "model" } };
    const { response } = joined(
      { candidates: [piece(1, "x")] },
      { candidates: [first, piece(1, "y")] },
      {
        candidates: [
          { content: { parts: [said("B")] }, finishReason: "STOP" },
          { index: 1, finishReason: "SAFETY" },
        ],
      },
    );
    expect(response.candidates).toEqual([
      { index: 0, content: { role: "model", parts: [said("AB")] }, finishReason: "STOP" },
      { index: 1, content: { parts: [said("xy")] }, finishReason: "SAFETY" },
    ]);
  });

  test("of several candidates without an index has each by its place", () => {
    const pieces = ["A", "B"].map((text) => ({ content: { parts: [said(text)] }, finishReason: "STOP" }));
    const { response } = joined({ candidates: pieces });
    expect(response.candidates).toEqual(pieces.map((piece, index) => ({ ...piece, index })));
  });

  test("goes on behind a finish reason, which proxies send with every chunk", () => {
    const { candidate, flags } = joined(stop([]), chunkOf([said("It rains.")]), stop([]));
    expect(candidate).toMatchObject({ content: { parts: [said("It rains.")] }, finishReason: "STOP" });
    expect(flags).toEqual([]);
  });

  test("has the usage that came last, though a later chunk tell none", () => {
    const last = { ...chunkOf([], { finishReason: "STOP" }), usageMetadata: null };
    const { tokens, response } = gemini.reassemble(frame([{ ...chunkOf([said("a")]), usageMetadata: told }, last]));
    expect(tokens?.usage).toMatchObject({ inputTokens: 1000, outputTokens: 100 });
    expect(response).toMatchObject({ usageMetadata: told });
  });

  test("tells a usage that only its beginning has, where Vertex AI ends with the kind of traffic", () => {
    const last = { ...chunkOf([], { finishReason: "STOP" }), usageMetadata: { trafficType: "ON_DEMAND" } };
    const { tokens } = gemini.reassemble(frame([{ ...chunkOf([said("a")]), usageMetadata: told }, last]));
    expect(tokens?.usage.inputTokens).toBe(1000);
  });

  test("is whole though it end with [DONE], as no stream of Google's does", () => {
    const body = `${frame([chunkOf([said("It rains.")])])}data: [DONE]\n\ndata: more\n\n`;
    expect(gemini.reassemble(body)).toMatchObject({ flags: [], response: { candidates: [{ index: 0 }] } });
  });

  test.each(["\n", "\r\n", "\r"])("is read with lines that end in %j", (newline) => {
    const body = frame([chunkOf([said("a")]), stop([said("b")])]).replaceAll("\r\n", newline);
    expect(gemini.reassemble(`\uFEFF: comment${newline}${newline}${body}`)).toMatchObject({
      flags: [],
      response: { candidates: [{ content: { parts: [said("ab")] } }] },
    });
  });
});

describe("what stands beside the content", () => {
  const beside = (...candidates: JsonObject[]) =>
    joined(...candidates.map((candidate) => chunkOf([said("a")], candidate)), stop()).candidate;

  test("citations: what is repeated counts once, what goes on is added", () => {
    const cite = (...uris: string[]) => ({ citationMetadata: { citationSources: uris.map((uri) => ({ uri })) } });
    expect(beside(cite("a"), cite("a", "b"), cite("c"))).toMatchObject(cite("a", "b", "c"));
  });

  test("grounding: the last of each field", () => {
    const first = { groundingMetadata: { searchEntryPoint: { renderedContent: "<p>" }, groundingChunks: [] } };
    const last = { groundingMetadata: { groundingChunks: [{ web: { uri: "u" } }], webSearchQueries: ["rain"] } };
    expect(beside(first, last).groundingMetadata).toEqual({
      searchEntryPoint: { renderedContent: "<p>" },
      groundingChunks: [{ web: { uri: "u" } }],
      webSearchQueries: ["rain"],
    });
  });

  test("log-probabilities: the lists go on", () => {
    const chosen = (token: string) => ({ logprobsResult: { chosenCandidates: [{ token }], topCandidates: [] } });
    expect(beside(chosen("a"), chosen("b")).logprobsResult).toEqual({
      chosenCandidates: [{ token: "a" }, { token: "b" }],
      topCandidates: [],
    });
  });

  test("anything else: the last of it", () => {
    const { safetyRatings, avgLogprobs } = beside({ safetyRatings: [1], avgLogprobs: -1 }, { safetyRatings: [2] });
    expect({ safetyRatings, avgLogprobs }).toEqual({ safetyRatings: [2], avgLogprobs: -1 });
  });
});

describe("a call whose arguments are streamed", () => {
  const piece = (jsonPath: string, value: JsonObject, willContinue = true): JsonObject => ({
    functionCall: { partialArgs: [{ jsonPath, ...value }], willContinue },
  });
  const open: JsonObject = { functionCall: { name: "rain", id: "a", willContinue: true } };
  const callOf = (...parts: JsonObject[]) => joined(...parts.map((part) => chunkOf([part])), stop());

  test("is one call", () => {
    const { parts, flags } = callOf(
      open,
      piece("$.city", { stringValue: "Kö", willContinue: true }),
      piece("$.city", { stringValue: "ln" }),
      piece("$.days[0]", { numberValue: 1 }),
      piece("$.days[1].wet", { boolValue: false }),
      piece("$['a.b']", { nullValue: "NULL_VALUE" }),
      { functionCall: {} },
    );
    const args = { city: "Köln", days: [1, { wet: false }], "a.b": null };
    expect(parts).toEqual([{ functionCall: { id: "a", name: "rain", args } }]);
    expect(flags).toEqual([]);
  });

  test("ends where the next one begins", () => {
    const { parts } = callOf(
      open,
      piece("$.x", { stringValue: "1" }, false),
      { functionCall: { ...(open.functionCall as JsonObject), id: "b" } },
      piece("$.x", { stringValue: "2" }),
      call("rain"),
    );
    expect(parts).toEqual([call("rain", { x: "1" }, "a"), call("rain", { x: "2" }, "b"), call("rain")]);
  });

  test("has a signature that came with any of its pieces", () => {
    expect(callOf(open, signed(piece("$.x", { stringValue: "1" }, false))).parts).toEqual([
      signed(call("rain", { x: "1" }, "a")),
    ]);
  });

  test("replaces a value that had ended", () => {
    const { parts } = callOf(open, piece("$.x", { stringValue: "1" }), piece("$.x", { stringValue: "2" }, false));
    expect(parts).toEqual([call("rain", { x: "2" }, "a")]);
  });

  test.each([
    "$",
    "",
    "x",
    "$.",
    "$.a[",
    "$.a[x]",
    "$.list[2]",
    "$.list[4294967295]",
    "$.text.inside",
    "$.list.inside",
    `$${".a".repeat(101)}`,
  ])("leaves out a piece at %j, and says so", (path) => {
    const { parts, flags } = callOf(
      open,
      piece("$.list[0]", { numberValue: 1 }),
      piece("$.text", { stringValue: "x" }),
      piece(path, { numberValue: 2 }, false),
    );
    expect(parts).toEqual([call("rain", { list: [1], text: "x" }, "a")]);
    expect(flags).toEqual(["stream_bad_event"]);
  });

  test("cannot reach a prototype", () => {
    const { parts } = callOf(
      open,
      piece("$.__proto__.polluted", { boolValue: true }),
      piece("$.constructor.prototype.polluted", { boolValue: true }, false),
    );
    expect(({} as JsonObject).polluted).toBeUndefined();
    expect(JSON.stringify(parts)).toContain(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    );
  });
});

describe("a stream without ?alt=sse is one JSON array, which", () => {
  const chunks = [chunkOf([said('It "rains" [\\]}')]), chunkOf([call("f", { a: [{}] })]), stop()];

  test("comes to the same", () => {
    expect(gemini.reassemble(frameArray(chunks))).toEqual(gemini.reassemble(frame(chunks)));
  });

  test("is not changed by reading it", () => {
    const response = [chunkOf([said("It ")], { groundingMetadata: {} }), stop([said("rains.")])];
    const before = structuredClone(response);
    expect(gemini.readConversation({ request: null, response }).answer?.content).toBe("It rains.");
    expect(response).toEqual(before);
  });

  test("is read where it was not reassembled", () => {
    const { response } = gemini.reassemble(frame(chunks));
    expect(gemini.readFacts(chunks)).toEqual(gemini.readFacts(response));
    const request = { contents: "Is it raining?" };
    expect(gemini.readConversation({ request, response: chunks })).toEqual(
      gemini.readConversation({ request, response }),
    );
  });

  test("cut anywhere is a beginning of it, and flagged", () => {
    const body = frameArray(chunks);
    const end = body.lastIndexOf("}");
    for (let length = body.indexOf("{"); length <= end; length++) {
      const { response, flags } = gemini.reassemble(body.slice(0, length));
      const count = [0, 1, 2].filter((at) => length >= frameArray(chunks.slice(0, at + 1)).lastIndexOf("}") + 1).length;
      expect(flags, body.slice(0, length)).toEqual(["stream_without_end"]);
      expect(response).toEqual(count === 0 ? null : gemini.reassemble(frame(chunks.slice(0, count))).response);
    }
    expect(gemini.reassemble(body.slice(0, end + 1)).flags).toEqual([]);
    expect(gemini.reassemble(frameArray([stop(), stop()]).slice(0, -9)).flags).toEqual(["stream_without_end"]);
  });

  test("may hold an error", () => {
    const error = { code: 429, message: "Too many", status: "RESOURCE_EXHAUSTED" };
    expect(gemini.reassemble(frameArray([chunkOf([said("a")]), { error }]))).toMatchObject({
      flags: ["stream_error"],
      response: { error, candidates: [{ content: { parts: [said("a")] } }] },
    });
    expect(gemini.readFacts([{ error }])).toEqual({ model: null, responseId: null, finishReason: null, tokens: null });
  });
});
