/**
 * Writes the files of a batch, one after the other, so that no two are in memory: the canonical rows, one for each format
 * that can hold them, and the provenance. Each is read back and checked against its format first; a batch with a wrong line
 * is not published. All names and bytes depend on the examples alone.
 */
import { NonRetryableError } from "cloudflare:workflows";
import type { Example, ExampleFile } from "../../shared/core/example.ts";
import { sha256Hex } from "../../shared/core/hash.ts";
import type { ManifestFile } from "../../shared/core/manifest.ts";
import { toBytes } from "../../shared/core/text.ts";
import { validateProvenance } from "../../shared/export/check-provenance.ts";
import {
  countByReason,
  DEFAULT_FORMAT,
  EXPORTABLE,
  exportFile,
  fileBytes,
  fileNameOf,
} from "../../shared/export/formats.ts";
import { provenanceLines } from "../../shared/export/provenance.ts";
import { type FileProblem, validateBytes } from "../../shared/export/validate.ts";
import { putBatchFile } from "../../shared/store/batches.ts";

export interface BatchFiles {
  files: ManifestFile[];
  /** In the default form of KTO: a row that the format left out weighs nothing. */
  labels: { desirable: number; undesirable: number };
  /** By example: its row in the file's default format, from 1. */
  rowOf: ReadonlyMap<string, number>;
}

export async function writeBatchFiles(options: {
  bucket: R2Bucket;
  batch: string;
  examples: readonly Example[];
}): Promise<BatchFiles> {
  const { examples } = options;
  const files: ManifestFile[] = [];
  const labels = { desirable: 0, undesirable: 0 };
  const defaults: { file: ExampleFile; included: readonly string[] }[] = [];
  const write = async (file: FileToWrite) => files.push(await writeFile(options, file));
  // Keys stay in the order in which the app sent them: a model reads a tool's parameters in that order.
  await write(
    jsonl(
      "canonical",
      examples.map((example) => JSON.stringify(example)),
    ),
  );
  const byFile = Map.groupBy(examples, (example) => example.file);
  for (const { file, format } of EXPORTABLE) {
    const exported = exportFile({ file, format, examples: byFile.get(file) ?? [] });
    const content = fileBytes(exported);
    refuseProblem(`${file}.${format}`, (await validateBytes({ file, format, bytes: content }))[0]);
    const leftOut = { ...countByReason(exported.left) } as Record<string, number>;
    const { withoutReasoning } = exported;
    const leftAway: Record<string, number> = withoutReasoning > 0 ? { reasoning: withoutReasoning } : {};
    const rows = exported.lines.length;
    await write({ file, format, name: fileNameOf({ file, format }), rows, leftOut, leftAway, content });
    if (DEFAULT_FORMAT[file] !== format) continue;
    defaults.push({ file, included: exported.included });
    if (file === "kto") countLabels(labels, exported.lines);
  }
  const lines = provenanceLines({ files: defaults, examples });
  const rows = Object.fromEntries(defaults.map(({ file, included }) => [file, included.length]));
  refuseProblem("provenance", validateProvenance({ lines, rows })[0]);
  await write(jsonl("provenance", lines));
  const rowOf = new Map(defaults.flatMap(({ included }) => included.map((id, at): [string, number] => [id, at + 1])));
  return { files, labels, rowOf };
}

interface FileToWrite extends Pick<ManifestFile, "file" | "format" | "rows" | "leftOut" | "leftAway"> {
  name: string;
  content: Uint8Array;
}

async function writeFile(
  { bucket, batch }: { bucket: R2Bucket; batch: string },
  { name, content, ...file }: FileToWrite,
): Promise<ManifestFile> {
  const sha256 = sha256Hex(content);
  await putBatchFile(bucket, { batch, name, bytes: content, sha256 });
  const { file: what, format, rows, leftOut, leftAway } = file;
  return { file: what, format, rows, bytes: content.byteLength, sha256, leftOut, leftAway };
}

function jsonl(file: "canonical" | "provenance", lines: readonly string[]): FileToWrite {
  const content = toBytes(lines.map((line) => `${line}\n`).join(""));
  return {
    file,
    format: "winnow",
    name: `${file}.winnow.jsonl`,
    rows: lines.length,
    leftOut: {},
    leftAway: {},
    content,
  };
}

function countLabels(labels: BatchFiles["labels"], lines: readonly string[]): void {
  for (const line of lines) {
    if ((JSON.parse(line) as { label: boolean }).label) labels.desirable++;
    else labels.undesirable++;
  }
}

/** Data that does not fit was left out before; what is wrong here is a mistake of ours. */
function refuseProblem(name: string, problem: FileProblem | undefined): void {
  if (problem === undefined) return;
  const what = `${name} row ${problem.row}: ${problem.where} ${problem.message}`;
  throw new NonRetryableError(`${what}; the batch is not published`);
}
