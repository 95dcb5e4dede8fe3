/** Streams of Anthropic's Messages API, whole ones: every quirk that the wire has. */
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../shared/core/json.ts";
import { block, contentOf, ending, framed, parseMessageStream, START, STOP, text } from "./anthropic-of.ts";
import { accumulateMessageWithSdk, comparableMessage } from "./official-anthropic-sdk.ts";

const PLAIN = [START, { type: "ping" }, ...text(0, "Yes, ", "take an ", "umbrella."), ending(), STOP];
const CALL = block(
  1,
  { type: "tool_use", id: "toolu_1", name: "rain", input: {} },
  { type: "input_json_delta", partial_json: "" },
  { type: "input_json_delta", partial_json: '{"at":"Kö' },
  { type: "input_json_delta", partial_json: 'ln","on":[1,2]}' },
);

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
    ["pings that say nothing, or no JSON", `event: ping\n\nevent: ping\ndata: pong\n\n${framed(PLAIN)}`],
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
