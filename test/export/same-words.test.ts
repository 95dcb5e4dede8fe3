/** Formats differ in shape only: a row that stands in two of them says the same, word by word and call by call. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Example } from "../../shared/core/example.ts";
import { isObject, type Json, type JsonObject, parseJson } from "../../shared/core/json.ts";
import { canExport, EXPORT_FORMATS, type ExportFormat, exportFile } from "../../shared/export/formats.ts";
import { arbitraryExample } from "./arbitrary-example.ts";
import { EXAMPLES } from "./examples.ts";

const items = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Everything said in a row, in order, without who said it and without what is not text. */
const WORDS: Record<ExportFormat, (row: JsonObject) => string[]> = {
  openai: wordsOfMessages,
  together: wordsOfMessages,
  trl: wordsOfColumns,
  parquet: wordsOfColumns,
  sharegpt: (row) => {
    const turns = [...items(row.conversations), ...items([row.chosen ?? null]), ...items([row.rejected ?? null])];
    const said = turns.map(({ from, value }) =>
      from === "function_call" ? JSON.stringify(callsIn(parseJson(String(value)))) : String(value),
    );
    return [...(row.system === "" ? [] : [String(row.system)]), ...said];
  },
  gemini: (row) =>
    [...items([row.systemInstruction ?? null]), ...items(row.contents), ...items(row.completions)].map((one) =>
      textsIn(isObject(one.completion) ? one.completion.parts : one.parts),
    ),
  bedrock: (row) => [
    ...(row.system === undefined ? [] : [textsIn(row.system)]),
    ...items(row.messages).map(({ content }) => textsIn(content)),
  ],
};

function wordsOfMessages(row: JsonObject): string[] {
  const { input = row } = row;
  const messages = isObject(input) ? items(input.messages) : [];
  return [...messages, ...items(row.preferred_output), ...items(row.non_preferred_output)].map(saidIn);
}

function wordsOfColumns(row: JsonObject): string[] {
  const columns = [row.messages, row.prompt, row.completion, row.chosen, row.rejected];
  return columns.flatMap(items).map(saidIn);
}

function saidIn({ content, tool_calls }: JsonObject): string {
  const text = typeof content === "string" ? content : textsIn(content);
  const calls = items(tool_calls).map(({ function: called }) => called ?? null);
  return calls.length > 0 ? text + JSON.stringify(callsIn(calls)) : text;
}

function textsIn(parts: Json | undefined): string {
  return items(parts)
    .map(({ text }) => String(text))
    .join("");
}

function callsIn(calls: Json | undefined): Json {
  return items(Array.isArray(calls) ? calls : [calls ?? null]).map(({ name, arguments: given }) => {
    const parsed = typeof given === "string" ? (parseJson(given) ?? given) : (given ?? null);
    return [name ?? null, parsed];
  });
}

function wordsIn(example: Example, format: ExportFormat): string[] | undefined {
  if (!canExport({ file: example.file, format })) return undefined;
  const [line] = exportFile({ file: example.file, format, examples: [example] }).lines;
  const row = line === undefined ? undefined : parseJson(line);
  return isObject(row) ? WORDS[format](row).filter((words) => words !== "") : undefined;
}

/** @returns how many formats the row stands in */
function expectSameWords(example: Example): number {
  const said = EXPORT_FORMATS.flatMap((format) => {
    const words = wordsIn(example, format);
    return words === undefined ? [] : [words];
  });
  for (const words of said) expect(words).toEqual(said[0]);
  return said.length;
}

describe("a row in several formats", () => {
  it.each(Object.values(EXAMPLES).flat())("says the same in each: $id", (example) => {
    expect(expectSameWords(example)).toBeGreaterThan(0);
  });

  it("says the same in each, whatever it holds", () => {
    const most: number[] = [];
    fc.assert(
      fc.property(arbitraryExample, (example) => {
        most.push(expectSameWords(example));
      }),
      { numRuns: 2_000 },
    );
    // All of them must be reached, or the property says little.
    expect(Math.max(...most)).toBe(EXPORT_FORMATS.length);
  });
});
