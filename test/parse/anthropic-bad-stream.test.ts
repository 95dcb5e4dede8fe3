/** Streams of Anthropic's Messages API that end early, fail, or keep to no rule. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { reassembleMessageStream } from "../../shared/parse/anthropic-stream.ts";
import { block, contentOf, ending, framed, MESSAGE, parseMessageStream, START, STOP, text } from "./anthropic-of.ts";

const CALL = block(
  0,
  { type: "tool_use", id: "toolu_1", name: "rain", input: {} },
  { type: "input_json_delta", partial_json: "" },
  { type: "input_json_delta", partial_json: '{"at":"Kö' },
  { type: "input_json_delta", partial_json: 'ln","on":[1,2]}' },
);

describe("a stream that is not whole", () => {
  test.each([
    ["in a text", framed([START, ...text(0, "Yes, ", "take").slice(0, -1)]), [{ type: "text", text: "Yes, take" }]],
    ["before its first block", framed([START]), []],
    ["in a call", framed([START, ...CALL.slice(0, 3)]), [{ type: "tool_use", id: "toolu_1", name: "rain", input: {} }]],
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

describe("a stream that keeps to another rule than Anthropic's", () => {
  const said = (index: Json, piece: string) => ({
    type: "content_block_delta",
    index,
    delta: { type: "text_delta", text: piece },
  });
  const flaggedAs = (events: JsonObject[]) => {
    const { response, flags } = parseMessageStream(framed([START, ...events, ending(), STOP]));
    expect(flags).toEqual(["stream_bad_event"]);
    return contentOf(response);
  };

  test.each<[string, JsonObject[], Json]>([
    [
      "leaves places out",
      [...text(1, "Yes", "."), ...text(7, "No.")],
      [
        { type: "text", text: "Yes." },
        { type: "text", text: "No." },
      ],
    ],
    [
      "gives all blocks one index",
      [...text(0, "Yes."), ...block(0, { type: "thinking", thinking: "" }, { type: "thinking_delta", thinking: "Hm" })],
      [
        { type: "text", text: "Yes." },
        { type: "thinking", thinking: "Hm" },
      ],
    ],
    ["begins no block", [said(0, "Ye"), said(0, "s.")], [{ type: "text", text: "Yes." }]],
    [
      "begins no block of a call",
      [{ type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: '{"a":1}' } }],
      [{ type: "tool_use", input: { a: 1 } }],
    ],
    [
      "gives no index",
      text(0, "Ye", "s.").map(({ index: _index, ...event }) => event),
      [{ type: "text", text: "Yes." }],
    ],
    [
      "has deltas of a kind to come",
      block(0, { type: "text", text: "" }, { type: "sound_delta", sound: "a" }, { type: "text_delta", text: "Yes." }),
      [{ type: "text", text: "Yes.", deltas: [{ type: "sound_delta", sound: "a" }] }],
    ],
    [
      "has deltas of another block's kind",
      block(0, { type: "hologram" }, { type: "text_delta", text: "Yes." }),
      [{ type: "hologram", deltas: [{ type: "text_delta", text: "Yes." }] }],
    ],
    [
      "has an input that is no JSON",
      block(0, { type: "tool_use", name: "f", input: {} }, { type: "input_json_delta", partial_json: "{'at': Köln}" }),
      [{ type: "tool_use", name: "f", input: "{'at': Köln}" }],
    ],
    [
      "has an input that nests too deep",
      block(0, { type: "tool_use", input: {} }, { type: "input_json_delta", partial_json: `${"[".repeat(1_000)}1` }),
      [{ type: "tool_use", input: `${"[".repeat(1_000)}1` }],
    ],
    ["begins twice", [START, ...text(0, "Yes.")], [{ type: "text", text: "Yes." }]],
  ])("is flagged, and what came is kept: one that %s", (_what, events, content) => {
    expect(flaggedAs(events)).toEqual(content);
  });

  test("is flagged, and read: an end without usage", () => {
    const { usage: _usage, ...end } = ending();
    const { response, flags, usage } = parseMessageStream(framed([START, ...text(0, "Yes."), end, STOP]));
    expect(flags).toEqual(["stream_bad_event"]);
    expect(response).toMatchObject({ stop_reason: "end_turn", usage: { output_tokens: 1 } });
    expect(usage).toMatchObject({ inputTokens: 20, outputTokens: 1, estimated: true });
  });

  test.each<[string, JsonObject]>([
    ["content", { ...MESSAGE, content: null }],
    ["usage", { ...MESSAGE, usage: null }],
  ])("is flagged, and read: a beginning without %s", (_what, message) => {
    const body = framed([{ type: "message_start", message }, ...text(0, "Yes."), ending(), STOP]);
    const { response, flags } = parseMessageStream(body);
    expect(flags).toEqual(["stream_bad_event"]);
    expect(response).toMatchObject({ content: [{ text: "Yes." }], usage: { output_tokens: 7 } });
  });
});

describe("the usage of a stream", () => {
  test("that stops before its end is a guess: Anthropic tells at the beginning what it had written by then", () => {
    const cut = parseMessageStream(framed([START, ...text(0, "Yes", ".")]));
    expect(cut.usage).toEqual({
      inputTokens: 20,
      outputTokens: 1,
      cachedInputTokens: 4,
      reasoningTokens: 0,
      estimated: true,
    });
    expect(parseMessageStream(framed([START, ending()])).usage?.estimated).toBe(false);
  });

  test("is unknown where its end counts no output", () => {
    const end = { ...ending(), usage: { input_tokens: 10 } };
    expect(parseMessageStream(framed([START, ...text(0, "Yes."), end, STOP])).usage).toBeNull();
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
    const { response } = parseMessageStream(framed([START, ...block(0, { type: "compaction" }, delta), STOP]));
    const [compaction] = contentOf(response) as JsonObject[];
    expect(compaction?.polluted).toBeUndefined();
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
  }, 60_000);

  test("whose usage is wide is read in the time that it takes to read it", () => {
    const names = Array.from({ length: 20_000 }, (_, at) => [`x${at}`, at]);
    const usage = { ...(MESSAGE.usage as JsonObject), ...Object.fromEntries(names) };
    const ends = Array.from({ length: 20_000 }, (_, at) => ({
      ...ending("end_turn", at),
      usage: { output_tokens: at },
    }));
    const start = { type: "message_start", message: { ...MESSAGE, usage } };
    const { usage: told } = parseMessageStream(framed([start, ...ends, STOP]));
    expect(told?.outputTokens).toBe(19_999);
  }, 60_000);

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
