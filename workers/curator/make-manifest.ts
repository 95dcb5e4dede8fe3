/** The manifest of a batch, from what the night knows when it publishes. Pure: no clock, no chance. */
import { EXAMPLE_FILES, type Example, type ExampleFile } from "../../shared/core/example.ts";
import type { Message } from "../../shared/core/exchange.ts";
import { sha256Hex } from "../../shared/core/hash.ts";
import { canonicalJson, type Json } from "../../shared/core/json.ts";
import { MANIFEST_SCHEMA, type Manifest, type Retraction } from "../../shared/core/manifest.ts";
import { round6 } from "../../shared/core/probability.ts";
import type { Funnel } from "../../shared/core/run.ts";
import { CODE_VERSION } from "../../shared/core/version.ts";
import { ktoWeights } from "../../shared/export/kto-weights.ts";
import type { Drawing } from "../../shared/sample/drawing-bytes.ts";
import { EVAL_SHARE } from "../../shared/split/side.ts";
import type { ExportedHash } from "../../shared/store/batches.ts";
import type { ExampleRow } from "../../shared/store/examples.ts";
import type { Rate } from "../../shared/verdict/rates.ts";
import { WEIGHTS, WEIGHTS_VERSION } from "../../shared/verdict/weights.ts";
import type { BatchFiles } from "./batch-files.ts";
import { messageText } from "./conversation-text.ts";
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
  retractions: Retraction[];
  redacted: Manifest["redaction"];
  alarms: Manifest["dedupe"]["alarms"];
  /** Names of the eval sets that were kept out. */
  evalSets: string[];
  /** Manifests of the batches before, newest last. */
  earlier: readonly Manifest[];
  /** Why there is nothing worth training on, though there were rows; null: nothing stopped it. */
  stopped: string | null;
  guard: Manifest["guard"];
  /** To be remembered of what the exchanges have made. */
  rows: readonly ExampleRow[];
}

const DEDUPE_METHOD =
  "exact after normalisation; MinHash over word 5-grams of question and answer, both verified at Jaccard 0.75 without the template's shingles, against the batch and batches before";
const SAMPLING_METHOD =
  "systematic sampling, stratified by verdict, length and template, capped by user, session, template and question; and a uniform audit slice blind to feedback";

export function makeManifest(publication: Publication, { files, labels }: BatchFiles): Manifest {
  const { batch, app, task, window, funnel, drawing, examples } = publication;
  const { settings } = window;
  const counts = countFiles(examples);
  const logOdds = Object.fromEntries(Object.entries(WEIGHTS).map(([name, weight]) => [name, weight.logOdds]));
  const { guard, redaction } = publication.settings;
  const config = { settings, guard, redaction, logOdds, evalShare: EVAL_SHARE, codeVersion: CODE_VERSION };
  return {
    schema: MANIFEST_SCHEMA,
    id: batch,
    app,
    task,
    status: publication.guard?.held ? "held" : "ready",
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
    guard: publication.guard,
    lineage: lineageOf(examples),
    release: null,
    retractions: publication.retractions,
    emptyBecause: examples.length > 0 ? null : (publication.stopped ?? emptyBecause(publication)),
    sampling: {
      method: SAMPLING_METHOD,
      budget: drawing?.head.budget ?? settings.budget,
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
    judge: publication.judge,
    dedupe: { method: DEDUPE_METHOD, alarms: publication.alarms },
    redaction: publication.redacted,
    split: {
      evalShare: EVAL_SHARE,
      method: "SHA-256 of app and conversation group",
      evalSets: publication.evalSets,
    },
    kto: ktoWeights({ desirableCount: labels.desirable, undesirableCount: labels.undesirable }),
    preference: lengthBiasOf(examples),
    files,
  };
}

/** Evaluation rows are not learned. */
function lineageOf(examples: readonly Example[]): Manifest["lineage"] {
  const wrote = examples.flatMap(({ file, provenance: { lineage } }) =>
    file === "eval" || lineage.origin !== "model" ? [] : [lineage],
  );
  const models = [...new Set(wrote.flatMap(({ model }) => model ?? []))].sort();
  return { generation: wrote.reduce((most, { generation = 0 }) => Math.max(most, generation), 0), models };
}

function lengthBiasOf(examples: readonly Example[]): Manifest["preference"] {
  const ratios = examples.flatMap((example) => {
    if (example.file !== "preference") return [];
    return [Math.log((1 + charsOf(example.chosen)) / (1 + charsOf(example.rejected)))];
  });
  if (ratios.length === 0) return null;
  const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
  const longer = ratios.filter((ratio) => ratio > 0).length;
  return { pairs: ratios.length, chosenLonger: round6(longer / ratios.length), meanLogLengthRatio: round6(mean) };
}

function charsOf(message: Message): number {
  return messageText(message).length;
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
