/** Strict check of the provenance file: the keys of each line, and that it covers every row of every file, once. */
import * as z from "zod";
import { BECAUSE, EXAMPLE_FILES, type ExampleFile } from "../core/example.ts";
import { isUuidV7 } from "../core/ids.ts";
import { isObject, parseJson } from "../core/json.ts";
import { checkWith } from "./check-row.ts";
import { FILE_PROBLEMS_MAX, type FileProblem, validateLines } from "./validate.ts";

const probability = z.number().min(0).max(1);
const ground = z.strictObject({
  kind: z.string(),
  name: z.string().optional(),
  value: z.union([z.string(), z.number(), z.boolean()]),
  actor: z.string(),
  logOdds: z.number(),
});
const promptOrigin = z.literal("model").optional();
const lineage = z.discriminatedUnion("origin", [
  z.strictObject({ origin: z.literal("human"), promptOrigin }),
  z.strictObject({ origin: z.literal("human-edited"), promptOrigin }),
  z.strictObject({
    origin: z.literal("model"),
    model: z.string().nullable(),
    generation: z.int().min(1).optional(),
    promptOrigin,
  }),
]);
const provenanceRow = z.strictObject({
  file: z.enum(EXAMPLE_FILES),
  row: z.int().min(1),
  exampleId: z.string().min(1),
  exchangeId: z.string().refine(isUuidV7, "not an exchange id"),
  at: z.iso.datetime(),
  model: z.string().nullable(),
  template: z.string().nullable(),
  inclusionProbability: probability.gt(0),
  stratum: z.string(),
  pGood: probability,
  because: z.enum(BECAUSE),
  lineage,
  grounds: z.array(ground),
  rejectedExchangeId: z.string().refine(isUuidV7, "not an exchange id").optional(),
  amends: z.strictObject({ batch: z.string(), version: z.int().min(1) }).optional(),
});
const checkRow = checkWith(provenanceRow, () => []);

/** @param rows how many lines each file has in its default format; a file not named has none */
export function validateProvenance(options: {
  lines: readonly string[];
  rows: Partial<Record<ExampleFile, number>>;
}): FileProblem[] {
  const problems = validateLines(options.lines, checkRow);
  const expected = EXAMPLE_FILES.flatMap((file) =>
    Array.from({ length: options.rows[file] ?? 0 }, (_, at) => `${file} ${at + 1}`),
  );
  for (let at = 0; at < Math.max(expected.length, options.lines.length); at++) {
    if (problems.length >= FILE_PROBLEMS_MAX) break;
    const found = placeOf(options.lines[at]);
    if (found === expected[at]) continue;
    problems.push({
      row: at + 1,
      where: "row",
      message: `stands for ${found ?? "no line"}, expected ${expected[at] ?? "no line"}`,
    });
  }
  return problems;
}

function placeOf(line: string | undefined): string | undefined {
  const row = line === undefined ? undefined : parseJson(line);
  return isObject(row) ? `${row.file} ${row.row}` : undefined;
}
