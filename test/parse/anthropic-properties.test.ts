/** What must hold of every stream of Anthropic's Messages API: the official SDK makes the same of it, however early it ends. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { block, contentOf, framed, MESSAGE, parseMessageStream, STOP } from "./anthropic-of.ts";
import { accumulateMessageWithSdk, comparableMessage } from "./official-anthropic-sdk.ts";

type MakeBlock = (index: number) => JsonObject[];

const piece = fc.string({ maxLength: 8, unit: "grapheme" });
const pieces = fc.array(piece, { maxLength: 5 });
const input = fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });

const texts = fc
  .array(
    fc.oneof(
      piece.map((said) => ({ type: "text_delta", text: said })),
      piece.map((cited_text) => ({ type: "citations_delta", citation: { type: "char_location", cited_text } })),
    ),
    { maxLength: 6 },
  )
  .chain((deltas) =>
    fc.constantFrom<JsonObject>({}, { citations: [] }, { citations: null }).map((more) => ({ deltas, more })),
  )
  .map(
    ({ deltas, more }): MakeBlock =>
      (index) =>
        block(index, { type: "text", text: "", ...more }, ...deltas),
  );

const thoughts = fc.tuple(pieces, fc.option(piece)).map(
  ([said, signature]): MakeBlock =>
    (index) => {
      const deltas = said.map((thinking) => ({ type: "thinking_delta", thinking }));
      const signed = signature === null ? [] : [{ type: "signature_delta", signature }];
      return block(index, { type: "thinking", thinking: "", signature: "" }, ...deltas, ...signed);
    },
);

/** The input may stop anywhere, as it does where max_tokens is reached. */
const calls = fc
  .tuple(fc.constantFrom("tool_use", "server_tool_use", "mcp_tool_use"), input, fc.nat(3), fc.array(fc.nat(40)))
  .map(([type, value, indent, cuts]): MakeBlock => {
    const json = JSON.stringify(value, null, indent);
    const places = [0, ...cuts.map((cut) => cut % (json.length + 1)).sort((left, right) => left - right)];
    const deltas = places.map((from, at) => ({
      type: "input_json_delta",
      partial_json: json.slice(from, places[at + 1] ?? (cuts.length % 3 === 1 ? from : undefined)),
    }));
    return (index) => block(index, { type, id: `t${index}`, name: "f", input: {} }, ...deltas);
  });

const whole = fc
  .constantFrom<JsonObject>(
    { type: "redacted_thinking", data: "xyz" },
    { type: "web_search_tool_result", tool_use_id: "s", content: [{ type: "web_search_result", url: "u" }] },
    { type: "code_execution_tool_result", tool_use_id: "c", content: { stdout: "1", return_code: 0 } },
    { type: "mcp_tool_result", tool_use_id: "m", is_error: false, content: [{ type: "text", text: "ok" }] },
    { type: "container_upload", file_id: "file_1" },
    { type: "fallback", from: { model: "a" }, to: { model: "claude-haiku-4-5" } },
    { type: "hologram", depth: 3 },
  )
  .map(
    (fields): MakeBlock =>
      (index) =>
        block(index, fields),
  );

const compactions = fc
  .tuple(
    fc.constantFrom<JsonObject>({}, { encrypted_content: "before" }),
    fc.constantFrom<JsonObject>({ content: "In short." }, { content: null }, { content: "x", encrypted_content: "e" }),
  )
  .map(([more, final]): MakeBlock => {
    const begun = { type: "compaction", content: null, ...more };
    return (index) => block(index, begun, { type: "compaction_delta", ...final });
  });

const count = fc.option(fc.nat(99));
const endings = fc.record({
  type: fc.constant("message_delta"),
  delta: fc.record(
    {
      stop_reason: fc.constantFrom("end_turn", "max_tokens", "tool_use", "pause_turn", "refusal", "to come"),
      stop_sequence: fc.option(piece),
      stop_details: fc.constantFrom<Json>(null, { category: "cyber" }),
      container: fc.constantFrom<Json>(null, { id: "container_1" }),
    },
    { requiredKeys: ["stop_reason"] },
  ),
  usage: fc.record(
    {
      output_tokens: fc.nat(99),
      input_tokens: count,
      cache_creation_input_tokens: count,
      cache_read_input_tokens: count,
      server_tool_use: fc.constantFrom<Json>(null, { web_search_requests: 2 }),
      iterations: fc.constantFrom<Json>(null, [{ type: "message", output_tokens: 1 }]),
      output_tokens_details: fc.constantFrom<Json>(null, { thinking_tokens: 1 }),
      service_tier: fc.constant("standard"),
    },
    { requiredKeys: ["output_tokens"] },
  ),
});
const ending = fc
  .tuple(endings, fc.constantFrom<JsonObject>({}, { context_management: null }, { context_management: { edits: [] } }))
  .map(([event, beside]) => ({ ...event, ...beside }));

const started = fc
  .record({
    usage: fc.constantFrom({}, { cache_creation: { ephemeral_5m_input_tokens: 6 }, service_tier: "standard" }),
  })
  .map(({ usage }) => ({
    type: "message_start",
    message: { ...MESSAGE, usage: { ...(MESSAGE.usage as JsonObject), ...usage } },
  }));

/** Between any two events there may be a ping, a comment, or an event of a kind to come. */
const noise = fc.array(
  fc.constantFrom(
    "",
    "",
    'event: ping\ndata: {"type": "ping"}\n\n',
    ": comment\n\n",
    'event: x\ndata: {"type":"x"}\n\n',
  ),
  { minLength: 1, maxLength: 5 },
);

const streams = fc
  .record({
    start: started,
    blocks: fc.array(fc.oneof(texts, thoughts, calls, whole, compactions), { maxLength: 5 }),
    end: ending,
    noise,
    newline: fc.constantFrom("\n", "\r\n", "\r"),
  })
  .map(({ start, blocks, end, noise: between, newline }) => {
    const events = [start, ...blocks.flatMap((make, index) => make(index)), end];
    const frames = events.map((event, at) => (between[at % between.length] ?? "") + framed([event]));
    return frames.map((frame) => frame.replaceAll("\n", newline));
  });

const END = framed([STOP]);

describe("any well-formed stream", () => {
  test("comes out as the official SDK accumulates it", async () => {
    await fc.assert(
      fc.asyncProperty(streams, async (frames) => {
        const body = frames.join("") + END;
        const { message, threw } = await accumulateMessageWithSdk(body);
        const { response, flags } = parseMessageStream(body);
        expect(threw).toBeNull();
        expect(comparableMessage(response)).toEqual(message);
        expect(flags).toEqual([]);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test("cut between two events comes out as the SDK's, and is flagged until it has said why it ended", async () => {
    await fc.assert(
      fc.asyncProperty(streams, fc.nat(), async (frames, at) => {
        const kept = 1 + (at % frames.length);
        const body = frames.slice(0, kept).join("");
        const { message, threw } = await accumulateMessageWithSdk(body + END);
        const { response, flags, usage } = parseMessageStream(body);
        expect(threw).toBeNull();
        expect(comparableMessage(response)).toEqual(message);
        expect(flags).toEqual(kept === frames.length ? [] : ["stream_without_end"]);
        expect(usage?.estimated).toBe(kept !== frames.length);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test("cut at any byte keeps all the events before it", () => {
    fc.assert(
      fc.property(streams, fc.nat(), (frames, at) => {
        const bytes = toBytes(frames.join(""));
        const length = at % bytes.length;
        let before = 0;
        let count = 0;
        for (const frame of frames) {
          before += toBytes(frame).length;
          if (before > length) break;
          count++;
        }
        const parsed = parseMessageStream(bytes.subarray(0, length));
        const atEvent = parseMessageStream(frames.slice(0, count).join(""));
        const nextEvent = parseMessageStream(frames.slice(0, count + 1).join(""));
        // an event whose blank line alone is missing counts
        expect([contentOf(atEvent.response), contentOf(nextEvent.response)]).toContainEqual(contentOf(parsed.response));
        expect(parsed.flags).not.toContain("stream_bad_event");
      }),
      { numRuns: 300 },
    );
  }, 60_000);
});
