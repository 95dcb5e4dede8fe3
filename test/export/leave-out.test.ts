/** Each reason for leaving a row out, once and more; and what must not leave one out. */
import { describe, expect, it } from "vitest";
import type { Example } from "../../shared/core/example.ts";
import type { Message } from "../../shared/core/exchange.ts";
import type { Json } from "../../shared/core/json.ts";
import {
  canExport,
  countByReason,
  EXPORT_FORMATS,
  type ExportFormat,
  exportFile,
  type LeftOut,
} from "../../shared/export/formats.ts";
import { LEAVE_OUT_REASONS, type LeaveOutReason } from "../../shared/export/leave-out.ts";
import { assistant, completionExample, preferenceExample, user, WEATHER_TOOL, weatherCall } from "./examples.ts";

const OK = assistant("Fine.");
const HI = user("Hi");
const CALL = weatherCall("call_1", "Oslo");
const IMAGE: Json = { type: "image_url", image_url: { url: "https://example.com/cat.png" } };

function sft(options: { prompt?: Message[]; completion?: Message; tools?: Json[] }): Example {
  return completionExample({ id: "x", prompt: [HI], completion: OK, ...options });
}

function pair(options: { prompt?: Message[]; chosen?: Message; rejected?: Message }): Example {
  return preferenceExample({ id: "x", prompt: [HI], chosen: OK, rejected: assistant("Bad."), ...options });
}

function callOf(fields: Json): Example {
  return sft({ completion: { role: "assistant", tool_calls: [fields] } });
}

function callWith(text: string): Example {
  return callOf({ id: "c", type: "function", function: { name: "f", arguments: text } });
}

function leftOf(example: Example, format: ExportFormat): LeftOut[] {
  const exported = exportFile({ file: example.file, format, examples: [example] });
  expect(exported.lines.length + exported.left.length).toBe(1);
  return exported.left;
}

function toolNamed(name: string, description: string): Json {
  return { type: "function", function: { name, description } };
}

function toolWith(parameters: Json): Json {
  return { type: "function", function: { name: "f", parameters } };
}

const SYSTEM: Message = { role: "system", content: "Be brief." };
const BOTH: ExportFormat[] = ["openai", "trl"];
const TEXT_ONLY: ExportFormat[] = ["together", "gemini", "bedrock"];
const DIALOGUES: ExportFormat[] = ["sharegpt", ...TEXT_ONLY];
const NEW: ExportFormat[] = [...DIALOGUES, "parquet"];

type Case = [LeaveOutReason, string, ExportFormat[], Example];

const CASES: Case[] = [
  ["prompt_empty", "prompt", BOTH, sft({ prompt: [] })],
  ["prompt_ends_in_assistant", "prompt[1]", BOTH, sft({ prompt: [HI, assistant("{")] })],
  ["completion_not_assistant", "completion.role", BOTH, sft({ completion: user("I am a user") })],
  ["completion_not_assistant", "rejected.role", BOTH, pair({ rejected: user("I am a user") })],
  ["completion_empty", "completion", BOTH, sft({ completion: assistant(" \n") })],
  ["completion_empty", "chosen", BOTH, pair({ chosen: assistant([{ type: "text", text: "" }]) })],
  ["pair_identical", "rejected", BOTH, pair({ rejected: { ...OK, reasoning: "thought longer" } })],
  ["role_unknown", "prompt[0].role", BOTH, sft({ prompt: [{ role: "model", content: "Hi" }] })],
  ["content_missing", "prompt[0].content", BOTH, sft({ prompt: [{ role: "user" }] })],
  ["content_missing", "prompt[0].content", BOTH, sft({ prompt: [user([])] })],
  ["content_missing", "prompt[1].content", BOTH, sft({ prompt: [HI, assistant(null), HI] })],
  ["content_missing", "completion.content", BOTH, sft({ completion: { role: "assistant", tool_calls: [] } })],
  ["content_malformed", "prompt[0].content", BOTH, sft({ prompt: [user(5)] })],
  ["content_malformed", "prompt[0].content[0]", BOTH, sft({ prompt: [user(["Hi"])] })],
  ["content_malformed", "prompt[0].content[0].text", BOTH, sft({ prompt: [user([{ type: "text" }])] })],
  ["content_part_unknown", "prompt[0].content[0]", BOTH, sft({ prompt: [user([{ type: "file", file: {} }])] })],
  ["content_part_unknown", "prompt[0].content[0]", BOTH, sft({ prompt: [user([{ type: "refusal", refusal: "no" }])] })],
  [
    "field_unknown",
    "completion.executed_tools",
    BOTH,
    sft({ completion: { ...OK, executed_tools: [{ type: "search" }] } }),
  ],
  ["field_unknown", "prompt[0].name", BOTH, sft({ prompt: [{ ...HI, name: 7 }] })],
  [
    "field_unknown",
    "prompt[0].content[0].mood",
    BOTH,
    sft({ prompt: [user([{ type: "text", text: "a", mood: "glad" }])] }),
  ],
  ["refusal", "completion.content", BOTH, sft({ completion: { ...assistant(null), refusal: "I won't." } })],
  ["refusal", "completion.refusal", ["trl"], sft({ completion: { ...assistant("No."), refusal: "I won't." } })],
  ["refusal", "completion.content[0]", ["trl"], sft({ completion: assistant([{ type: "refusal", refusal: "No." }]) })],
  ["name", "user.name", ["openai"], sft({ prompt: [{ ...HI, name: "ada l" }] })],
  ["too_long", "prompt", ["openai"], sft({ prompt: [user(Array.from({ length: 11 }, () => IMAGE))] })],
  ["audio", "completion.audio", BOTH, sft({ completion: { ...OK, audio: { id: "audio_1" } } })],
  ["audio", "prompt[0].content[0]", BOTH, sft({ prompt: [user([{ type: "input_audio", input_audio: {} }])] })],
  ["image", "prompt[0].content", ["openai"], pair({ prompt: [user([IMAGE])] })],
  ["image", "prompt[0].content[0]", ["trl"], pair({ prompt: [user([IMAGE])] })],
  ["image", "prompt[0].content[0]", ["trl"], sft({ prompt: [user([IMAGE])] })],
  ["image", "prompt[0].content[0]", BOTH, sft({ prompt: [{ role: "system", content: [IMAGE] }, HI] })],
  ["image", "completion.images", BOTH, sft({ completion: { ...OK, images: [IMAGE] } })],
  ["image_invalid", "prompt[0].content[0]", BOTH, sft({ prompt: [user([{ type: "image_url", image_url: "a.png" }])] })],
  [
    "image_invalid",
    "prompt[0].content[0].image_url.url",
    BOTH,
    sft({ prompt: [user([{ type: "image_url", image_url: { url: "data:image/gif;base64,R0lG" } }])] }),
  ],
  [
    "image_invalid",
    "prompt[0].content[0].image_url.detail",
    BOTH,
    sft({ prompt: [user([{ type: "image_url", image_url: { url: "https://a/b", detail: "huge" } }])] }),
  ],
  ["function_call", "completion.function_call", BOTH, sft({ completion: { ...OK, function_call: { name: "f" } } })],
  ["function_call", "prompt[1].role", BOTH, sft({ prompt: [HI, { role: "function", name: "f", content: "1" }] })],
  ["tool_not_function", "tools[0].type", BOTH, sft({ tools: [{ type: "web_search" }] })],
  [
    "tool_malformed",
    "tools[1].function.name",
    BOTH,
    sft({ tools: [WEATHER_TOOL, { type: "function", function: {} }] }),
  ],
  ["tool_malformed", "tools[0]", BOTH, sft({ tools: ["get_weather"] })],
  [
    "tool_malformed",
    "tools[0].function.parameters",
    BOTH,
    sft({ tools: [{ type: "function", function: { name: "f", parameters: [1] } }] }),
  ],
  [
    "field_unknown",
    "tools[0].returns",
    BOTH,
    sft({ tools: [{ type: "function", function: { name: "f", returns: { a: 1 } } }] }),
  ],
  ["tool_call_not_function", "completion.tool_calls[0].type", BOTH, callOf({ id: "c", type: "custom", custom: {} })],
  ["tool_call_malformed", "completion.tool_calls", BOTH, sft({ completion: { ...OK, tool_calls: [CALL, CALL] } })],
  ["tool_call_malformed", "completion.tool_calls[0].id", BOTH, callOf({ function: { name: "f", arguments: "{}" } })],
  [
    "tool_call_malformed",
    "completion.tool_calls[0].arguments",
    BOTH,
    callOf({ id: "c", function: { name: "f", arguments: { an: "object" } } }),
  ],
  ["tool_call_unanswered", "prompt[2]", BOTH, sft({ prompt: [HI, { role: "assistant", tool_calls: [CALL] }, HI] })],
  ["tool_call_unanswered", "prompt", BOTH, sft({ prompt: [HI, { role: "assistant", tool_calls: [CALL] }] })],
  ["tool_result_orphan", "prompt[1].tool_call_id", BOTH, sft({ prompt: [HI, { role: "tool", content: "1" }] })],
  [
    "tool_result_orphan",
    "prompt[3].tool_call_id",
    BOTH,
    sft({
      prompt: [
        HI,
        { role: "assistant", tool_calls: [CALL] },
        { role: "tool", tool_call_id: "call_1", content: "1" },
        { role: "tool", tool_call_id: "call_1", content: "1 again" },
      ],
    }),
  ],
  [
    "function_name_invalid",
    "tools[0].function.name",
    ["openai"],
    sft({ tools: [{ type: "function", function: { name: "crm.find" } }] }),
  ],
  [
    "function_name_invalid",
    "tool_calls",
    ["openai"],
    callOf({ id: "c", type: "function", function: { name: "x".repeat(65), arguments: "{}" } }),
  ],
  ["arguments_not_object", "completion.tool_calls[0].function.arguments", ["trl"], callWith("[1]")],
  ["arguments_not_object", "completion.tool_calls[0].function.arguments", ["trl"], callWith('{"place": "Os')],
  [
    "arguments_inexact",
    "completion.tool_calls[0].function.arguments",
    ["trl"],
    callWith('{"order":[9007199254740993]}'),
  ],
  ["arguments_inexact", "completion.tool_calls[0].function.arguments", ["trl"], callWith('{"n":1e999}')],
  [
    "arguments_too_deep",
    "completion.tool_calls[0].function.arguments",
    ["trl"],
    callWith(`{"a":${"[".repeat(64)}${"]".repeat(64)}}`),
  ],
  ["text_not_unicode", "row", BOTH, sft({ completion: assistant("cut off: \ud83d") })],
  ["text_not_unicode", "row", ["trl"], callWith('{"emoji":"\\ud83d"}')],
  ["text_not_unicode", "completion.tool_calls", ["sharegpt"], callWith('{"emoji":"\\ud83d"}')],
  ["text_not_unicode", "tools", ["sharegpt", "parquet"], sft({ tools: [toolNamed("f", "half \ud83d")] })],
  ["tools", "tools", TEXT_ONLY, sft({ tools: [WEATHER_TOOL] })],
  ["tools", "completion.tool_calls", TEXT_ONLY, sft({ completion: { role: "assistant", tool_calls: [CALL] } })],
  ["tool_malformed", "tools[0].function.parameters", ["sharegpt"], sft({ tools: [toolWith({ type: "object" })] })],
  [
    "tool_malformed",
    "tools[0].function.parameters",
    ["sharegpt"],
    sft({ tools: [toolWith({ type: "object", properties: { a: true } })] }),
  ],
  [
    "call_with_text",
    "completion.content",
    ["sharegpt"],
    sft({ completion: { role: "assistant", content: "Let me see.", tool_calls: [CALL] } }),
  ],
  ["arguments_not_object", "completion.tool_calls[0].function.arguments", ["trl", "sharegpt"], callWith("[]")],
  ["instruction_place", "prompt[1]", DIALOGUES, sft({ prompt: [SYSTEM, SYSTEM, HI] })],
  ["instruction_place", "prompt[2]", DIALOGUES, sft({ prompt: [SYSTEM, HI, { role: "developer", content: "Now." }] })],
  ["turns_not_alternating", "prompt[1]", DIALOGUES, sft({ prompt: [HI, HI] })],
  ["turns_not_alternating", "prompt[1]", DIALOGUES, sft({ prompt: [SYSTEM, assistant("Hello."), HI] })],
  ["turns_not_alternating", "prompt", DIALOGUES, sft({ prompt: [SYSTEM] })],
  ["name", "prompt[0].name", DIALOGUES, sft({ prompt: [{ ...HI, name: "ada" }] })],
  ["name", "completion.name", DIALOGUES, sft({ completion: { ...OK, name: "bot" } })],
  ["name", "rejected.name", ["sharegpt", "gemini"], pair({ rejected: { ...OK, name: "bot" } })],
  ["text_empty", "prompt[0].content", TEXT_ONLY, sft({ prompt: [user(" ")] })],
  ["text_empty", "prompt[0].content", TEXT_ONLY, sft({ prompt: [{ role: "system", content: "" }, HI] })],
  ["text_empty", "prompt[1].content", TEXT_ONLY, sft({ prompt: [HI, assistant(""), HI] })],
  ["text_reserved", "completion.content", ["bedrock"], sft({ completion: assistant("Assistant: hello") })],
  ["text_reserved", "completion.content", ["bedrock"], sft({ completion: assistant("The robot: it rests.") })],
  ["text_reserved", "prompt[0].content", ["bedrock"], sft({ prompt: [{ role: "system", content: "<unk>" }, HI] })],
  ["text_reserved", "prompt[0]", ["sharegpt"], sft({ prompt: [user("An <image> of a cat")] })],
  ["text_reserved", "prompt[0].content", ["sharegpt"], sft({ prompt: [{ ...SYSTEM, content: "<audio>" }, HI] })],
  ["text_reserved", "tools", ["sharegpt"], sft({ tools: [toolNamed("f", "gives a <video>")] })],
  ["refusal", "completion.refusal", ["trl", ...NEW], sft({ completion: { ...OK, refusal: "No." } })],
  ["image", "prompt[0].content[0]", ["trl", ...NEW], sft({ prompt: [user([IMAGE, IMAGE])] })],
  ["pair_identical", "rejected", [...BOTH, "sharegpt", "gemini", "parquet"], pair({ rejected: OK })],
  ["too_long", "row", ["gemini"], sft({ completion: assistant("é".repeat(262_144)) })],
  ["too_long", "row", ["gemini"], pair({ rejected: assistant("x".repeat(524_288)) })],
];

describe("rows that a format cannot express", () => {
  it.each(CASES)("are left out: %s at %s", (reason, where, formats, example) => {
    for (const format of formats) expect(leftOf(example, format)).toEqual([{ exampleId: "x", reason, where }]);
    // What is named for one format only is written in the other, or stopped there by something else.
    for (const format of BOTH.filter((other) => !formats.includes(other))) {
      expect(leftOf(example, format).map((left) => left.where)).not.toContain(where);
    }
  });

  it("are left out for every reason there is", () => {
    expect(new Set(CASES.map(([reason]) => reason))).toEqual(new Set(LEAVE_OUT_REASONS));
  });

  it("are counted by reason, in the order of the reasons", () => {
    const left = CASES.flatMap(([, , , example]) => leftOf(example, "trl"));
    const counts = countByReason(left);
    expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(left.length);
    const known = Object.keys(counts);
    expect(known).toEqual(LEAVE_OUT_REASONS.filter((reason) => known.includes(reason)));
  });
});

describe("rows that no format can express", () => {
  const readers = CASES.filter(([, , formats]) => formats === BOTH);

  it.each(readers)("are left out of every format: %s at %s", (_, __, ___, example) => {
    for (const format of EXPORT_FORMATS.filter((one) => canExport({ file: example.file, format: one }))) {
      expect(leftOf(example, format)).toHaveLength(1);
    }
  });
});

describe("rows at a limit", () => {
  it("stay in Gemini's file at its most bytes", () => {
    expect(leftOf(sft({ completion: assistant("x".repeat(524_288 - 2)) }), "gemini")).toEqual([]);
    expect(leftOf(sft({ completion: assistant("x".repeat(524_288 - 1)) }), "gemini")).toHaveLength(1);
  });
});

describe("rows that stay", () => {
  it("drops the provider's extras, and any field that says nothing", () => {
    const completion: Message = {
      ...OK,
      reasoning_details: [{ type: "reasoning.text" }],
      annotations: [{ type: "url_citation" }],
      logprobs: { content: [] },
      channel: "final",
      weight: 0,
      audio: null,
      function_call: null,
      prefix: false,
      images: [],
    };
    const { lines } = exportFile({ file: "sft", format: "openai", examples: [sft({ completion })] });
    expect(lines).toEqual(['{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Fine."}]}']);
  });

  it("reads a call without a type as a call of a function", () => {
    const example = callOf({ id: "c", function: { name: "f", arguments: "{}" } });
    for (const format of BOTH) expect(leftOf(example, format)).toEqual([]);
  });

  it("takes arguments at the depth limit, and the largest exact integers", () => {
    const deep = callWith(`{"a":${"[".repeat(63)}${"]".repeat(63)}}`);
    const large = callWith('{"a":9007199254740991,"b":-9007199254740991,"c":0.1}');
    for (const example of [deep, large]) expect(leftOf(example, "trl")).toEqual([]);
  });

  it("keeps arguments that are no JSON as text for OpenAI", () => {
    expect(leftOf(callWith("not json"), "openai")).toEqual([]);
  });

  it("keeps an answer that holds a refusal part for OpenAI", () => {
    const example = sft({ completion: assistant([{ type: "refusal", refusal: "No." }]) });
    expect(leftOf(example, "openai")).toEqual([]);
  });
});
