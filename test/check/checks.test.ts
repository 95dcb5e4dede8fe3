import { describe, expect, test } from "vitest";
import { CHECKS, type CheckName } from "../../shared/check/check-names.ts";
import { type Checked, failedCheck } from "../../shared/check/checks.ts";
import { isRefusal } from "../../shared/check/refusal.ts";
import { textOf } from "../../shared/check/text-of.ts";
import type { Message } from "../../shared/core/exchange.ts";
import { RECORD } from "./finding-of.ts";

function checked(options: { record?: Partial<Checked["record"]>; answer?: Message | undefined } = {}): Checked {
  return {
    record: { ...RECORD, ...options.record },
    prompt: [{ role: "user", content: "What is the capital of France?" }],
    tools: null,
    answer: "answer" in options ? options.answer : { role: "assistant", content: "The capital is Paris." },
  };
}

const saying = (content: Message["content"]) => checked({ answer: { role: "assistant", content: content ?? null } });
const CALL = { id: "call_1", type: "function", function: { name: "f", arguments: "{}" } };

describe("a sound answer", () => {
  test.each([
    ["is complete text", checked()],
    ["is a tool call without text", checked({ answer: { role: "assistant", content: null, tool_calls: [CALL] } })],
    ["is text in parts", saying([{ type: "text", text: "Paris" }])],
    ["stopped for its tool call", checked({ record: { finishReason: "tool_calls" } })],
    ["does not say why it stopped", checked({ record: { finishReason: null } })],
    [
      "has a refusal that is null, as the API sends it",
      checked({ answer: { role: "assistant", content: "Paris", refusal: null } }),
    ],
    ["is the only choice", checked({ record: { response: { choices: [{ index: 0 }] } } })],
    ["had one bad event in its stream", checked({ record: { flags: ["stream_bad_event"] } })],
  ])("%s", (_what, answer) => {
    expect(failedCheck(answer, {})).toBeUndefined();
  });
});

const SYSTEM =
  "You are the assistant of a shop for bicycles in the north of England and you answer in two sentences at most, never naming the prices of other shops nor the names of the people who work there.";

/** Each check with everything that makes it fail, and nothing that makes another fail. */
const FAILING: [CheckName, string, Checked][] = [
  ["error", "the provider answered with an error", checked({ record: { status: 500, outcome: "upstream_error" } })],
  ["error", "the provider never answered", checked({ record: { status: 0, outcome: "upstream_error" } })],
  ["error", "the status is 400", checked({ record: { status: 400 } })],
  ["error", "the stream ended in an error", checked({ record: { flags: ["stream_error"] } })],
  ["error", "the answer is not JSON", checked({ record: { flags: ["response_not_json"] } })],
  ["client_aborted", "the client left", checked({ record: { outcome: "client_aborted" } })],
  ["truncated", "the copy hit its bound", checked({ record: { outcome: "truncated" } })],
  ["truncated", "the provider cut it", checked({ record: { outcome: "upstream_cut" } })],
  ["truncated", "it ran into the token limit", checked({ record: { finishReason: "length" } })],
  ["truncated", "its stream has no end", checked({ record: { flags: ["stream_without_end"] } })],
  ["several_choices", "n was two", checked({ record: { response: { choices: [{ index: 0 }, { index: 1 }] } } })],
  [
    "several_choices",
    "candidateCount was three",
    checked({ record: { response: { candidates: [{ index: 0 }, { index: 1 }, { index: 2 }] } } }),
  ],
  ["refused", "a filter stopped it", checked({ record: { finishReason: "content_filter" } })],
  ["refused", "it has a refusal", checked({ answer: { role: "assistant", content: null, refusal: "No." } })],
  ["refused", "it declines", saying("I'm sorry, but I can't assist with that.")],
  [
    "refused",
    "it declines in parts",
    saying([
      { type: "text", text: "I can't " },
      { type: "text", text: "help with that." },
    ]),
  ],
  ["empty", "there is none", checked({ answer: undefined })],
  ["empty", "it is white space", saying(" \n\t ")],
  ["empty", "it is null", saying(null)],
  ["empty", "it has no parts", saying([])],
  ["empty", "its calls are none", checked({ answer: { role: "assistant", content: "", tool_calls: [] } })],
  ["error_text", "it is a gateway's words", saying("upstream connect error or disconnect/reset before headers")],
  ["repetition", "it loops", saying("I am happy to help you with that.\n".repeat(12))],
  [
    "invalid_json",
    "JSON was asked for",
    checked({
      record: { request: { response_format: { type: "json_object" } } },
      answer: { role: "assistant", content: "Sure!" },
    }),
  ],
  [
    "invalid_tool_arguments",
    "they are cut short",
    checked({
      answer: {
        role: "assistant",
        content: null,
        tool_calls: [{ ...CALL, function: { name: "f", arguments: '{"a":' } }],
      },
    }),
  ],
  [
    "tool_calls_unanswered",
    "the conversation went on without the result",
    { ...checked(), prompt: [{ role: "assistant", content: null, tool_calls: [CALL] }] },
  ],
  [
    "wrong_language",
    "it is in French",
    {
      ...saying(
        "La capitale de la France est Paris, une grande ville qui se trouve sur les rives de la Seine, au nord du pays.",
      ),
      prompt: [
        {
          role: "user",
          content:
            "I would like to know which town is the capital of the country where my grandmother was born, please tell me.",
        },
      ],
    },
  ],
  [
    "prompt_leak",
    "it says what it was told",
    { ...saying(`I was told this: ${SYSTEM}`), prompt: [{ role: "system", content: SYSTEM }] },
  ],
  ["secret", "it holds a key", saying(`Use sk-proj-${"aB3dE5gH7jK9mN1pQ3sT5vW7yZ".repeat(2)} for it.`)],
];

describe("a check", () => {
  test.each(FAILING)("%s fails because %s", (name, _why, answer) => {
    expect(failedCheck(answer, {})?.name).toBe(name);
  });

  test.each<[string, Checked["record"]]>([
    ["the provider answered with status 529", { ...checked().record, status: 529 }],
    ["the provider never answered", { ...checked().record, status: 0, outcome: "upstream_error" }],
    ["the provider says that it failed", { ...checked().record, finishReason: "error" }],
    ["the stream ended in an error", { ...checked().record, flags: ["stream_error"] }],
    ["the body is not JSON", { ...checked().record, flags: ["response_not_json"] }],
    ["the client left before the end", { ...checked().record, outcome: "client_aborted" }],
    ["it is longer than what is kept of an answer", { ...checked().record, outcome: "truncated" }],
    ["the provider stopped midway", { ...checked().record, outcome: "upstream_cut" }],
    ["it ran into its token limit", { ...checked().record, finishReason: "length" }],
    ["the stream has no end", { ...checked().record, flags: ["stream_without_end"] }],
    ["a filter stopped it", { ...checked().record, finishReason: "content_filter" }],
  ])("says that %s", (reason, record) => {
    expect(failedCheck({ ...checked(), record }, {})?.reason).toBe(reason);
  });

  test.each(FAILING)("%s can be turned off where %s", (name, _why, answer) => {
    expect(failedCheck(answer, { [name]: false })).toBeUndefined();
    expect(failedCheck(answer, { [name]: true })?.name).toBe(name);
  });

  test("is shown failing for every name", () => {
    expect(new Set(FAILING.map(([name]) => name))).toEqual(new Set(CHECKS));
  });

  test("that comes first gives the reason", () => {
    const wrong = checked({ record: { status: 500, outcome: "truncated" }, answer: undefined });
    expect(failedCheck(wrong, {})?.name).toBe("error");
    expect(failedCheck(wrong, { error: false })?.name).toBe("truncated");
    expect(failedCheck(wrong, { error: false, truncated: false })?.name).toBe("empty");
  });
});

describe("a refusal", () => {
  test.each([
    "I'm sorry, but I can't assist with that.",
    "I’m sorry, but I can’t help with that request.",
    "I'm sorry, I can't comply.",
    "I'm really sorry, but I can't discuss that topic.",
    "I am sorry, but I am unable to assist with this.",
    "Sorry, I can't do that.",
    "Apologies, but I can't continue with this conversation.",
    "I apologize, but I cannot fulfill this request.",
    "I apologise, but I will not write that.",
    "Unfortunately, I am not able to share that information.",
    "I'm afraid I can't help with that.",
    "I cannot provide instructions for that.",
    "I can not comply with this request.",
    "I can't actually help with weapons.",
    "I'm unable to help with that.",
    "I’m not able to do this for you.",
    "I won't help with that.",
    "I won't be able to assist you with this.",
    "I will not create such content.",
    "I cannot and will not provide that.",
    "I must decline to answer that.",
    "As an AI language model, I cannot generate such content.",
    "I'm sorry, but as an AI I can't engage in that.",
    "  \n I CAN'T SUPPORT THAT.",
  ])("is heard: %j", (text) => {
    expect(isRefusal(text)).toBe(true);
  });

  test.each([
    "",
    "No.",
    "I'm sorry to hear that your parcel is late. Here is how to track it:",
    "Sorry for the confusion! The total is 42.",
    "Sorry about that. Fixed version below:\n\nreturn a + b;",
    "Apologies for the delay. Your refund was sent today.",
    "I apologise for the trouble, and have created a new ticket for you.",
    "Unfortunately, the order was shipped already; you can send it back for free.",
    "The model answered: \"I'm sorry, but I can't help with that.\" That is a refusal.",
    "A refusal often begins with “I cannot assist”. Three ways to avoid one:",
    'To decline politely, write: "I cannot provide a quote this week."',
    '{"answer":"I cannot help with that"}',
    "I can help with that.",
    "I will help you write the letter.",
    "You can't help everyone, but you can help someone.",
    "I can't help but notice that the loop never ends. Change line 3:",
    "I can't wait to help you plan the trip! Day one:",
    "I will not only answer the question but also show the derivation.",
    "I cannot recommend the second edition enough: it is the clearest.",
    "I'm unable to open the link, so this is a summary of the text you pasted:",
    "I could not write it better myself.",
    "As an AI language model, I was trained on text. To reset your password:",
    "Here is the letter.\n\nI'm sorry, but I can't assist at the event.",
    "Hawaii can't share a border with any state.",
  ])("is not heard in %j", (text) => {
    expect(isRefusal(text)).toBe(false);
  });

  test.each([
    ["blanks", " "],
    ["apologies", "I'm sorry, "],
    ["words", "i can't abcdefghijkl "],
    ["one word", "a"],
    ["beginnings", "i can't "],
    ["line ends", "\n"],
  ])("is looked for in a megabyte of %s, and the end is reached", (_what, unit) => {
    const hostile = unit.repeat(Math.ceil(1_000_000 / unit.length));
    // Time that grew with the square of the length would make hours of this.
    for (let round = 0; round < 20; round++)
      expect(failedCheck(saying(hostile), {})).not.toMatchObject({ name: "refused" });
  });
});

describe("the text of a message", () => {
  test.each([
    ["a text", "Paris", "Paris"],
    [
      "its parts in a row",
      [
        { type: "text", text: "Pa" },
        { type: "text", text: "ris" },
      ],
      "Paris",
    ],
    ["nothing of other parts", [{ type: "image_url", image_url: { url: "x" } }, "stray", null, [1], { text: 5 }], ""],
    ["nothing where there is none", null, ""],
    ["nothing of an object", { text: "x" }, ""],
  ])("is %s", (_what, content, text) => {
    expect(textOf({ role: "assistant", content })).toBe(text);
  });

  test("of no message is nothing", () => {
    expect(textOf(undefined)).toBe("");
  });
});
