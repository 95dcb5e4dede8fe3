/**
 * Every format of every file, to the byte. A change here changes what teams train on: look at each line
 * of the difference, then write the files anew with `UPDATE_GOLDEN=1 npx vitest run test/export/golden`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { EXAMPLE_FILES } from "../../shared/core/example.ts";
import { validateProvenance } from "../../shared/export/check-provenance.ts";
import { DEFAULT_FORMAT, EXPORTABLE, exportFile } from "../../shared/export/formats.ts";
import { provenanceLines } from "../../shared/export/provenance.ts";
import { validateFile } from "../../shared/export/validate.ts";
import { EXAMPLES } from "./examples.ts";

function expectGolden(name: string, lines: readonly string[]): void {
  const path = join(import.meta.dirname, "golden", `${name}.jsonl`);
  const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
  if (process.env.UPDATE_GOLDEN !== undefined) writeFileSync(path, bytes);
  const golden = readFileSync(path);
  expect(bytes.toString()).toBe(golden.toString());
  expect(bytes.equals(golden)).toBe(true);
}

describe("golden files", () => {
  it.each(EXPORTABLE)("writes $file for $format to the byte", ({ file, format }) => {
    const exported = exportFile({ file, format, examples: EXAMPLES[file] });
    expectGolden(`${format}-${file}`, exported.lines);
    expect(validateFile({ file, format, lines: exported.lines })).toEqual([]);
    expect(exported.included).toHaveLength(exported.lines.length);
  });

  it("leaves out of TRL what only OpenAI can say", () => {
    const { left } = exportFile({ file: "sft", format: "trl", examples: EXAMPLES.sft });
    expect(left).toEqual([
      { exampleId: "image", reason: "image", where: "prompt[0].content[1]" },
      { exampleId: "refusal", reason: "refusal", where: "completion.refusal" },
    ]);
  });

  it("writes provenance to the byte, covering all four files", () => {
    const examples = EXAMPLE_FILES.flatMap((file) => EXAMPLES[file]);
    const files = EXAMPLE_FILES.map((file) =>
      exportFile({ file, format: DEFAULT_FORMAT[file], examples: EXAMPLES[file] }),
    );
    const lines = provenanceLines({ files, examples });
    expectGolden("provenance", lines);
    const rows = Object.fromEntries(files.map(({ file, included }) => [file, included.length]));
    expect(validateProvenance({ lines, rows })).toEqual([]);
  });
});
