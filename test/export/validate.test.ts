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
  TRL: { format: "trl", file: "sft", example: "tool-results-in-history" },
  TRL_PAIR: { format: "trl", file: "preference", example: "pair-tools" },
  KTO: { format: "trl", file: "kto", example: "kto-tools" },
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
  return copy;
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
  ["TRL", "messages.1.weight", 0, "messages.1"],
  ["TRL", "parallel_tool_calls", true, ""],
  ["KTO", "score", 1, ""],
  // Values
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
