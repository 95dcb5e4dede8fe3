import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { messagesOf } from "../../shared/parse/messages-of.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { answerOf, captureOf, question } from "./capture-of.ts";

const answer = answerOf({ role: "assistant", content: "Yes, take an umbrella." });

describe("fingerprints", () => {
  const system = { role: "system", content: "You forecast the weather." };
  const user = { role: "user", content: "Is it raining?" };
  const followUp = [
    { role: "assistant", content: "Yes." },
    { role: "user", content: "And tomorrow?" },
  ];
  const tools = [{ type: "function", function: { name: "rain", parameters: { type: "object" } } }];
  const first = printsOf({ messages: [system, user], tools });

  test("the template is the system prompt and the tools, however their fields are ordered", () => {
    const sameTools = [{ function: { parameters: { type: "object" }, name: "rain" }, type: "function" }];
    expect(printsOf({ messages: [system, ...followUp], tools: sameTools }).template).toBe(first.template);
    expect(printsOf({ messages: [system, user] }).template).not.toBe(first.template);
    expect(printsOf({ messages: [{ ...system, content: "Be brief." }, user], tools }).template).not.toBe(
      first.template,
    );
    expect(printsOf({ messages: [user] }).template).toMatch(/^[0-9a-f]{16}$/);
  });

  test("the prompt is all that the model was given, but not which model", () => {
    expect(printsOf({ messages: [system, user], tools, model: "other" }).prompt).toBe(first.prompt);
    expect(printsOf({ messages: [system, user, ...followUp], tools }).prompt).not.toBe(first.prompt);
  });

  test("a conversation's turns begin alike", () => {
    expect(printsOf({ messages: [system, user, ...followUp], tools }).conversationStart).toBe(first.conversationStart);
    expect(printsOf({ messages: [system, { ...user, content: "Wind?" }] }).conversationStart).not.toBe(
      first.conversationStart,
    );
    expect(printsOf({ messages: [system] }).conversationStart).toBeNull();
  });

  test.each([
    [{}],
    [{ messages: [] }],
    [{ messages: "none" }],
    [{ messages: [7, { content: "no role" }] }],
    [[]],
    [null],
  ])("a request without messages has none: %j", (request) => {
    expect(printsOf(request)).toMatchObject({ template: null, prompt: null, conversationStart: null });
  });

  test("the answer's is blind to white space, Unicode form, and ids of calls", () => {
    const call = (id: string, args: string) => ({ id, type: "function", function: { name: "rain", arguments: args } });
    expect(answerPrint({ content: " Schön,\n  ja " })).toBe(answerPrint({ content: "Scho\u0308n, ja" }));
    expect(answerPrint({ content: "Ja" })).not.toBe(answerPrint({ content: "Nein" }));
    expect(answerPrint({ content: "Ja" })).toBe(answerPrint({ content: [{ type: "text", text: "Ja" }] }));
    const first = answerPrint({ content: null, tool_calls: [call("a", '{"x": 1, "y": 2}')] });
    expect(answerPrint({ content: "", tool_calls: [call("b", '{"y":2,"x":1}')] })).toBe(first);
    expect(answerPrint({ tool_calls: [call("a", '{"x":2}')] })).not.toBe(first);
    expect(answerPrint({ function_call: { name: "rain", arguments: '{"x":1,"y":2}' } })).toBe(first);
  });

  test("an answer that says nothing has none", () => {
    expect(answerPrint({ content: null })).toBeNull();
    expect(answerPrint({ content: "  ", tool_calls: [] })).toBeNull();
    expect(answerPrint({ content: null, refusal: "I cannot." })).not.toBeNull();
  });

  function printsOf(request: Json) {
    return parseCapture(captureOf({ request, response: answer }));
  }

  function answerPrint(message: JsonObject) {
    return parseCapture(captureOf({ response: answerOf({ role: "assistant", ...message }) })).answer;
  }
});

describe("messagesOf", () => {
  const call = { format: "openai", path: "/v1/chat/completions" } as const;

  test("is the request's messages and the first choice's", () => {
    const second = { index: 1, message: { role: "assistant", content: "No." }, finish_reason: "stop" };
    const choices = [...(answer.choices as Json[]), second];
    expect(messagesOf({ request: question, response: { ...answer, choices }, ...call })).toEqual([
      { role: "user", content: "Is it raining?" },
      { role: "assistant", content: "Yes, take an umbrella." },
    ]);
  });

  test("leaves out what is no message", () => {
    const request = { messages: [null, "hi", { content: "no role" }, { role: "user", content: "Hi", tool_calls: 7 }] };
    expect(messagesOf({ request, response: null, ...call })).toEqual([{ role: "user", content: "Hi" }]);
  });

  test("is empty for a format that nobody understands", () => {
    expect(messagesOf({ request: question, response: answer, format: "raw", path: "/v1/chat/completions" })).toEqual(
      [],
    );
  });
});
