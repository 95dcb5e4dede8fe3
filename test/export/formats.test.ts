import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXAMPLE_FILES } from "../../shared/core/example.ts";
import {
  canExport,
  contentTypeOf,
  DEFAULT_FORMAT,
  EXPORT_FORMATS,
  EXPORTABLE,
  exportFile,
  FORMATS,
  fileNameOf,
  isExportFormat,
} from "../../shared/export/formats.ts";
import { validateFile } from "../../shared/export/validate.ts";
import { arbitraryExample } from "./arbitrary-example.ts";
import { EXAMPLES } from "./examples.ts";

describe("the registry", () => {
  it("knows which files each format can express", () => {
    const filesOf = (format: (typeof EXPORT_FORMATS)[number]) =>
      EXAMPLE_FILES.filter((file) => canExport({ file, format }));
    expect(filesOf("openai")).toEqual(["sft", "preference", "eval"]);
    expect(filesOf("together")).toEqual(["sft", "preference", "eval"]);
    expect(filesOf("trl")).toEqual(["sft", "preference", "kto", "eval"]);
    expect(filesOf("sharegpt")).toEqual(["sft", "preference", "kto", "eval"]);
    expect(filesOf("gemini")).toEqual(["sft", "preference", "eval"]);
    expect(filesOf("bedrock")).toEqual(["sft", "eval"]);
    expect(filesOf("parquet")).toEqual(["sft", "preference", "kto", "eval"]);
  });

  it("has a check for every file that it can write, and no other", () => {
    for (const format of EXPORT_FORMATS) {
      expect(Object.keys(FORMATS[format].check).sort()).toEqual(Object.keys(FORMATS[format].write).sort());
    }
  });

  it("can write every file in its default format", () => {
    for (const file of EXAMPLE_FILES) expect(canExport({ file, format: DEFAULT_FORMAT[file] })).toBe(true);
  });

  it("tells names of formats from other text", () => {
    expect(["openai", "parquet", "PARQUET", "toString", ""].filter(isExportFormat)).toEqual(["openai", "parquet"]);
  });

  it("names files by file, format and container", () => {
    expect(fileNameOf({ file: "sft", format: "openai" })).toBe("sft.openai.jsonl");
    expect(fileNameOf({ file: "kto", format: "parquet" })).toBe("kto.parquet");
    expect(contentTypeOf("gemini")).toBe("application/jsonl");
    expect(contentTypeOf("parquet")).toBe("application/vnd.apache.parquet");
  });
});

describe("exportFile", () => {
  it("throws where the format has no such file, and where an example is of another file", () => {
    expect(() => exportFile({ file: "kto", format: "openai", examples: [] })).toThrow("openai has no file kto");
    expect(() => exportFile({ file: "sft", format: "trl", examples: EXAMPLES.kto })).toThrow("is of kto, not of sft");
  });

  it("gives an empty file for no examples", () => {
    expect(exportFile({ file: "kto", format: "trl", examples: [] })).toEqual({
      file: "kto",
      format: "trl",
      lines: [],
      left: [],
      included: [],
      withoutReasoning: 0,
    });
  });

  it("counts the rows that lost a model's reasoning, in a field or in a part", () => {
    const counted = ["openai", "together", "parquet"] as const;
    expect(
      counted.map((format) => exportFile({ file: "sft", format, examples: EXAMPLES.sft }).withoutReasoning),
    ).toEqual([2, 1, 2]);
    expect(exportFile({ file: "preference", format: "trl", examples: EXAMPLES.preference }).withoutReasoning).toBe(1);
  });

  it("keeps the order of the examples, and names the example of each line", () => {
    const examples = EXAMPLES.sft.toReversed();
    const { lines, included, left } = exportFile({ file: "sft", format: "trl", examples });
    expect(included).toEqual(examples.map(({ id }) => id).filter((id) => id !== "image" && id !== "refusal"));
    expect(included).toHaveLength(lines.length);
    expect(left.map(({ exampleId }) => exampleId)).toEqual(["refusal", "image"]);
  });

  it("writes lines that no reader of lines takes apart", () => {
    for (const { file, format } of EXPORTABLE) {
      for (const line of exportFile({ file, format, examples: EXAMPLES[file] }).lines) {
        expect(line).not.toMatch(/[\p{Zl}\p{Zp}\u0085]/u);
        expect([...line].every((character) => character >= " ")).toBe(true);
      }
    }
  });

  it("does not change the examples", () => {
    const before = JSON.stringify(EXAMPLES);
    for (const { file, format } of EXPORTABLE) exportFile({ file, format, examples: EXAMPLES[file] });
    expect(JSON.stringify(EXAMPLES)).toBe(before);
  });
});

describe("whatever an example holds", () => {
  it("is either left out with a reason or written as a line that the strict check accepts", () => {
    let written = 0;
    fc.assert(
      fc.property(arbitraryExample, fc.constantFrom(...EXPORT_FORMATS), (one, format) => {
        if (!canExport({ file: one.file, format })) return;
        const exported = exportFile({ file: one.file, format, examples: [one] });
        expect(exported.lines.length + exported.left.length).toBe(1);
        expect(validateFile({ file: one.file, format, lines: exported.lines })).toEqual([]);
        written += exported.lines.length;
      }),
      { numRuns: 3_000 },
    );
    // Both ways must be taken often, or the property says nothing.
    expect(written).toBeGreaterThan(300);
    expect(written).toBeLessThan(2_700);
  });
});
