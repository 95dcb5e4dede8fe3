/** The strict checks: every kind of defect, made by changing one thing in a row that passes. */
import { describe, expect, it } from "vitest";
import type { ExampleFile } from "../../shared/core/example.ts";
import { isObject, type Json, parseJson } from "../../shared/core/json.ts";
import { type ExportFormat, exportFile } from "../../shared/export/formats.ts";
import { FILE_PROBLEMS_MAX, validateFile } from "../../shared/export/validate.ts";
import { EXAMPLES } from "./examples.ts";

interface Base {
  format: ExportFormat;
  file: ExampleFile;
  example: string;
}

/** Rows that pass, by the name under which the changes below refer to them. */
const BASES = {
  HISTORY: { format: "openai", file: "sft", example: "system-and-history" },
  TOOLS: { format: "openai", file: "sft", example: "tool-results-in-history" },
  IMAGE: { format: "openai", file: "sft", example: "image" },
  PAIR: { format: "openai", file: "preference", example: "pair-tools" },
  TOGETHER: { format: "together", file: "eval", example: "eval-history" },
  TOGETHER_SYSTEM: { format: "together", file: "sft", example: "developer" },
  TOGETHER_PAIR: { format: "together", file: "preference", example: "pair-history" },
  TRL: { format: "trl", file: "sft", example: "tool-results-in-history" },
  TRL_PAIR: { format: "trl", file: "preference", example: "pair-tools" },
  KTO: { format: "trl", file: "kto", example: "kto-tools" },
  SHARE: { format: "sharegpt", file: "sft", example: "call-and-its-answer-in-history" },
  SHARE_CALLS: { format: "sharegpt", file: "sft", example: "parallel-calls-learned" },
  SHARE_PAIR: { format: "sharegpt", file: "preference", example: "pair-history" },
  SHARE_KTO: { format: "sharegpt", file: "kto", example: "kto-up" },
  GEMINI: { format: "gemini", file: "sft", example: "developer" },
  GEMINI_PAIR: { format: "gemini", file: "preference", example: "pair-history" },
  BEDROCK: { format: "bedrock", file: "eval", example: "eval-history" },
  BEDROCK_SYSTEM: { format: "bedrock", file: "sft", example: "developer" },
  COLUMNS: { format: "parquet", file: "sft", example: "tool-results-in-history" },
  COLUMNS_PAIR: { format: "parquet", file: "preference", example: "pair-tools" },
  COLUMNS_KTO: { format: "parquet", file: "kto", example: "kto-tools" },
} as const satisfies Record<string, Base>;

type BaseName = keyof typeof BASES;

function lineOf({ format, file, example }: Base): string {
  const examples = EXAMPLES[file].filter(({ id }) => id === example);
  const [line] = exportFile({ file, format, examples }).lines;
  if (line === undefined) throw new Error(`no line for ${example}`);
  return line;
}

/** Sets what is at the path to the value; undefined takes it away. */
function change(row: Json, path: string, value: Json | undefined): Json {
  const [key = "", ...rest] = path.split(".");
  const copy = structuredClone(row);
  const container: unknown = copy;
  if (!isObject(container) && !Array.isArray(container)) throw new Error(`nothing at ${path}`);
  const child = Reflect.get(container, key) as Json | undefined;
  Reflect.set(container, key, rest.length === 0 ? value : change(child ?? null, rest.join("."), value));
  return Array.isArray(copy) ? copy.filter((item) => item !== undefined) : copy;
}

function problemsAfter(name: BaseName, path: string, value: Json | undefined): string[] {
  const base = BASES[name];
  const row = parseJson(lineOf(base));
  if (row === undefined) throw new Error("the base is no JSON");
  const { format, file } = base;
  const problems = validateFile({ format, file, lines: [JSON.stringify(change(row, path, value))] });
  return problems.map(({ where }) => where);
}

/** What is changed, to what, and where the check must point (by default, at the change). */
type Mutation = [BaseName, string, Json | undefined, string?];

const CALL_OF = (id: string): Json => ({ id, type: "function", function: { name: "f", arguments: {} } });
const HALF_ANSWERED: Json = [
  { role: "assistant", tool_calls: [CALL_OF("a"), CALL_OF("b")] },
  { role: "tool", name: "f", tool_call_id: "a", content: "1" },
];

const MUTATIONS: Mutation[] = [
  // Keys
  ["HISTORY", "id", "1", ""],
  ["HISTORY", "messages", undefined],
  ["HISTORY", "messages", []],
  ["HISTORY", "messages.0.weight", 1, "messages.0"],
  ["HISTORY", "messages.1.tool_calls", [], "messages.1"],
  ["HISTORY", "messages.2.reasoning_content", "hm", "messages.2"],
  ["TOOLS", "messages.1.tool_calls.0.index", 0, "messages.1.tool_calls.0"],
  ["TOOLS", "messages.2.name", "get_weather", "messages.2"],
  ["TOOLS", "tools.0.cache_control", {}, "tools.0"],
  ["TOOLS", "tools.0.function.returns", {}, "tools.0.function"],
  ["PAIR", "input.prompt", [], "input"],
  ["PAIR", "preferred_output.0.weight", 1, "preferred_output.0"],
  ["TOGETHER", "tools", [], ""],
  ["TOGETHER", "messages.0.name", "ada", "messages.0"],
  ["TOGETHER", "messages.0.weight", 0, "messages.0"],
  ["TOGETHER_PAIR", "input.tools", [], "input"],
  ["TOGETHER_PAIR", "preferred_output.0.weight", 1, "preferred_output.0"],
  ["TRL", "messages.1.weight", 0, "messages.1"],
  ["TRL", "parallel_tool_calls", true, ""],
  ["KTO", "score", 1, ""],
  ["SHARE", "messages", [], ""],
  ["SHARE", "conversations.0.role", "user", "conversations.0"],
  ["SHARE_PAIR", "label", true, ""],
  ["SHARE_PAIR", "chosen.weight", 1, "chosen"],
  ["GEMINI", "tools", [], ""],
  ["GEMINI", "system_instruction", {}, ""],
  ["GEMINI", "contents.0.parts.0.thought", true, "contents.0.parts.0"],
  ["GEMINI_PAIR", "completions.0.rank", 1, "completions.0"],
  ["BEDROCK", "id", "1", ""],
  ["BEDROCK", "messages.0.name", "ada", "messages.0"],
  ["BEDROCK", "messages.0.content.0.type", "text", "messages.0.content.0"],
  ["COLUMNS", "surprise", null, ""],
  ["COLUMNS", "messages.0.weight", null, "messages.0"],
  // Values
  ["HISTORY", "messages.1.name", "ada l"],
  ["TOGETHER", "messages.1.weight", 1],
  ["TOGETHER", "messages.1.weight", false],
  ["TOGETHER", "messages.3.weight", 0],
  ["TOGETHER", "messages.0.content", [{ type: "text", text: "Hi" }]],
  ["TOGETHER", "messages.1.content", undefined],
  ["TOGETHER", "messages.1.content", " "],
  ["TOGETHER_SYSTEM", "messages.0.role", "developer"],
  ["TOGETHER_PAIR", "preferred_output", [], "preferred_output"],
  ["TOGETHER_PAIR", "non_preferred_output.0.content", "Bye.", "non_preferred_output"],
  ["TOGETHER_PAIR", "input.messages.3", { role: "assistant", content: "Bye" }, "input.messages.3.role"],
  ["SHARE", "system", null],
  ["SHARE", "tools", undefined],
  ["SHARE", "tools", "[]"],
  ["SHARE", "tools", "get_weather"],
  ["SHARE", "tools", '[{"name":"f","parameters":{"properties":{}}}]'],
  ["SHARE", "tools", '[{"name":"f","description":"","parameters":{"properties":{"a":true}}}]'],
  ["SHARE", "tools", '[{"name":"f","description":"\\ud83d","parameters":{"properties":{}}}]'],
  ["SHARE", "tools", '[{"name":"f","description":"<image>","parameters":{"properties":{}}}]'],
  ["SHARE", "system", "An <image>."],
  ["SHARE", "conversations.0.value", "<video>"],
  ["SHARE", "conversations.0.value", 5],
  ["SHARE", "conversations.1.value", "Call it."],
  ["SHARE", "conversations.1.value", '{"name":"f","arguments":"{}"}'],
  ["SHARE", "conversations.1.value", '{"name":"f","arguments":{},"id":"1"}'],
  ["SHARE_CALLS", "conversations.1.value", "[]"],
  ["SHARE_CALLS", "conversations.1.value", '[{"name":"f","arguments":{}}]'],
  ["SHARE_CALLS", "conversations.1.value", '{"name":"f","arguments":{"a":"\\udc00"}}'],
  ["SHARE_KTO", "label", "true"],
  ["SHARE_KTO", "conversations.1.value", ""],
  ["SHARE_PAIR", "chosen.value", " "],
  ["SHARE_PAIR", "rejected.from", "human"],
  ["SHARE_PAIR", "rejected.from", "function_call", "rejected.value"],
  ["GEMINI", "systemInstruction.role", "user"],
  ["GEMINI", "systemInstruction.parts", []],
  ["GEMINI", "contents", []],
  ["GEMINI", "contents.0.parts", []],
  ["GEMINI", "contents.0.parts.0.text", " "],
  ["GEMINI", "contents.0.parts.0.text", "x".repeat(524_288), "contents"],
  ["GEMINI", "contents.1.role", "assistant"],
  ["GEMINI_PAIR", "completions.0.score", 0],
  ["GEMINI_PAIR", "completions.1.score", 0.5],
  ["GEMINI_PAIR", "completions.1", undefined, "completions"],
  ["GEMINI_PAIR", "completions.0.completion.role", "user"],
  ["GEMINI_PAIR", "completions.0.completion.parts.0.text", "x".repeat(524_288), "contents"],
  ["BEDROCK", "schemaVersion", undefined],
  ["BEDROCK", "messages.0.content", "Hi"],
  ["BEDROCK", "messages.0.content", []],
  ["BEDROCK", "messages.0.content.0.text", ""],
  ["BEDROCK", "messages.0.content.0.text", "and USER: says"],
  ["BEDROCK", "messages.0.content.0.text", "and uSer: says"],
  ["BEDROCK", "messages.0.role", "system"],
  ["BEDROCK_SYSTEM", "system", []],
  ["BEDROCK_SYSTEM", "system.0.text", "[EOS]"],
  ["COLUMNS", "messages.0.role", "developer"],
  ["COLUMNS", "messages.0.name", undefined],
  ["COLUMNS", "messages.0.tool_call_id", "call_1"],
  ["COLUMNS", "messages.1.tool_calls", []],
  ["COLUMNS", "messages.1.tool_calls.0.function.arguments", {}],
  ["COLUMNS", "tools", "[]"],
  ["COLUMNS", "tools", '[{"type":"function","function":{"name":"f","description":"\\ud83d"}}]'],
  ["COLUMNS", "exchange_id", "1"],
  ["COLUMNS", "inclusion_probability", 0],
  ["COLUMNS", "p_good", 1.01],
  ["COLUMNS", "because", "luck"],
  ["COLUMNS", "lineage_origin", "alien"],
  ["COLUMNS", "at", "yesterday"],
  ["COLUMNS_KTO", "label", 1],
  ["COLUMNS_PAIR", "chosen", []],
  ["HISTORY", "messages.0.role", "model"],
  ["HISTORY", "messages.0.name", "", "messages.0.name"],
  ["HISTORY", "messages.1.content", null],
  ["HISTORY", "messages.1.content", []],
  ["HISTORY", "messages.1.content", [{ type: "input_audio", input_audio: {} }], "messages.1.content"],
  ["HISTORY", "messages.2.content", [{ type: "image_url", image_url: { url: "https://a/b" } }], "messages.2.content"],
  ["HISTORY", "messages.2.weight", 0.5],
  ["HISTORY", "messages.2.weight", true],
  ["HISTORY", "messages.2.refusal", null],
  ["HISTORY", "parallel_tool_calls", "yes"],
  ["HISTORY", "tools", []],
  ["IMAGE", "messages.0.content.1.image_url.url", "gs://bucket/cat.png", "messages.0.content"],
  ["IMAGE", "messages.0.content.1.image_url.detail", "huge", "messages.0.content"],
  ["TOOLS", "messages.1.tool_calls", []],
  ["TOOLS", "messages.1.tool_calls.0.id", ""],
  ["TOOLS", "messages.1.tool_calls.0.type", "custom"],
  ["TOOLS", "messages.1.tool_calls.0.function.name", "get.weather"],
  ["TOOLS", "messages.1.tool_calls.0.function.arguments", {}],
  ["TOOLS", "tools.0.type", "web_search"],
  ["TOOLS", "tools.0.function.name", "x".repeat(65)],
  ["TOOLS", "tools.0.function.parameters", []],
  ["TOOLS", "tools.0.function.strict", null],
  ["PAIR", "input.messages.0.content", [{ type: "image_url", image_url: { url: "https://a/b" } }]],
  ["PAIR", "preferred_output", []],
  ["PAIR", "preferred_output.1", { role: "assistant", content: "Two." }, "preferred_output"],
  ["PAIR", "non_preferred_output.0.role", "user"],
  ["TRL", "messages.0.role", "developer"],
  ["TRL", "messages.0.content", [{ type: "text", text: "Hi" }]],
  ["TRL", "messages.2.name", undefined],
  ["TRL", "messages.1.content", null],
  ["TRL", "messages.1.tool_calls.0.function.arguments", "{}"],
  ["TRL_PAIR", "chosen", []],
  ["TRL_PAIR", "rejected.0.refusal", "No.", "rejected.0"],
  ["KTO", "label", "true"],
  ["KTO", "label", undefined],
  // Between messages
  ["SHARE", "conversations.2.from", "human"],
  ["SHARE", "conversations.0.from", "observation"],
  ["SHARE", "conversations.3", undefined, "conversations"],
  ["SHARE", "conversations.4", { from: "human", value: "And?" }, "conversations"],
  ["SHARE_PAIR", "conversations.1.from", "human"],
  ["SHARE_PAIR", "conversations.3", { from: "gpt", value: "Hm." }, "conversations"],
  ["SHARE_PAIR", "rejected.value", "Bye.", "rejected"],
  ["GEMINI", "contents.2", { role: "user", parts: [{ text: "And?" }] }],
  ["GEMINI", "contents.0.role", "model"],
  ["GEMINI_PAIR", "contents.2", { role: "model", parts: [{ text: "Hm." }] }],
  ["GEMINI_PAIR", "completions.1.completion.parts.0.text", "Bye.", "completions.1"],
  ["BEDROCK", "messages.1.role", "user"],
  ["BEDROCK", "messages.4", { role: "user", content: [{ text: "And?" }] }],
  ["BEDROCK", "messages", [{ role: "user", content: [{ text: "Hi" }] }]],
  ["COLUMNS", "messages.3.tool_call_id", "call_2"],
  ["COLUMNS", "messages.4.content", null],
  ["COLUMNS_PAIR", "prompt.1.tool_calls", null, "prompt.1.content"],
  ["COLUMNS_PAIR", "rejected.0.tool_calls", null, "rejected.0.content"],
  ["COLUMNS_KTO", "completion.0.role", "user"],
  ["HISTORY", "messages.4", { role: "user", content: "And?" }, "messages.4"],
  ["HISTORY", "messages.4.content", " "],
  ["HISTORY", "messages.4.content", null],
  ["HISTORY", "messages.4.weight", 0],
  ["HISTORY", "messages.2.content", undefined],
  ["HISTORY", "messages.3", { role: "assistant", content: "Me again." }],
  ["HISTORY", "messages", [{ role: "assistant", content: "Hello?" }]],
  ["TOOLS", "messages.2.tool_call_id", "call_9", "messages.2.tool_call_id"],
  ["TOOLS", "messages.3", { role: "user", content: "Well?" }],
  ["TOOLS", "messages.1.tool_calls", undefined, "messages.1.content"],
  ["PAIR", "input.messages", []],
  ["PAIR", "input.messages.3.tool_call_id", "call_2"],
  ["PAIR", "input.messages.4", { role: "assistant", content: "Hm." }],
  ["PAIR", "preferred_output.0.content", undefined],
  ["PAIR", "preferred_output.0", { role: "assistant", content: "" }, "preferred_output.0.content"],
  ["TRL", "messages.3.tool_call_id", "call_2"],
  ["TRL_PAIR", "prompt.4", { role: "assistant", content: "Hm." }],
  ["TRL_PAIR", "prompt", HALF_ANSWERED],
  ["KTO", "prompt", []],
];

const HARMLESS: Mutation[] = [
  ["KTO", "completion.0.tool_calls", undefined],
  ["KTO", "completion.0.content", ""],
  ["TOOLS", "parallel_tool_calls", false],
  ["TOOLS", "messages.1.content", null],
  ["TOOLS", "messages.4.weight", 1],
];

describe("a published row", () => {
  it.each(MUTATIONS)("is found out: %s with %s set to %j", (base, path, value, where = path) => {
    expect(problemsAfter(base, path, value).some((found) => found === where || found.startsWith(`${where}.`))).toBe(
      true,
    );
  });

  it.each(HARMLESS)("may be: %s with %s set to %j", (base, path, value) => {
    expect(problemsAfter(base, path, value)).toEqual([]);
  });

  it("has two sides that differ", () => {
    const chosen = { role: "assistant", content: "Same." };
    const openai = JSON.stringify({
      input: { messages: [{ role: "user", content: "Hi" }] },
      preferred_output: [chosen],
      non_preferred_output: [chosen],
    });
    const trl = JSON.stringify({ prompt: [{ role: "user", content: "Hi" }], chosen: [chosen], rejected: [chosen] });
    const message = "both sides are the same";
    expect(validateFile({ format: "openai", file: "preference", lines: [openai] })).toEqual([
      { row: 1, where: "non_preferred_output", message },
    ]);
    expect(validateFile({ format: "trl", file: "preference", lines: [trl] })).toEqual([
      { row: 1, where: "rejected", message },
    ]);
  });
});

describe("a published line", () => {
  const good = lineOf(BASES.HISTORY);
  const messagesOf = (line: string) =>
    validateFile({ format: "openai", file: "sft", lines: [good, line] }).map(({ row, message }) => [row, message]);

  it.each(["", "[]", '"text"', "{", "null"])("is a JSON object, not %j", (line) => {
    expect(messagesOf(line)).toEqual([[2, "the line is not a JSON object"]]);
  });

  it.each([
    ["white space", good.replace(":", ": ")],
    ["line end after it", `${good}\n`],
    ["line separator in it", good.replace("Salve.", "Salve\u2028.")],
    ["key twice", good.replace("{", '{"messages":[],')],
    ["number that changes", good.replace("{", '{"n":12345678901234567890,')],
  ])("has one spelling: no %s", (_, line) => {
    expect(line).not.toBe(good);
    expect(messagesOf(line)).toEqual([[2, "the line is not spelt as winnow writes it"]]);
  });

  it("is Unicode", () => {
    expect(messagesOf(good.replace("Salve.", "\\ud83d"))).toEqual([[2, "the line holds half of a surrogate pair"]]);
    expect(messagesOf(good.replace("Salve.", "\\\\ud83d 😀"))).toEqual([]);
  });

  it("names no text of the row in what it finds", () => {
    const problems = validateFile({
      format: "openai",
      file: "sft",
      lines: [good.replace("Salve.", "SECRET").replace('"role":"assistant"', '"role":"SECRET"')],
    });
    expect(problems).not.toEqual([]);
    expect(JSON.stringify(problems)).not.toContain("SECRET");
  });
});

describe("validateFile", () => {
  it("stops at the most problems that it reports", () => {
    const bad = (count: number) => validateFile({ format: "trl", file: "kto", lines: Array(count).fill("[]") });
    expect(bad(FILE_PROBLEMS_MAX)).toHaveLength(FILE_PROBLEMS_MAX);
    expect(bad(FILE_PROBLEMS_MAX + 1)).toHaveLength(FILE_PROBLEMS_MAX);
  });

  it("throws where the format has no such file", () => {
    expect(() => validateFile({ format: "openai", file: "kto", lines: [] })).toThrow("openai has no file kto");
  });
});
