/** What is said in a call of Anthropic's Messages API, in the shape of OpenAI's chat API. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { anthropicMessages } from "../../shared/parse/anthropic-messages.ts";
import { conversationOf, MESSAGE, parseMessage, REQUEST } from "./anthropic-of.ts";

describe("the conversation", () => {
  const CASES: [string, JsonObject, Json][] = [
    ["a system prompt", { system: "Be kind.", messages: [] }, [{ role: "system", content: "Be kind." }]],
    [
      "a system prompt in blocks, one of them marked for the cache",
      {
        system: [
          { type: "text", text: "Be kind." },
          { type: "text", text: "Be brief.", cache_control: { type: "ephemeral" } },
        ],
        messages: [],
      },
      [
        {
          role: "system",
          content: [
            { type: "text", text: "Be kind." },
            { type: "text", text: "Be brief." },
          ],
        },
      ],
    ],
    [
      "one text block",
      { messages: [{ role: "user", content: [{ type: "text", text: "Hi.", cache_control: { type: "ephemeral" } }] }] },
      [{ role: "user", content: "Hi." }],
    ],
    [
      "images",
      {
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "What is it?" },
              { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
              { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
              { type: "image", source: { type: "file", file_id: "f1" } },
            ],
          },
        ],
      },
      [
        {
          role: "user",
          content: [
            { type: "text", text: "What is it?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
            { type: "image_url", image_url: { url: "https://example.com/a.png" } },
            { type: "image", source: { type: "file", file_id: "f1" } },
          ],
        },
      ],
    ],
    [
      "documents",
      {
        messages: [
          {
            role: "user",
            content: [
              {
                type: "document",
                title: "a.pdf",
                source: { type: "base64", media_type: "application/pdf", data: "JVBE" },
              },
              {
                type: "document",
                source: { type: "text", media_type: "text/plain", data: "Words." },
                citations: { enabled: true },
              },
              { type: "document", title: "Notes", source: { type: "text", media_type: "text/plain", data: "Words." } },
              { type: "document", source: { type: "url", url: "https://example.com/a.pdf" } },
            ],
          },
        ],
      },
      [
        {
          role: "user",
          content: [
            { type: "file", file: { file_data: "data:application/pdf;base64,JVBE", filename: "a.pdf" } },
            { type: "text", text: "Words." },
            { type: "document", title: "Notes", source: { type: "text", media_type: "text/plain", data: "Words." } },
            { type: "document", source: { type: "url", url: "https://example.com/a.pdf" } },
          ],
        },
      ],
    ],
    [
      "calls, their results, and what is said behind them",
      {
        messages: [
          {
            role: "assistant",
            content: [
              { type: "thinking", thinking: "I should look.", signature: "s" },
              { type: "redacted_thinking", data: "x" },
              { type: "thinking", thinking: "", signature: "s" },
              { type: "text", text: "Let me look." },
              { type: "tool_use", id: "t1", name: "rain", input: { at: "Köln" } },
              { type: "tool_use", id: "t2", name: "wind", input: {} },
            ],
          },
          {
            role: "user",
            content: [
              { type: "tool_result", tool_use_id: "t1", content: "heavy" },
              { type: "tool_result", tool_use_id: "t2", content: [{ type: "text", text: "no wind" }], is_error: true },
              { type: "text", text: "So?" },
            ],
          },
        ],
      },
      [
        {
          role: "assistant",
          content: "Let me look.",
          reasoning_content: "I should look.",
          tool_calls: [
            { id: "t1", type: "function", function: { name: "rain", arguments: '{"at":"Köln"}' } },
            { id: "t2", type: "function", function: { name: "wind", arguments: "{}" } },
          ],
        },
        { role: "tool", tool_call_id: "t1", content: "heavy" },
        { role: "tool", tool_call_id: "t2", content: "no wind", is_error: true },
        { role: "user", content: "So?" },
      ],
    ],
  ];
  test.each(CASES)("has %s", (_what, request, messages) => {
    expect(conversationOf(request).slice(0, -1)).toEqual(messages);
  });

  test("ends with the answer: a text that citations cut is one, what Anthropic ran lies among the items", () => {
    const search = { type: "server_tool_use", id: "s1", name: "web_search", input: { query: "rain" } };
    const found = { type: "web_search_tool_result", tool_use_id: "s1", content: [] };
    const answer = conversationOf({}, [
      { type: "text", text: "Let me search." },
      search,
      found,
      { type: "text", text: "It rains " },
      { type: "text", text: "in Köln", citations: [{ cited_text: "rain" }] },
      { type: "text", text: "." },
    ]).at(-1);
    expect(answer).toEqual({
      role: "assistant",
      content: [
        { type: "text", text: "Let me search." },
        { type: "text", text: "It rains in Köln." },
      ],
      items: [search, found],
    });
  });

  test("has the tools that the app runs as functions, and Anthropic's as they came", () => {
    const search = { type: "web_search_20250305", name: "web_search", max_uses: 3 };
    const tools = [
      { name: "rain", description: "Tells.", input_schema: { type: "object" }, cache_control: { type: "ephemeral" } },
      { type: "custom", name: "wind", input_schema: { type: "object" } },
      search,
    ];
    const { tools: read } = anthropicMessages.readConversation({ request: { ...REQUEST, tools }, response: null });
    expect(JSON.parse(JSON.stringify(read))).toEqual([
      { type: "function", function: { name: "rain", description: "Tells.", parameters: { type: "object" } } },
      { type: "function", function: { name: "wind", parameters: { type: "object" } } },
      search,
    ]);
  });

  test("of any JSON never throws", () => {
    const odd = fc.jsonValue() as fc.Arbitrary<Json>;
    const blocks = fc.array(
      fc.record(
        {
          type: fc.constantFrom("text", "image", "tool_use", "tool_result", "thinking", "document"),
          text: odd,
          source: odd,
          content: odd,
          input: odd,
        },
        { requiredKeys: [] },
      ),
    ) as unknown as fc.Arbitrary<Json>;
    const messages = fc.array(fc.record({ role: odd, content: fc.oneof(odd, blocks) }, { requiredKeys: [] }));
    fc.assert(
      fc.property(
        odd,
        fc.oneof(odd, messages as unknown as fc.Arbitrary<Json>),
        fc.oneof(odd, blocks),
        (any, sent, content) => {
          parseMessage({ ...MESSAGE, content, usage: any }, { ...REQUEST, system: any, messages: sent, tools: any });
          parseMessage(any, any);
        },
      ),
      { numRuns: 300 },
    );
  });
});
