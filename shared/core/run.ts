/** What a nightly run is given, and what it answers. */

export interface RunSettings {
  /** Exchanges drawn from one task, besides the audit slice. */
  budget: number;
  /** Share of a task's exchanges drawn blind to feedback. */
  auditShare: number;
  /** P(good) from which an answer becomes an SFT target. */
  pGoodMin: number;
  /** Checks by name; false turns one off. */
  checks: Record<string, boolean>;
}

/**
 * budget: a batch that one fine-tuning job takes (LIMA 1,000, AlpaGasus 9,000; FORMATS.md). auditShare: enough for
 * a rate within ±5 points from some 8,000 exchanges. pGoodMin: under the 0.80 of a single thumb, over what any one
 * weaker sign reaches after a contradiction.
 */
export const DEFAULT_SETTINGS: RunSettings = { budget: 5_000, auditShare: 0.05, pGoodMin: 0.7, checks: {} };
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
  settings: RunSettings;
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

/** One line of a run's trail: what became of an exchange, and why. */
export interface TrailEntry {
  id: string;
  bucket: string;
  /** null: not drawn. */
  inclusionProbability: number | null;
  stratum: string;
  audit: boolean;
  pGood: number;
  side: "train" | "eval" | null;
  batch: string;
  /** Files of the batch that hold a row made of it. */
  files: string[];
}
