import { describe, expect, test } from "vitest";
import type { Json } from "../../shared/core/json.ts";
import { openAiResponses } from "../../shared/parse/openai-responses.ts";
import { call, completed, messageItem, parseResponse, reasoning, toolCall } from "./responses-of.ts";

describe("the output of a response", () => {
  test("is one message: text, calls, reasoning", () => {
    const output = [reasoning("Look."), messageItem("It ", "rains."), call("a"), call("b", "wind")];
    expect(answerOf(output)).toEqual({
      role: "assistant",
      content: "It rains.",
      reasoning_content: "Look.",
      tool_calls: [toolCall("a"), toolCall("b", "wind")],
    });
  });

  test("keeps several messages apart", () => {
    expect(answerOf([messageItem("I look."), messageItem("It rains.")])?.content).toEqual([
      { type: "text", text: "I look." },
      { type: "text", text: "It rains." },
    ]);
  });

  test("has a refusal where chat has it", () => {
    const output = [{ type: "message", role: "assistant", content: [{ type: "refusal", refusal: "I cannot." }] }];
    expect(answerOf(output)).toEqual({ role: "assistant", content: null, refusal: "I cannot." });
    expect(parseResponse(completed(output)).answer).not.toBeNull();
  });

  test("has a picture where OpenRouter has it", () => {
    const output = [{ type: "image_generation_call", id: "ig", result: "AAEC", output_format: "webp" }];
    expect(answerOf(output)?.images).toEqual([
      { type: "image_url", image_url: { url: "data:image/webp;base64,AAEC" } },
    ]);
  });

  test("keeps what OpenAI ran beside the text", () => {
    const hosted = [
      { type: "code_interpreter_call", id: "ci", code: "1", outputs: [] },
      { type: "tool_search_call", id: "ts", execution: "server", call_id: null, arguments: {} },
      { type: "shell_call", id: "sh", call_id: "a", environment: { type: "container_reference" }, action: {} },
      { type: "shell_call_output", id: "so", call_id: "a", output: [] },
    ];
    expect(answerOf([...hosted, messageItem("It rains.")])).toEqual({
      role: "assistant",
      content: "It rains.",
      items: hosted,
    });
  });

  test("that is all unreadable reasoning is a message that says nothing", () => {
    expect(answerOf([reasoning()])).toEqual({ role: "assistant", content: null });
    expect(parseResponse(completed([reasoning()])).answer).toBeNull();
  });

  test.each([null, [], "x", {}, [7]])("of %j is no message", (output) => {
    expect(answerOf(output as Json)).toBeNull();
  });

  test("fingerprints like the same answer of chat's", () => {
    const first = parseResponse(completed([messageItem("It rains."), call("a")])).answer;
    expect(parseResponse(completed([messageItem(" It  rains. "), call("b")])).answer).toBe(first);
    expect(parseResponse(completed([messageItem("It rains.")])).answer).not.toBe(first);
  });
});

function answerOf(output: Json) {
  return openAiResponses.readConversation({ request: null, response: completed(output) }).answer;
}
