/**
 * Every format of every file, to the byte. A change here changes what teams train on: look at each line
 * of the difference, then write the files anew with `UPDATE_GOLDEN=1 npx vitest run test/export/golden`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXAMPLE_FILES } from "../../shared/core/example.ts";
import { validateProvenance } from "../../shared/export/check-provenance.ts";
import {
  DEFAULT_FORMAT,
  EXPORT_FORMATS,
  EXPORTABLE,
  type ExportFormat,
  exportFile,
  FORMATS,
  fileBytes,
  isExportFormat,
} from "../../shared/export/formats.ts";
import { provenanceLines } from "../../shared/export/provenance.ts";
import { validateBytes, validateFile } from "../../shared/export/validate.ts";
import { EXAMPLES } from "./examples.ts";

function expectGolden(name: string, bytes: Uint8Array): void {
  const path = join(import.meta.dirname, "golden", name);
  if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(path, bytes);
  const golden = readFileSync(path);
  expect(Buffer.from(bytes).toString()).toBe(golden.toString());
  expect(golden.equals(bytes)).toBe(true);
}

const LEFT_OUT: Record<ExportFormat, string[]> = {
  openai: [],
  together: [
    "system-and-history: name at prompt[0].name",
    "tool-call-learned-null-content: tools at tools",
    "tool-results-in-history: tools at tools",
    "image: image at prompt[0].content[1]",
    "refusal: refusal at completion.refusal",
    "call-and-its-answer-in-history: tools at tools",
    "parallel-calls-learned: tools at tools",
    "pair-tools: tools at tools",
  ],
  trl: ["image: image at prompt[0].content[1]", "refusal: refusal at completion.refusal"],
  sharegpt: [
    "system-and-history: name at prompt[0].name",
    "tool-results-in-history: turns_not_alternating at prompt[3]",
    "image: image at prompt[0].content[1]",
    "refusal: refusal at completion.refusal",
    "words-that-sinks-reserve: text_reserved at completion",
    "pair-tools: turns_not_alternating at prompt[3]",
    "kto-tools: turns_not_alternating at prompt[3]",
  ],
  gemini: [
    "system-and-history: name at prompt[0].name",
    "tool-call-learned-null-content: tools at tools",
    "tool-results-in-history: tools at tools",
    "image: image at prompt[0].content[1]",
    "refusal: refusal at completion.refusal",
    "call-and-its-answer-in-history: tools at tools",
    "parallel-calls-learned: tools at tools",
    "pair-tools: tools at tools",
  ],
  bedrock: [
    "system-and-history: name at prompt[0].name",
    "tool-call-learned-null-content: tools at tools",
    "tool-results-in-history: tools at tools",
    "image: image at prompt[0].content[1]",
    "refusal: refusal at completion.refusal",
    "call-and-its-answer-in-history: tools at tools",
    "parallel-calls-learned: tools at tools",
    "words-that-sinks-reserve: text_reserved at completion.content",
  ],
  parquet: ["image: image at prompt[0].content[1]", "refusal: refusal at completion.refusal"],
};

describe("golden files", () => {
  it.each(EXPORTABLE)("writes $file for $format to the byte", async ({ file, format }) => {
    const exported = exportFile({ file, format, examples: EXAMPLES[file] });
    const bytes = fileBytes(exported);
    expectGolden(`${format}-${file}.${FORMATS[format].container.extension}`, bytes);
    expect(validateFile({ file, format, lines: exported.lines })).toEqual([]);
    expect(await validateBytes({ file, format, bytes })).toEqual([]);
    expect(exported.included).toHaveLength(exported.lines.length);
  });

  it.each(Object.entries(LEFT_OUT))("leaves out of %s what it cannot say", (format, expected) => {
    if (!isExportFormat(format)) throw new Error(`no format ${format}`);
    const left = EXPORTABLE.filter((one) => one.format === format).flatMap(
      ({ file }) => exportFile({ file, format, examples: EXAMPLES[file] }).left,
    );
    expect(left.map(({ exampleId, reason, where }) => `${exampleId}: ${reason} at ${where}`)).toEqual(expected);
  });

  it("says of every format what it leaves out", () => {
    expect(Object.keys(LEFT_OUT)).toEqual([...EXPORT_FORMATS]);
  });

  it("writes provenance to the byte, covering all four files", () => {
    const examples = EXAMPLE_FILES.flatMap((file) => EXAMPLES[file]);
    const files = EXAMPLE_FILES.map((file) =>
      exportFile({ file, format: DEFAULT_FORMAT[file], examples: EXAMPLES[file] }),
    );
    const lines = provenanceLines({ files, examples });
    expectGolden("provenance.jsonl", Buffer.from(lines.map((line) => `${line}\n`).join("")));
    const rows = Object.fromEntries(files.map(({ file, included }) => [file, included.length]));
    expect(validateProvenance({ lines, rows })).toEqual([]);
  });
});
