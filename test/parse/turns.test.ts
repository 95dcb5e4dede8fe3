/** What links a call to the one that it goes on from. */
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { answerOf, captureOf } from "./capture-of.ts";

const SYSTEM = { role: "system", content: "You forecast the weather. It is 9:41." };
const USER = { role: "user", content: "Is it raining?" };
const ANSWER = { role: "assistant", content: "Yes, take an umbrella.", refusal: null, annotations: [] };
const NEXT = { role: "user", content: "And tomorrow?" };
const CALL = { id: "call_1", type: "function", function: { name: "rain", arguments: '{"at":"home","on":1}' } };
const CALLING = { role: "assistant", content: null, tool_calls: [CALL] };
const RESULT = { role: "tool", tool_call_id: "call_1", content: "heavy" };

function linksOf(messages: Json[], answer: JsonObject = ANSWER) {
  const { turn, follows } = parseCapture(captureOf({ request: { model: "m", messages }, response: answerOf(answer) }));
  return { turn, follows };
}

const first = linksOf([SYSTEM, USER]);

describe("a call goes on from the one", () => {
  test("whose messages and answer it sends back", () => {
    expect(first.follows).toBeNull();
    expect(first.turn).toMatch(/^[0-9a-f]{16}$/);
    expect(linksOf([SYSTEM, USER, ANSWER, NEXT]).follows).toBe(first.turn);
  });

  test.each<[string, Json[]]>([
    ["with another system prompt", [{ ...SYSTEM, content: "It is 9:42." }, USER, ANSWER, NEXT]],
    ["with the answer's text alone", [SYSTEM, USER, { role: "assistant", content: ANSWER.content }, NEXT]],
    ["with text as parts", [USER, { ...ANSWER, content: [{ type: "text", text: ANSWER.content }] }, NEXT]],
    ["with other white space", [USER, { ...ANSWER, content: " Yes,  take an umbrella.\n" }, NEXT]],
    ["and has begun the answer", [USER, ANSWER, NEXT, { role: "assistant", content: "Tomorrow" }]],
    ["with several new messages", [USER, ANSWER, NEXT, { role: "user", content: "At noon." }]],
  ])("%s", (_how, messages) => {
    expect(linksOf(messages).follows).toBe(first.turn);
  });

  test("whose tool it has called, whatever the call's id and the arguments' spelling", () => {
    const calling = linksOf([USER], CALLING);
    const sentBack = { ...CALL, id: "call_9", function: { name: "rain", arguments: '{ "on": 1, "at": "home" }' } };
    const { follows } = linksOf([USER, { role: "assistant", content: "", tool_calls: [sentBack] }, RESULT]);
    expect(follows).toBe(calling.turn);
  });

  test.each<[string, Json[]]>([
    ["asked something else", [{ role: "user", content: "Is it snowing?" }, ANSWER, NEXT]],
    ["was answered something else", [USER, { ...ANSWER, content: "No." }, NEXT]],
    ["had another message before", [NEXT, USER, ANSWER, NEXT]],
    ["saw another image", [{ ...USER, content: [{ type: "text", text: USER.content }, image("a")] }, ANSWER, NEXT]],
  ])("and from none that %s", (_how, messages) => {
    const { follows } = linksOf(messages);
    expect(follows).not.toBeNull();
    expect(follows).not.toBe(first.turn);
  });

  test("that its provider keeps: by that one's id, though messages are sent, too", () => {
    const input = [USER, { role: "assistant", content: "Yes." }, NEXT];
    const request = { model: "m", previous_response_id: "resp_1", input };
    const response = { id: "resp_2", object: "response", status: "completed", output: [] };
    const parsed = parseCapture(captureOf({ request, response, header: { path: "/v1/responses" } }));
    expect(parsed.follows).toBe("resp_1");
    expect(parsed.conversationStart).toBeNull();
  });
});

function image(data: string): Json {
  return { type: "image_url", image_url: { url: `data:image/png;base64,${data}` } };
}
