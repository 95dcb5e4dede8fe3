/** What a nightly run is given, and what it answers. */
import type { ExampleFile, Ground } from "./example.ts";
import type { ExchangeId } from "./ids.ts";

export interface RunSettings {
  /** Exchanges drawn from one task, besides the audit slice. */
  budget: number;
  /** And from all tasks of an app in one night: shared out evenly, and what a small task can't use goes to the others. */
  nightBudget: number;
  /** Share of a task's exchanges drawn blind to feedback. */
  auditShare: number;
  /** P(good) from which an answer becomes an SFT target. */
  pGoodMin: number;
  /** Shares of the budget that one user, one session and, where there are several, one template may have. */
  userShareMax: number;
  sessionShareMax: number;
  templateShareMax: number;
  /** And what is asked in the same, or nearly the same words. */
  clusterShareMax: number;
  /** Checks by name; false turns one off. */
  checks: Record<string, boolean>;
}

/**
 * budget: a batch that one fine-tuning job takes (LIMA 1,000, AlpaGasus 9,000; FORMATS.md). auditShare: enough for
 * a rate within ±5 points from some 8,000 exchanges. pGoodMin: under the 0.80 of a single thumb, over what any one
 * weaker sign reaches after a contradiction. nightBudget: ten tasks at their budget; each row costs a read of R2, and a
 * hundred tasks would cost a hundred times that. The shares: twenty users, fifty sessions, and fifty questions, fill a batch
 * at least.
 */
export const DEFAULT_SETTINGS: RunSettings = {
  budget: 5_000,
  nightBudget: 50_000,
  auditShare: 0.05,
  pGoodMin: 0.7,
  userShareMax: 0.05,
  sessionShareMax: 0.02,
  templateShareMax: 0.8,
  clusterShareMax: 0.02,
  checks: {},
};
export const DEFAULT_MATURATION_HOURS = 24;

export interface RunParams {
  startedBy: "cron" | "api";
  /** null: every app. */
  app: string | null;
  task: string | null;
  /** null: where the last cron run ended. */
  fromMs: number | null;
  /** null: as late as maturation allows. */
  toMs: number | null;
  maturationHours: number;
  /** null: made from the window, so that the same night draws the same rows. */
  seed: string | null;
  /** What this run was given over what the app has set. */
  settings: { [Name in keyof RunSettings]?: RunSettings[Name] | undefined };
}

/** `window` counts the exchanges; every one of them is in exactly one of the other counts. */
export type Funnel = { window: number; [bucket: string]: number };

export function addFunnels(funnels: readonly Funnel[]): Funnel {
  const total: Funnel = { window: 0 };
  for (const funnel of funnels) {
    for (const [bucket, count] of Object.entries(funnel)) total[bucket] = (total[bucket] ?? 0) + count;
  }
  return total;
}

/** Rows that say the same or nearly the same. */
export interface Cluster {
  /** The one that was taken, tonight or in an earlier batch. */
  representative: ExchangeId;
  size: number;
}

/** A row that was made of an exchange; `row` counts from 1 in the file's default format, null where that one left it out. */
export interface TrailRow {
  file: ExampleFile;
  row: number | null;
  /** Of a pair in which another exchange's answer is chosen over its own. */
  as?: "rejected";
  /** The row that it takes the place of. */
  amends?: { batch: string; version: number };
}

/** One line of a run's trail: what became of an exchange, and why. What an earlier version did not know is undefined. */
export interface TrailEntry {
  id: string;
  bucket: string;
  /** More of the reason, in words. */
  reason?: string;
  /** Not of the run's window: something was said of it after it had made rows. */
  isLate?: true;
  /** With which it could be drawn, and was or was not. */
  inclusionProbability: number;
  stratum: string;
  audit: boolean;
  /** Of what follows nothing is known where it wasn't drawn: null, or empty. */
  pGood: number | null;
  interval: { low: number; high: number } | null;
  /** The parts of P(good): they sum to its log-odds. */
  grounds: Ground[];
  /** The check that its answer failed, and what that found; null: none. */
  failed?: { check: string; because: string | null } | null;
  /** Null: it was not compared, or nothing was known of it. */
  cluster?: Cluster | null;
  side: "train" | "eval" | null;
  batch: string | null;
  /** Earlier batches that held rows of it, or took them back. */
  before?: string[];
  rows: TrailRow[];
  /** Rows of earlier batches that this one takes back. */
  retracted?: { file: ExampleFile; batch: string; version: number; reason: string }[];
}

/** Which part of the night decides on a bucket: of those that are not named, the making of examples. */
const STAGES: Readonly<Record<string, string>> = {
  not_sampled: "sample",
  over_user_share: "sample",
  over_session_share: "sample",
  metadata_only: "read",
  body_missing: "read",
  not_understood: "read",
  no_room: "read",
  duplicate: "dedupe",
  near_duplicate: "dedupe",
  over_cluster_share: "dedupe",
  exported_before: "dedupe",
  on_other_side: "split",
  in_eval_set: "split",
  stopped: "guard",
};

export function stageOf(bucket: string, checks: readonly string[]): string {
  return STAGES[bucket] ?? (checks.includes(bucket) ? "check" : "assemble");
}
