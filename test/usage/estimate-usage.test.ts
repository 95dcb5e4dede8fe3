/** Usage that no provider told: counted, held to recorded calls whose provider did tell. */
import { countTokens } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, test } from "vitest";
import type { Message } from "../../shared/core/exchange.ts";
import type { Json } from "../../shared/core/json.ts";
import { conversationOf } from "../../shared/parse/messages-of.ts";
import { countTools } from "../../shared/usage/count-tools.ts";
import { estimateUsage } from "../../shared/usage/estimate-usage.ts";
import { areRecordingsThere, parseRecording, readRecordings } from "../parse/recordings.ts";

const USER: Message = { role: "user", content: "Where is my parcel?" };
const call = { type: "function", function: { name: "find_parcel", arguments: '{"id":4711}' } };

function count(text: string): number {
  return countTokens(text, { disallowedSpecial: new Set<string>() });
}

function estimate(messages: Message[], answers: Message[] = [], tools: Json = null) {
  return estimateUsage({ messages, answers, tools }, count);
}

describe("an estimate", () => {
  test("says that it is one, and counts each message's frame", () => {
    const words = count("Where is my parcel?");
    expect(estimate([USER], [{ role: "assistant", content: "Here." }])).toEqual({
      inputTokens: 3 + 3 + words,
      outputTokens: count("Here."),
      cachedInputTokens: 0,
      reasoningTokens: 0,
      estimated: true,
    });
    expect(estimate([USER, USER]).inputTokens).toBe(3 + 2 * (3 + words));
  });

  test("counts every choice, its calls and its reasoning", () => {
    const calling: Message = { role: "assistant", content: null, tool_calls: [call] };
    const one = estimate([USER], [calling]).outputTokens;
    expect(one).toBe(7 + count('find_parcel {"id":4711}'));
    expect(estimate([USER], [calling, calling]).outputTokens).toBe(2 * one);
    const thinking = estimate([USER], [{ role: "assistant", content: "Here.", reasoning_content: "Let me see." }]);
    expect(thinking.reasoningTokens).toBe(count("Let me see."));
    expect(thinking.outputTokens).toBe(count("Here.") + thinking.reasoningTokens);
  });

  test("takes what looks like a special token for text", () => {
    expect(estimate([{ role: "user", content: "<|endoftext|>" }]).inputTokens).toBe(6 + count("<|endoftext|>"));
    expect(count("<|endoftext|>")).toBeGreaterThan(1);
  });

  test("of a word of a million letters takes no longer than reading it does", () => {
    const content = "a".repeat(1_000_000);
    const { inputTokens } = estimate([{ role: "user", content }]);
    expect(inputTokens).toBeGreaterThan(100_000);
    expect(inputTokens).toBeLessThan(200_000);
  }, 240_000);
});

describe("tools", () => {
  test("count by what they say, not by their JSON", () => {
    const parameters = {
      type: "object",
      properties: {
        unit: { type: "string", enum: ["c", "f"], description: "Degrees." },
        at: { type: "array", items: { type: "object", properties: { x: { type: "number" } } } },
      },
    };
    const tool = { type: "function", function: { name: "f", description: "d", parameters } };
    const unit = 3 + count("unit:string:Degrees") + -3 + (3 + count("c")) + (3 + count("f"));
    const at = 3 + count("at:array:") + 3 + 3 + count("x:number:");
    expect(countTools([tool], count)).toBe(12 + 7 + count("f:d") + 3 + unit + at);
  });

  test.each<Json>([null, [], {}, "tools"])("that are none count nothing: %j", (tools) => {
    expect(countTools(tools, count)).toBe(0);
  });

  test("whose schema nests without end are counted as far as anyone would read", () => {
    let schema: Json = { type: "string" };
    for (let depth = 0; depth < 50_000; depth++) schema = { type: "object", properties: { a: schema } };
    const tool = { type: "function", function: { name: "f", parameters: schema } };
    expect(countTools([tool], count)).toBeLessThan(1_000);
  });
});

test.skipIf(!areRecordingsThere)("recorded calls of OpenAI's chat come out as OpenAI has billed them", () => {
  const ratios = { input: [] as number[], output: [] as number[] };
  for (const recording of readRecordings("openai-chat").filter(({ host }) => host === "api.openai.com")) {
    const { request, response, usage } = parseRecording(recording);
    const conversation = conversationOf({ format: "openai", path: recording.path, request, response });
    if (usage === null || !conversation?.answer || /image|audio|"file"/.test(JSON.stringify(request))) continue;
    const { messages, tools, answer } = conversation;
    const estimated = estimate(messages, [answer], tools);
    ratios.input.push(estimated.inputTokens / usage.inputTokens);
    ratios.output.push(estimated.outputTokens / (usage.outputTokens - usage.reasoningTokens));
  }
  const [input, output] = [ratios.input, ratios.output].map((all) => all.sort((a, b) => a - b));
  const near = (all: number[] = []) => all.filter((ratio) => Math.abs(ratio - 1) <= 0.2).length / all.length;
  console.log(
    `estimate-usage: of ${input?.length} recorded calls ${Math.round(near(input) * 100)}% and ${Math.round(near(output) * 100)}% are within 20% (input, output)`,
  );
  expect(input?.length).toBeGreaterThan(30);
  expect(near(input)).toBeGreaterThan(0.8);
  expect(near(output)).toBeGreaterThan(0.8);
});
