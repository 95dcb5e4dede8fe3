/** Parquet: what is written is read back to the byte, by a reader that is not ours; and what is no such file is told. */
import fc from "fast-check";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { EXAMPLE_FILES, type Example } from "../../shared/core/example.ts";
import { toBytes } from "../../shared/core/text.ts";
import { exportFile, fileBytes } from "../../shared/export/formats.ts";
import { PARQUET_COLUMNS } from "../../shared/export/parquet-columns.ts";
import { PARQUET } from "../../shared/export/parquet-file.ts";
import { validateBytes } from "../../shared/export/validate.ts";
import { arbitraryExample } from "./arbitrary-example.ts";
import { assistant, completionExample, EXAMPLES, user } from "./examples.ts";

const exportParquet = (file: (typeof EXAMPLE_FILES)[number], examples: readonly Example[]) =>
  exportFile({ file, format: "parquet", examples });

/** A file of `count` rows that differ. */
const manyRows = (count: number) =>
  exportParquet(
    "sft",
    Array.from({ length: count }, (_, at) =>
      completionExample({ id: `row-${at}`, prompt: [user(`${at}?`)], completion: assistant(`${at}!`) }),
    ),
  );

describe("a Parquet file", () => {
  it("gives back every row to the byte, whatever the examples hold", async () => {
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(arbitraryExample, { maxLength: 8 }),
        fc.constantFrom(...EXAMPLE_FILES),
        async (all, file) => {
          const exported = exportParquet(
            file,
            all.filter((example) => example.file === file),
          );
          const bytes = fileBytes(exported);
          expect(await PARQUET.decode({ file, bytes })).toEqual({ ok: true, lines: exported.lines });
          expect(await validateBytes({ file, format: "parquet", bytes })).toEqual([]);
          rows += exported.lines.length;
        },
      ),
      { numRuns: 300 },
    );
    expect(rows).toBeGreaterThan(50);
  });

  it("keeps what the model wrote as arguments, character by character", async () => {
    const bytes = fileBytes(exportParquet("sft", EXAMPLES.sft));
    const rows = await parquetReadObjects({ file: bytes.buffer });
    const called = rows.find(({ example_id }) => example_id === "tool-call-learned-null-content");
    expect(called?.messages[1].tool_calls[0].function).toEqual({
      name: "get_weather",
      arguments: '{"place": "Oslo", "day": "today"}',
    });
  });

  it.each(EXAMPLE_FILES)("of %s has its columns even where it has no rows", async (file) => {
    const bytes = fileBytes(exportParquet(file, []));
    const metadata = parquetMetadata(bytes.buffer);
    expect(metadata.num_rows).toBe(0n);
    const top = metadata.schema[0]?.num_children;
    expect(top).toBe(PARQUET_COLUMNS[file].length);
    expect(await validateBytes({ file, format: "parquet", bytes })).toEqual([]);
  });

  it("is the same for the same rows, and is compressed with snappy", () => {
    const exported = exportParquet("preference", EXAMPLES.preference);
    const bytes = fileBytes(exported);
    expect(Buffer.compare(bytes, fileBytes(exported))).toBe(0);
    const chunks = parquetMetadata(bytes.buffer).row_groups.flatMap(({ columns }) => columns);
    expect(chunks.length).toBeGreaterThan(0);
    expect(new Set(chunks.map(({ meta_data }) => meta_data?.codec))).toEqual(new Set(["SNAPPY"]));
  });

  it("of many rows is in groups, and none is lost between them", async () => {
    const exported = manyRows(2_001);
    const bytes = fileBytes(exported);
    expect(parquetMetadata(bytes.buffer).row_groups.map(({ num_rows }) => Number(num_rows))).toEqual([1_000, 1_000, 1]);
    expect(await PARQUET.decode({ file: "sft", bytes })).toEqual({ ok: true, lines: exported.lines });
  });
});

describe("validateBytes", () => {
  const notParquet = [{ row: 0, where: "", message: "the file is not Parquet" }];
  const whole = fileBytes(exportParquet("sft", EXAMPLES.sft));

  it.each([
    ["nothing", new Uint8Array()],
    ["text", toBytes("PAR1 not really PAR1")],
    ["a file that was cut off", whole.slice(0, -20)],
  ])("finds %s", async (_, bytes) => {
    expect(await validateBytes({ file: "sft", format: "parquet", bytes })).toEqual(notParquet);
  });

  it("finds the columns of another file", async () => {
    const problems = await validateBytes({ file: "kto", format: "parquet", bytes: whole });
    expect(problems).toEqual([{ row: 0, where: "", message: "the columns are not those of this file" }]);
  });

  it("finds a wrong row in Parquet, and says which", async () => {
    const { lines } = exportParquet("sft", EXAMPLES.sft);
    const bytes = fileBytes({
      file: "sft",
      format: "parquet",
      lines: lines.map((line, at) => (at === 1 ? line.replace('"p_good":0.93', '"p_good":7') : line)),
    });
    const problems = await validateBytes({ file: "sft", format: "parquet", bytes });
    expect(problems.map(({ row, where }) => [row, where])).toEqual([[2, "p_good"]]);
  });

  it.each([
    ["bytes that are not UTF-8", Uint8Array.of(0xff, 0x0a), "the file is not UTF-8"],
    ["a byte order mark", toBytes("\ufeff{}\n"), "the file begins with a byte order mark"],
    ["a last line without an end", toBytes("{}"), "the last line has no end"],
  ])("finds %s in JSON lines", async (_, bytes, message) => {
    expect(await validateBytes({ file: "sft", format: "openai", bytes })).toEqual([{ row: 0, where: "", message }]);
  });

  it("takes an empty file of JSON lines", async () => {
    expect(await validateBytes({ file: "sft", format: "openai", bytes: new Uint8Array() })).toEqual([]);
  });
});
