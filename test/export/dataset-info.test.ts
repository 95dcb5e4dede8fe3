/** dataset_info.json: every column that it names is in every row of the file that it names. */
import { describe, expect, it } from "vitest";
import { EXAMPLE_FILES } from "../../shared/core/example.ts";
import { isObject, parseJson } from "../../shared/core/json.ts";
import { datasetInfo } from "../../shared/export/dataset-info.ts";
import { exportFile, fileNameOf } from "../../shared/export/formats.ts";
import { EXAMPLES } from "./examples.ts";

const exported = EXAMPLE_FILES.map((file) => exportFile({ file, format: "sharegpt", examples: EXAMPLES[file] }));
const info = datasetInfo(
  exported.map(({ file, format, lines }) => ({ file, fileName: fileNameOf({ file, format }), rows: lines.length })),
);

describe("dataset_info.json", () => {
  it.each(exported)("names the columns of $file, and leaves none unnamed", ({ file, lines }) => {
    const described = info[`winnow_${file}`];
    if (!isObject(described) || !isObject(described.columns)) throw new Error("not described");
    const named = Object.values(described.columns).map(String).sort();
    for (const line of lines) expect(Object.keys(parseJson(line) ?? {}).sort()).toEqual(named);
    expect(lines).not.toEqual([]);
  });

  it("says that a preference file is ranked, and which column is KTO's", () => {
    expect(info.winnow_preference).toMatchObject({ ranking: true, file_name: "preference.sharegpt.jsonl" });
    expect(info.winnow_kto).toMatchObject({ columns: { kto_tag: "label" }, formatting: "sharegpt" });
    expect(info.winnow_sft).not.toHaveProperty("ranking");
  });

  it("leaves out a file without rows, which no loader takes", () => {
    expect(datasetInfo([{ file: "kto", fileName: "kto.sharegpt.jsonl", rows: 0 }])).toEqual({});
  });
});
