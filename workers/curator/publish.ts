/**
 * Publishes a batch: canonical rows, a file for each format that can hold them, provenance, manifest; then the row in D1
 * that lists it. Every line is checked against its format first, and a batch with a wrong line is not published.
 * Files before the row, so that what is listed is there; all names and bytes depend on the input alone.
 */
import { NonRetryableError } from "cloudflare:workflows";
import { EXAMPLE_FILES, type Example, type ExampleFile } from "../../shared/core/example.ts";
import { sha256Hex } from "../../shared/core/hash.ts";
import { canonicalJson, type Json } from "../../shared/core/json.ts";
import { MANIFEST_SCHEMA, type Manifest, type ManifestFile } from "../../shared/core/manifest.ts";
import { round6 } from "../../shared/core/probability.ts";
import type { Funnel } from "../../shared/core/run.ts";
import { toBytes, toText } from "../../shared/core/text.ts";
import { CODE_VERSION } from "../../shared/core/version.ts";
import { validateProvenance } from "../../shared/export/check-provenance.ts";
import { countByReason, DEFAULT_FORMAT, EXPORTABLE, exportFile } from "../../shared/export/formats.ts";
import { ktoWeights } from "../../shared/export/kto-weights.ts";
import { provenanceLines } from "../../shared/export/provenance.ts";
import { type FileProblem, validateFile } from "../../shared/export/validate.ts";
import type { Drawing } from "../../shared/sample/drawing-bytes.ts";
import { EVAL_SHARE } from "../../shared/split/side.ts";
import { type ExportedHash, insertBatch, markExported, putBatchFile } from "../../shared/store/batches.ts";
import type { Rate } from "../../shared/verdict/rates.ts";
import { WEIGHTS, WEIGHTS_VERSION } from "../../shared/verdict/weights.ts";
import type { CurateTask } from "./run-window.ts";

export interface Publication extends CurateTask {
  batch: string;
  funnel: Funnel;
  /** undefined: there was no window to draw from. */
  drawing: Drawing | undefined;
  goodRate: Rate;
  calibrated: boolean;
  examples: readonly Example[];
  exported: readonly ExportedHash[];
}

interface BatchFile extends ManifestFile {
  name: string;
  content: Uint8Array;
}

const SAMPLING_METHOD =
  "systematic sampling, stratified by verdict, length and template, capped by user, session and template; and a uniform audit slice blind to feedback";

export async function publish(publication: Publication): Promise<void> {
  const { env, batch, app, task, window, exported } = publication;
  const files = makeFiles(publication.examples);
  const manifest = makeManifest(publication, files);
  const manifestBytes = toBytes(`${JSON.stringify(manifest, null, 2)}\n`);
  const sha256 = sha256Hex(manifestBytes);
  for (const file of files) {
    await putBatchFile(env.STORE, { batch, name: file.name, bytes: file.content, sha256: file.sha256 });
  }
  await putBatchFile(env.STORE, { batch, name: "manifest.json", bytes: manifestBytes, sha256 });
  await markExported(env.DB, { app, hashes: exported });
  const { status, counts } = manifest;
  await insertBatch(env.DB, {
    id: batch,
    run: window.run,
    app,
    task,
    status,
    createdAtMs: window.createdAtMs,
    counts,
    sha256,
  });
}

function makeFiles(examples: readonly Example[]): BatchFile[] {
  const byFile = Map.groupBy(examples, (example) => example.file);
  const defaults: { file: ExampleFile; included: readonly string[] }[] = [];
  // Keys stay in the order in which the app sent them: a model reads a tool's parameters in that order.
  const files = [
    jsonl({ file: "canonical", format: "winnow", lines: examples.map((example) => JSON.stringify(example)) }),
  ];
  for (const { file, format } of EXPORTABLE) {
    const exported = exportFile({ file, format, examples: byFile.get(file) ?? [] });
    refuseProblem(`${file}.${format}`, validateFile(exported)[0]);
    files.push(jsonl({ file, format, lines: exported.lines, leftOut: countByReason(exported.left) }));
    if (DEFAULT_FORMAT[file] === format) defaults.push({ file, included: exported.included });
  }
  const lines = provenanceLines({ files: defaults, examples });
  const rows = Object.fromEntries(defaults.map(({ file, included }) => [file, included.length]));
  refuseProblem("provenance", validateProvenance({ lines, rows })[0]);
  files.push(jsonl({ file: "provenance", format: "winnow", lines }));
  return files;
}

/** Data that does not fit was left out before; what is wrong here is a mistake of ours. */
function refuseProblem(name: string, problem: FileProblem | undefined): void {
  if (problem === undefined) return;
  const what = `${name} row ${problem.row}: ${problem.where} ${problem.message}`;
  throw new NonRetryableError(`${what}; the batch is not published`);
}

function jsonl(options: {
  file: ManifestFile["file"];
  format: string;
  lines: readonly string[];
  leftOut?: Partial<Record<string, number>>;
}): BatchFile {
  const { file, format, lines } = options;
  const content = toBytes(lines.map((line) => `${line}\n`).join(""));
  return {
    file,
    format,
    rows: lines.length,
    bytes: content.byteLength,
    sha256: sha256Hex(content),
    leftOut: { ...options.leftOut } as Record<string, number>,
    name: `${file}.${format}.jsonl`,
    content,
  };
}

function makeManifest(publication: Publication, files: readonly BatchFile[]): Manifest {
  const { batch, app, task, window, funnel, drawing, examples } = publication;
  const { settings } = window;
  const counts = countFiles(examples);
  const logOdds = Object.fromEntries(Object.entries(WEIGHTS).map(([name, weight]) => [name, weight.logOdds]));
  const config = { settings, logOdds, evalShare: EVAL_SHARE, codeVersion: CODE_VERSION };
  return {
    schema: MANIFEST_SCHEMA,
    id: batch,
    app,
    task,
    status: "ready",
    createdAt: new Date(window.createdAtMs).toISOString(),
    run: window.run,
    codeVersion: CODE_VERSION,
    window: {
      from: new Date(window.fromMs).toISOString(),
      to: new Date(window.toMs).toISOString(),
      maturationHours: window.maturationHours,
      cutShort: window.cut,
    },
    seed: window.seed,
    settings,
    configSha256: sha256Hex(canonicalJson(config as unknown as Json)),
    funnel,
    counts,
    emptyBecause: examples.length > 0 ? null : emptyBecause(publication),
    sampling: {
      method: SAMPLING_METHOD,
      auditSize: drawing?.head.auditSize ?? 0,
      strata: [...(drawing?.head.strata ?? [])],
      inclusionProbability: summarise(examples.map((example) => example.provenance.inclusionProbability)),
    },
    verdict: {
      weights: WEIGHTS_VERSION,
      calibrated: publication.calibrated,
      logOdds,
      learned: publication.learned,
      goodRate: roundRate(publication.goodRate),
    },
    split: { evalShare: EVAL_SHARE, method: "SHA-256 of app and conversation group" },
    kto: ktoWeightsOf(files),
    files: files.map(({ name: _name, content: _content, ...file }) => file),
  };
}

/** Of the lines that are in the file: a row that the format left out weighs nothing. */
function ktoWeightsOf(files: readonly BatchFile[]): Manifest["kto"] {
  const file = files.find((one) => one.file === "kto" && one.format === DEFAULT_FORMAT.kto);
  const lines =
    file === undefined
      ? []
      : toText(file.content)
          .split("\n")
          .filter((line) => line !== "");
  const desirableCount = lines.filter((line) => (JSON.parse(line) as { label: boolean }).label).length;
  return ktoWeights({ desirableCount, undesirableCount: lines.length - desirableCount });
}

function countFiles(examples: readonly Example[]): Record<ExampleFile, number> {
  const count = (file: ExampleFile) => examples.filter((example) => example.file === file).length;
  return Object.fromEntries(EXAMPLE_FILES.map((file) => [file, count(file)])) as Record<ExampleFile, number>;
}

function emptyBecause({ window, funnel, task }: Publication): string {
  const between = `between ${new Date(window.fromMs).toISOString()} and ${new Date(window.toMs).toISOString()}`;
  if (funnel.window === 0) {
    return `no exchange ${task === null ? "" : `of task ${task} `}${between} whose feedback had ${window.maturationHours} h to come in`;
  }
  const buckets = Object.entries(funnel).filter(([bucket]) => bucket !== "window");
  return `${funnel.window} ${funnel.window === 1 ? "exchange" : "exchanges"} ${between}, none of them an example: ${buckets.map(([bucket, count]) => `${count} ${bucket}`).join(", ")}`;
}

function roundRate({ share, low, high, rows, effectiveRows }: Rate): Manifest["verdict"]["goodRate"] {
  const rounded = { low: round6(low), high: round6(high), rows, effectiveRows: round6(effectiveRows) };
  return { share: share === null ? null : round6(share), ...rounded };
}

function summarise(values: readonly number[]): { min: number; mean: number; max: number } | null {
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const min = values.reduce((least, value) => Math.min(least, value), 1);
  const max = values.reduce((most, value) => Math.max(most, value), 0);
  return { min, mean: Math.round(mean * 1e6) / 1e6, max };
}
