/** Streams of Anthropic's Messages API: every quirk that the wire has, and whatever else may come. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { reassembleMessageStream } from "../../shared/parse/anthropic-stream.ts";
import { block, ending, framed, parseMessageStream, START, STOP, text } from "./anthropic-of.ts";
import { accumulateMessageWithSdk, comparableMessage } from "./official-anthropic-sdk.ts";

const PLAIN = [START, { type: "ping" }, ...text(0, "Yes, ", "take an ", "umbrella."), ending(), STOP];
const CALL = block(
  1,
  { type: "tool_use", id: "toolu_1", name: "rain", input: {} },
  { type: "input_json_delta", partial_json: "" },
  { type: "input_json_delta", partial_json: '{"at":"Kö' },
  { type: "input_json_delta", partial_json: 'ln","on":[1,2]}' },
);

function contentOf(response: Json): Json {
  return isObject(response) ? (response.content ?? null) : null;
}

describe("a stream", () => {
  test("comes out as the answer that is not streamed", () => {
    const parsed = parseMessageStream(framed(PLAIN));
    expect(parsed).toMatchObject({
      streamed: true,
      model: "claude-sonnet-4-5-20250929",
      responseId: "msg_1",
      finishReason: "stop",
      usage: { inputTokens: 20, outputTokens: 7, cachedInputTokens: 4, reasoningTokens: 0, estimated: false },
      flags: [],
    });
    expect(contentOf(parsed.response)).toEqual([{ type: "text", text: "Yes, take an umbrella." }]);
    expect(parsed.costUsdMicros).toBeCloseTo(10 * 3 + 4 * 0.3 + 6 * 3.75 + 7 * 15, 9);
  });

  const QUIRKS: [string, string | Uint8Array][] = [
    ["CR LF", framed(PLAIN, "\r\n")],
    ["a BOM and comments", `\uFEFF: hello\n\n${framed(PLAIN)}`],
    ["events without names", PLAIN.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")],
    ["[DONE], which some proxies add", `${framed(PLAIN)}data: [DONE]\n\n`],
    ["no message_stop", framed(PLAIN.slice(0, -1))],
    ["no blank line at its end", framed(PLAIN).trimEnd()],
    [
      "events of kinds to come",
      framed([...PLAIN.slice(0, 3), { type: "content_block_hint", index: 0 }, ...PLAIN.slice(3)]),
    ],
    ["something behind its end", framed([...PLAIN, START, ...text(0, "Again.")])],
  ];
  test.each(QUIRKS)("may have %s", (_quirk, body) => {
    const { response, flags } = parseMessageStream(body);
    expect(contentOf(response)).toEqual([{ type: "text", text: "Yes, take an umbrella." }]);
    expect(flags).toEqual([]);
  });

  test.each([
    [
      "thinking, and its signature",
      block(
        0,
        { type: "thinking", thinking: "", signature: "" },
        { type: "thinking_delta", thinking: "Hm" },
        { type: "thinking_delta", thinking: "m." },
        { type: "signature_delta", signature: "c2ln" },
      ),
    ],
    ["redacted thinking", block(0, { type: "redacted_thinking", data: "xyz" })],
    [
      "citations",
      block(
        0,
        { type: "text", text: "", citations: [] },
        { type: "citations_delta", citation: { cited_text: "a" } },
        { type: "text_delta", text: "A." },
        { type: "citations_delta", citation: { cited_text: "b" } },
      ),
    ],
    ["a call", [...text(0, "Let me see."), ...CALL]],
    [
      "a call without input",
      block(
        0,
        { type: "tool_use", id: "toolu_1", name: "now", input: {} },
        { type: "input_json_delta", partial_json: "" },
      ),
    ],
    [
      "a search of Anthropic's own",
      [
        ...block(
          0,
          { type: "server_tool_use", id: "s1", name: "web_search", input: {} },
          { type: "input_json_delta", partial_json: '{"query":"rain"}' },
        ),
        ...block(1, {
          type: "web_search_tool_result",
          tool_use_id: "s1",
          content: [{ type: "web_search_result", url: "u" }],
        }),
      ],
    ],
    [
      "MCP's tools",
      block(
        0,
        { type: "mcp_tool_use", id: "m1", name: "ask", server_name: "s", input: {} },
        { type: "input_json_delta", partial_json: '{"q":1}' },
      ),
    ],
    ["a block of a kind to come", block(0, { type: "hologram", depth: 3 })],
    [
      "a compaction",
      block(0, { type: "compaction", content: null }, { type: "compaction_delta", content: "In short." }),
    ],
    ["text that began in its block", block(0, { type: "text", text: "Yes" }, { type: "text_delta", text: "." })],
  ] as [string, JsonObject[]][])("with %s equals the SDK's", async (_what, blocks) => {
    const body = framed([START, ...blocks, ending("tool_use"), STOP]);
    const { message, threw } = await accumulateMessageWithSdk(body);
    const { response, flags } = parseMessageStream(body);
    expect(threw).toBeNull();
    expect(comparableMessage(response)).toEqual(message);
    expect(flags).toEqual([]);
  });

  test("whose usage grows tells the last of it", async () => {
    const usage = {
      output_tokens: 9,
      input_tokens: 12,
      cache_read_input_tokens: null,
      server_tool_use: { web_search_requests: 2 },
    };
    const body = framed([START, ...text(0, "A."), { ...ending("max_tokens"), usage }, STOP]);
    const { message } = await accumulateMessageWithSdk(body);
    const parsed = parseMessageStream(body);
    expect(comparableMessage(parsed.response)).toEqual(message);
    expect(parsed).toMatchObject({
      finishReason: "length",
      usage: { inputTokens: 22, outputTokens: 9, cachedInputTokens: 4 },
    });
  });
});

describe("a stream that is not whole", () => {
  test.each([
    ["in a text", framed([START, ...text(0, "Yes, ", "take").slice(0, -1)]), [{ type: "text", text: "Yes, take" }]],
    ["before its first block", framed([START]), []],
    [
      "in a call",
      framed([START, ...CALL.map((event) => ({ ...event, index: 0 })).slice(0, 3)]),
      [{ type: "tool_use", id: "toolu_1", name: "rain", input: {} }],
    ],
    ["in the middle of an event", framed([START, ...text(0, "Yes")]).slice(0, -60), [{ type: "text", text: "Yes" }]],
  ] as [string, string, Json][])("is kept and flagged: cut %s", (_where, body, content) => {
    const { response, flags } = parseMessageStream(body);
    expect(contentOf(response)).toEqual(content);
    expect(flags).toEqual(["stream_without_end"]);
  });

  test("is kept and flagged: cut in the middle of a character", () => {
    const whole = toBytes(framed([START, ...text(0, "größer ☂").slice(0, -1)]));
    const { response, flags } = parseMessageStream(whole.subarray(0, whole.indexOf(0x98)));
    expect(flags).toEqual(["stream_without_end"]);
    expect(isObject(response) && response.id).toBe("msg_1");
  });

  test.each([
    ["named", 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n'],
    ["by its type", 'data: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n'],
  ])("because of an error inside a 200 says so, and keeps what came: %s", (_how, error) => {
    const { response, flags } = parseMessageStream(framed([START, ...text(0, "Yes")]) + error);
    expect(response).toMatchObject({ content: [{ text: "Yes" }], error: { type: "overloaded_error" } });
    expect(flags).toEqual(["stream_error"]);
    expect(parseMessageStream(error)).toMatchObject({
      response: { type: "error", error: { message: "Overloaded" } },
      flags: ["stream_error"],
      usage: null,
    });
  });
});

describe("a hostile stream", () => {
  test.each<[string, JsonObject[]]>([
    ["a delta before any block", [{ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "a" } }]],
    ["a block that is none", [{ type: "content_block_start", index: 0, content_block: 7 }]],
    [
      "an index that is no place",
      [...text(0, "a"), { type: "content_block_delta", index: -1, delta: { type: "text_delta", text: "b" } }],
    ],
    [
      "an index out of all bounds",
      [{ type: "content_block_delta", index: 2 ** 40, delta: { type: "text_delta", text: "b" } }],
    ],
    [
      "an index of the prototype",
      [{ type: "content_block_delta", index: "__proto__", delta: { type: "text_delta", text: "b" } }],
    ],
    ["text of a number", block(0, { type: "text", text: "" }, { type: "text_delta", text: 7 })],
    [
      "a delta of another block's kind",
      block(0, { type: "text", text: "" }, { type: "thinking_delta", thinking: "a" }),
    ],
    ["a delta of a kind to come", block(0, { type: "text", text: "" }, { type: "sound_delta", sound: "a" })],
    ["a second start", [START]],
    ["an end that says nothing", [{ type: "message_delta" }]],
  ])("is read as far as it can be, and flagged: %s", (_what, events) => {
    const { response, flags } = parseMessageStream(framed([START, ...events, ending(), STOP]));
    expect(isObject(response) && response.stop_reason).toBe("end_turn");
    expect(flags).toEqual(["stream_bad_event"]);
  });

  test("that names the prototype's fields changes no prototype", () => {
    const delta = JSON.parse('{"type":"compaction_delta","__proto__":{"polluted":true}}') as JsonObject;
    parseMessageStream(framed([START, ...block(0, { type: "compaction" }, delta), STOP]));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test("of a hundred thousand events is read in the time that it takes to read them", () => {
    const [begin = START, , end = STOP] = text(0, "");
    const delta = (at: number) => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text: `w${at} ` },
    });
    const deltas = Array.from({ length: 100_000 }, (_, at) => delta(at));
    const { response } = parseMessageStream(framed([START, begin, ...deltas, end, ending(), STOP]));
    expect(contentOf(response)).toEqual([{ type: "text", text: deltas.map((event) => event.delta.text).join("") }]);
  }, 20_000);

  test("of any JSON never throws", () => {
    const event = fc.record(
      {
        type: fc.constantFrom(
          "message_start",
          "content_block_start",
          "content_block_delta",
          "message_delta",
          "message_stop",
          "error",
          "x",
        ),
      },
      { requiredKeys: [] },
    );
    const odd = fc.tuple(
      event,
      fc.dictionary(fc.constantFrom("index", "delta", "message", "content_block", "usage", "error"), fc.jsonValue()),
    );
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 12 }), (events) => {
        const body = events.map(([known, more]) => `data: ${JSON.stringify({ ...more, ...known })}\n\n`).join("");
        reassembleMessageStream(body);
        parseMessageStream(framed([START]) + body);
      }),
      { numRuns: 300 },
    );
  });
});

describe("any well-formed stream", () => {
  const piece = fc.string({ maxLength: 8, unit: "grapheme" });
  const input = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
  const blocks = fc.array(
    fc.oneof(
      fc.array(piece, { maxLength: 5 }).map((pieces) => (index: number) => text(index, ...pieces)),
      fc.array(piece, { maxLength: 4 }).map((pieces) => (index: number) => {
        const deltas = pieces.map((thinking) => ({ type: "thinking_delta", thinking }));
        return block(index, { type: "thinking", thinking: "" }, ...deltas, { type: "signature_delta", signature: "s" });
      }),
      fc.tuple(input, fc.nat({ max: 20 })).map(([value, cut]) => (index: number) => {
        const json = JSON.stringify(value);
        const deltas = [json.slice(0, cut), json.slice(cut)].map((partial_json) => ({
          type: "input_json_delta",
          partial_json,
        }));
        return block(index, { type: "tool_use", id: `t${index}`, name: "f", input: {} }, ...deltas);
      }),
    ),
    { maxLength: 5 },
  );

  test("comes out as the official SDK accumulates it", async () => {
    await fc.assert(
      fc.asyncProperty(blocks, fc.constantFrom("\n", "\r\n"), async (makers, newline) => {
        const events = [START, ...makers.flatMap((make, index) => make(index)), ending(), STOP];
        const body = framed(events, newline);
        const { message, threw } = await accumulateMessageWithSdk(body);
        expect(threw).toBeNull();
        expect(comparableMessage(parseMessageStream(body).response)).toEqual(message);
      }),
      { numRuns: 150 },
    );
  }, 30_000);
});
