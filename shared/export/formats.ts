/**
 * The registry of formats, and the way from canonical examples to the lines of a file. A new format
 * is one more file with its writers, one with its checks, and one entry in FORMATS.
 */
import { EXAMPLE_FILES, type Example, type ExampleFile } from "../core/example.ts";
import type { Message } from "../core/exchange.ts";
import type { JsonObject } from "../core/json.ts";
import { bedrockCompletionRow } from "./bedrock.ts";
import { checkBedrockCompletion } from "./check-bedrock.ts";
import { checkGeminiCompletion, checkGeminiPreference } from "./check-gemini.ts";
import { checkOpenaiCompletion, checkOpenaiPreference } from "./check-openai.ts";
import { checkParquetCompletion, checkParquetKto, checkParquetPreference } from "./check-parquet.ts";
import { checkSharegptCompletion, checkSharegptKto, checkSharegptPreference } from "./check-sharegpt.ts";
import { checkTogetherCompletion, checkTogetherPreference } from "./check-together.ts";
import { checkTrlCompletion, checkTrlKto, checkTrlPreference } from "./check-trl.ts";
import { holdsReasoning } from "./extra-fields.ts";
import type { ExportFormatDefinition, RowWriters } from "./format.ts";
import { geminiCompletionRow, geminiPreferenceRow } from "./gemini.ts";
import { JSON_LINES } from "./json-lines.ts";
import { LEAVE_OUT_REASONS, type LeaveOutReason, type Obstacle, type Reading, stopAt } from "./leave-out.ts";
import { holdsLoneSurrogate, toLine } from "./line.ts";
import { openaiCompletionRow, openaiPreferenceRow } from "./openai.ts";
import { parquetCompletionRow, parquetKtoRow, parquetPreferenceRow } from "./parquet.ts";
import { PARQUET } from "./parquet-file.ts";
import { sharegptCompletionRow, sharegptKtoRow, sharegptPreferenceRow } from "./sharegpt.ts";
import { togetherCompletionRow, togetherPreferenceRow } from "./together.ts";
import { trlCompletionRow, trlKtoRow, trlPreferenceRow } from "./trl.ts";

export const EXPORT_FORMATS = ["openai", "together", "trl", "sharegpt", "gemini", "bedrock", "parquet"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** `eval` has the shape of `sft`: a sink takes it as its validation file. */
export const FORMATS: Record<ExportFormat, ExportFormatDefinition> = {
  openai: {
    container: JSON_LINES,
    write: { sft: openaiCompletionRow, eval: openaiCompletionRow, preference: openaiPreferenceRow },
    check: { sft: checkOpenaiCompletion, eval: checkOpenaiCompletion, preference: checkOpenaiPreference },
  },
  together: {
    container: JSON_LINES,
    write: { sft: togetherCompletionRow, eval: togetherCompletionRow, preference: togetherPreferenceRow },
    check: { sft: checkTogetherCompletion, eval: checkTogetherCompletion, preference: checkTogetherPreference },
  },
  trl: {
    container: JSON_LINES,
    write: { sft: trlCompletionRow, eval: trlCompletionRow, preference: trlPreferenceRow, kto: trlKtoRow },
    check: { sft: checkTrlCompletion, eval: checkTrlCompletion, preference: checkTrlPreference, kto: checkTrlKto },
  },
  sharegpt: {
    container: JSON_LINES,
    write: {
      sft: sharegptCompletionRow,
      eval: sharegptCompletionRow,
      preference: sharegptPreferenceRow,
      kto: sharegptKtoRow,
    },
    check: {
      sft: checkSharegptCompletion,
      eval: checkSharegptCompletion,
      preference: checkSharegptPreference,
      kto: checkSharegptKto,
    },
  },
  gemini: {
    container: JSON_LINES,
    write: { sft: geminiCompletionRow, eval: geminiCompletionRow, preference: geminiPreferenceRow },
    check: { sft: checkGeminiCompletion, eval: checkGeminiCompletion, preference: checkGeminiPreference },
  },
  bedrock: {
    container: JSON_LINES,
    write: { sft: bedrockCompletionRow, eval: bedrockCompletionRow },
    check: { sft: checkBedrockCompletion, eval: checkBedrockCompletion },
  },
  parquet: {
    container: PARQUET,
    write: {
      sft: parquetCompletionRow,
      eval: parquetCompletionRow,
      preference: parquetPreferenceRow,
      kto: parquetKtoRow,
    },
    check: {
      sft: checkParquetCompletion,
      eval: checkParquetCompletion,
      preference: checkParquetPreference,
      kto: checkParquetKto,
    },
  },
};

/** Row numbers of the provenance file count lines of this format. OpenAI's is the one that most sinks take. */
export const DEFAULT_FORMAT: Record<ExampleFile, ExportFormat> = {
  sft: "openai",
  preference: "openai",
  eval: "openai",
  kto: "trl",
};

export interface FileInFormat {
  file: ExampleFile;
  format: ExportFormat;
}

export function isExportFormat(text: string): text is ExportFormat {
  return EXPORT_FORMATS.some((format) => format === text);
}

export function canExport({ file, format }: FileInFormat): boolean {
  return FORMATS[format].write[file] !== undefined;
}

/** Every pair of file and format that a batch can be pulled in. */
export const EXPORTABLE: readonly FileInFormat[] = EXAMPLE_FILES.flatMap((file) =>
  EXPORT_FORMATS.map((format) => ({ file, format })).filter(canExport),
);

export interface LeftOut extends Obstacle {
  exampleId: string;
}

export interface ExportedFile extends FileInFormat {
  /** Rows as JSON texts, in the order of the examples; fileBytes makes the file of them, JSON lines or Parquet. */
  lines: string[];
  left: LeftOut[];
  /** Example ids in line order: `included[n]` is on line n + 1. */
  included: string[];
  /** How many of the lines lost the model's reasoning: no format has a place for it that every model would read. */
  withoutReasoning: number;
}

/** Throws where the format has no such file (ask canExport first), or an example belongs to another file. */
export function exportFile({ file, format, examples }: FileInFormat & { examples: readonly Example[] }): ExportedFile {
  if (!canExport({ file, format })) throw new RangeError(`${format} has no file ${file}; ask canExport first`);
  const exported: ExportedFile = { file, format, lines: [], left: [], included: [], withoutReasoning: 0 };
  for (const example of examples) {
    if (example.file !== file) throw new RangeError(`example ${example.id} is of ${example.file}, not of ${file}`);
    const reading = exampleLine(example, FORMATS[format].write);
    if (reading.ok) {
      exported.lines.push(reading.value);
      exported.included.push(example.id);
      if (messagesOf(example).some(holdsReasoning)) exported.withoutReasoning++;
    } else {
      exported.left.push({ exampleId: example.id, ...reading.obstacle });
    }
  }
  return exported;
}

/** The bytes to publish: equal rows give equal bytes. */
export function fileBytes({
  file,
  format,
  lines,
}: Pick<ExportedFile, "file" | "format" | "lines">): Uint8Array<ArrayBuffer> {
  return FORMATS[format].container.encode({ file, lines });
}

/** `sft.openai.jsonl`; `sft.parquet`. */
export function fileNameOf({ file, format }: FileInFormat): string {
  const { extension } = FORMATS[format].container;
  return extension === format ? `${file}.${extension}` : `${file}.${format}.${extension}`;
}

export function contentTypeOf(format: ExportFormat): string {
  return FORMATS[format].container.contentType;
}

/** For the manifest: reasons in their fixed order, only those that occurred. */
export function countByReason(left: readonly LeftOut[]): Partial<Record<LeaveOutReason, number>> {
  const counts: Partial<Record<LeaveOutReason, number>> = {};
  for (const reason of LEAVE_OUT_REASONS) {
    const count = left.filter((row) => row.reason === reason).length;
    if (count > 0) counts[reason] = count;
  }
  return counts;
}

function messagesOf(example: Example): Message[] {
  const answers = "chosen" in example ? [example.chosen, example.rejected] : [example.completion];
  return [...example.prompt, ...answers];
}

function exampleLine(example: Example, writers: RowWriters): Reading<string> {
  const row = exampleRow(example, writers);
  if (!row.ok) return row;
  const line = toLine(row.value);
  return holdsLoneSurrogate(line) ? stopAt("row", "text_not_unicode") : { ok: true, value: line };
}

function exampleRow(example: Example, writers: RowWriters): Reading<JsonObject> {
  const row = callWriter(example, writers);
  if (row === undefined) throw new RangeError(`no writer for ${example.file}`);
  return row;
}

function callWriter(example: Example, writers: RowWriters): Reading<JsonObject> | undefined {
  switch (example.file) {
    case "sft":
      return writers.sft?.(example);
    case "eval":
      return writers.eval?.(example);
    case "preference":
      return writers.preference?.(example);
    case "kto":
      return writers.kto?.(example);
  }
}
