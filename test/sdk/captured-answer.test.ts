/** The comparison that the SDKs' tests rely on sees a difference. */
import { describe, expect, test } from "vitest";
import { expectAnswer, expectBeginning, expectQuestion } from "./captured-answer.ts";
import type { Detail } from "./sdk-winnow.ts";

const CALL = { name: "get_weather", arguments: { city: "Oslo" } };

function detailOf(more: Partial<Detail> = {}): Detail {
  const content = "It rains in Oslo, and it will rain on.";
  return {
    provider: "openai",
    format: "openai",
    model: "m",
    status: 200,
    outcome: "complete",
    streamed: true,
    finishReason: "stop",
    inputTokens: 1,
    outputTokens: 1,
    flags: [],
    request: { input: "Rain?" },
    response: {},
    messages: [
      { role: "user", content: "Rain?" },
      { role: "assistant", content },
    ],
    ...more,
  };
}

const WHOLE = "It rains in Oslo, and it will rain on.";
const called = (text: string) =>
  detailOf({
    messages: [
      {
        role: "assistant",
        content: null,
        tool_calls: [{ function: { name: CALL.name, arguments: text } }],
      },
    ],
  });

describe("an answer", () => {
  test("is the same, in text and in calls", () => {
    expectAnswer(detailOf(), { text: WHOLE, calls: [] });
    expectAnswer(called('{ "city": "Oslo" }'), { text: "", calls: [CALL] });
  });

  test.each([
    ["another text", detailOf(), { text: "It rains.", calls: [] }],
    ["a call too few", detailOf(), { text: WHOLE, calls: [CALL] }],
    ["other arguments", called('{"city":"Bergen"}'), { text: "", calls: [CALL] }],
    ["no answer", detailOf({ messages: [{ role: "user", content: WHOLE }] }), { text: WHOLE, calls: [] }],
  ])("is not: %s", (_, detail, answer) => {
    expect(() => expectAnswer(detail, answer)).toThrow();
  });
});

describe("a beginning", () => {
  const part = detailOf({ messages: [{ role: "assistant", content: "It rains in Oslo," }] });

  test("is at least what was seen, and less than the whole", () => {
    expectBeginning(part, { seen: "It rains", whole: WHOLE });
  });

  test.each([
    ["nothing seen", part, ""],
    ["less than was seen", part, "It rains in Oslo, and it"],
    ["the whole", detailOf(), "It rains"],
    ["something else", detailOf({ messages: [{ role: "assistant", content: "It rains on" }] }), "It rains"],
  ])("is not: %s", (_, detail, seen) => {
    expect(() => expectBeginning(detail, { seen, whole: WHOLE })).toThrow();
  });
});

test("a question is in the request, and in the messages", () => {
  expectQuestion(detailOf(), "Rain?");
  expect(() => expectQuestion(detailOf(), "Snow?")).toThrow();
  expect(() => expectQuestion(detailOf({ messages: [{ role: "user", content: "Snow?" }] }), "Rain?")).toThrow();
});
