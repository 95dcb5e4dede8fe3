/** The manifest of a batch: everything there is to know about it, as it is published. */
import type { ExampleFile } from "./example.ts";
import type { ExchangeId } from "./ids.ts";
import type { JsonObject } from "./json.ts";
import type { JudgeSummary, LearnedVerdict } from "./judged.ts";
import type { Funnel, RunSettings } from "./run.ts";

export const MANIFEST_SCHEMA = "winnow.manifest.1";

export interface ManifestFile {
  file: ExampleFile | "provenance" | "canonical";
  format: string;
  rows: number;
  bytes: number;
  /** Hex, of the file's bytes. */
  sha256: string;
  /** Rows that the format cannot express, by reason. */
  leftOut: Record<string, number>;
  /** Rows that are in the file without a part of theirs that no sink learns, by what it is: `reasoning`. */
  leftAway: Record<string, number>;
}

export interface Manifest {
  schema: typeof MANIFEST_SCHEMA;
  id: string;
  app: string;
  task: string | null;
  status: "ready" | "held";
  createdAt: string;
  run: string;
  codeVersion: string;
  window: { from: string; to: string; maturationHours: number; cutShort: boolean };
  seed: string;
  settings: RunSettings;
  /** Hex, of the canonical JSON of settings, weights and versions: equal hashes were made by equal rules. */
  configSha256: string;
  /** Every exchange of the window is in exactly one of the counts beside `window`. */
  funnel: Funnel;
  counts: Record<ExampleFile, number>;
  /** How the batch compares with generation 0 and with recent ones (shared/guard); null where it is empty. */
  guard: GuardReport | null;
  /** Of the rows that are learned: the greatest generation of their writers, and which models these were. */
  lineage: { generation: number; models: string[] };
  /** Who let a batch go that the guard held; null: nobody had to. */
  release: { at: string; reason: string; key: string } | null;
  /** Rows of earlier batches that feedback which came later takes back: leave them out of whatever is trained next. */
  retractions: Retraction[];
  /** Why the batch is empty; null when it isn't. */
  emptyBecause: string | null;
  sampling: {
    method: string;
    /** Of this task: what the night's budget left it. */
    budget: number;
    auditSize: number;
    strata: { stratum: string; size: number; drawn: number }[];
    /** Over the exchanges that became rows; null where there are none. */
    inclusionProbability: { min: number; mean: number; max: number } | null;
  };
  verdict: {
    weights: string;
    /** Is P(good), where it is learned, within five points of what people said of exchanges that it had not seen? */
    calibrated: boolean;
    /** The priors. */
    logOdds: Record<string, number>;
    /** What the night has learned beyond them; null where there was nothing. */
    learned: LearnedVerdict | null;
    /** Share of good answers in the window, each drawn row weighted by 1 / its probability; 95% interval. */
    goodRate: { share: number | null; low: number; high: number; rows: number; effectiveRows: number };
  };
  /** What the app's judge did in this night, over all of its tasks; null where none was chosen. */
  judge: JudgeSummary | null;
  dedupe: {
    method: string;
    /** Clusters of near-duplicates that eat much of a task: something asks the same again and again. */
    alarms: { exchangeId: ExchangeId; size: number; share: number }[];
  };
  /** Different values masked, by kind; those of two conversations count twice. */
  redaction: { at: "export" | "storage" | "off"; values: Record<string, number> };
  /** evalSets: the registered ones that no training row overlaps with. */
  split: { evalShare: number; method: string; evalSets: string[] };
  /** Loss weights for KTO; null where one side is empty. */
  kto: { desirable: number; undesirable: number; desirableCount: number; undesirableCount: number } | null;
  /** What chosen answers are longer by: pairs teach length faster than anything else. null where there are none. */
  preference: {
    pairs: number;
    /** Share of the pairs whose chosen answer is the longer one. */
    chosenLonger: number;
    /** Mean of log(chosen / rejected), in characters: 0 is no bias. */
    meanLogLengthRatio: number;
  } | null;
  files: ManifestFile[];
}

export interface Retraction {
  exampleId: string;
  /** Of the row that is taken back. */
  version: number;
  exchangeId: string;
  file: ExampleFile;
  /** The batch that holds it. */
  batch: string;
  /**
   * `amended`: this batch holds its next version. `no_longer`: its exchange makes other rows now. Else the funnel's reason
   * why its exchange would make none.
   */
  reason: string;
}

export interface GuardReport {
  held: boolean;
  /** Why, in words. */
  reasons: string[];
  /** The batch that is generation 0; null: there is none yet. */
  reference: string | null;
  /** Every comparison, what could not be compared, and what to mix in. */
  result: JsonObject;
  /** What later batches are compared with. */
  measures: JsonObject;
}
