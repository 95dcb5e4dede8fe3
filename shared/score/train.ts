/**
 * The learned scorer of one app: trained on what voters said, calibrated on rows that it had not seen, and used only if
 * it explains held-out words better than what was known without it. Prediction for a row that voters spoke of always
 * comes from a model that did not see the row's group, so that it cannot echo them.
 */
import { uniform } from "../core/hash.ts";
import { evidenceScore, sigmoid } from "../core/probability.ts";
import { type Calibration, calibrate, fitIsotonic, fitPlatt, type HeldOut } from "./calibrate.ts";
import type { FeatureTable } from "./feature-table.ts";
import { fitLogistic, type LinearModel, scoreRow, type TrainingRow } from "./logistic.ts";
import { auc, calibrationError, wordLoss } from "./measures.ts";
import { shuffled } from "./shuffle.ts";

export const SCORER_VERSION = "logistic-1";
export const FOLDS = 5;
/** Fewer rows teach nothing that could be told from chance. */
export const TRAINING_ROWS_MIN = 50;
/** More rows hardly better it, and cost a Worker's time. */
export const TRAINING_ROWS_MAX = 10_000;
/** N-grams are tried from here. */
const NGRAM_ROWS_MIN = 200;
/** The gain over what was known without it: standard errors, and nats a row. */
const GAIN_ERRORS_MIN = 2;
const GAIN_NATS_MIN = 0.002;

export interface Scorer {
  version: typeof SCORER_VERSION;
  model: LinearModel;
  calibration: Calibration;
}

/** What the manifest says of it. */
export interface ScorerReport {
  used: boolean;
  /** In words. */
  because: string;
  rows: number;
  features: "simple" | "simple and n-grams" | null;
  calibration: Calibration["method"] | null;
  /** Out of fold: area under the ROC curve against what voters said, whose noise draws it towards 0.5. */
  auc: number | null;
  /** Out of fold, nats a row: with the scorer, and with the base rate (and the agreement of siblings) alone. */
  logLoss: number | null;
  baseLogLoss: number | null;
  /** In standard errors. */
  gainErrors: number | null;
  calibrationError: number | null;
  /** Of what was known without it. */
  baseCalibrationError: number | null;
}

export interface TrainedScorer {
  report: ScorerReport;
  /** null: not used. */
  scorer: Scorer | null;
  /** Calibrated log-odds, offset included, by the row's number, for each row it was trained on; empty if not used. */
  heldOut: Map<number, number>;
}

export interface TrainOptions {
  table: FeatureTable;
  rows: readonly TrainingRow[];
  seed: string;
  /** May n-grams be tried too? They take most of the time. */
  ngrams: boolean;
}

export function trainScorer(options: TrainOptions): TrainedScorer {
  const { table, seed } = options;
  const told = options.rows.filter(({ evidence }) => evidence !== 0);
  if (told.length < TRAINING_ROWS_MIN)
    return refused(told.length, `${told.length} rows with a vote, ${TRAINING_ROWS_MIN} at least`);
  const rows = shuffled(told, `${seed}\0sample`).slice(0, TRAINING_ROWS_MAX);
  const trials = [trial({ table, rows, seed, ngrams: false })];
  if (options.ngrams && rows.length >= NGRAM_ROWS_MIN) trials.push(trial({ table, rows, seed, ngrams: true }));
  const best = trials.reduce((a, b) => (b.gain.mean > a.gain.mean ? b : a));
  const report = reportOn(best, rows);
  if (!report.used) return { report, scorer: null, heldOut: new Map() };
  const model = fitLogistic({ table, rows, ngrams: best.ngrams, seed });
  const heldOut = new Map(rows.map(({ row }, at) => [row, best.calibrated[at] ?? 0]));
  return { report, scorer: { version: SCORER_VERSION, model, calibration: best.calibration }, heldOut };
}

/** Calibrated log-odds of "good" for a row that it was not trained on, offset included. */
export function scoreWith(scorer: Scorer, options: { table: FeatureTable; row: number; offset: number }): number {
  const { table, row, offset } = options;
  return calibrate(scorer.calibration, offset + scoreRow(scorer.model, table, row));
}

interface Trial {
  ngrams: boolean;
  calibration: Calibration;
  /** Out of fold for model and calibration, in the order of the rows. */
  calibrated: number[];
  gain: { mean: number; errors: number };
}

function trial(options: { table: FeatureTable; rows: readonly TrainingRow[]; seed: string; ngrams: boolean }): Trial {
  const { table, rows, seed, ngrams } = options;
  const folds = rows.map(({ group }) => Math.floor(FOLDS * uniform(seed, "fold", group)));
  const raw = new Array<number>(rows.length).fill(0);
  for (let fold = 0; fold < FOLDS; fold++) {
    const model = fitLogistic({ table, rows: rows.filter((_, at) => folds[at] !== fold), ngrams, seed });
    for (const [at, { row, offset }] of rows.entries()) {
      if (folds[at] === fold) raw[at] = offset + scoreRow(model, table, row);
    }
  }
  const heldOut = rows.map(({ evidence }, at): HeldOut => ({ logOdds: raw[at] ?? 0, evidence }));
  const choices = [fitPlatt, fitIsotonic].map((learn) => {
    const calibrated = acrossFolds(heldOut, folds, learn);
    return { learn, calibrated, gain: gainOf(rows, calibrated) };
  });
  const [platt, isotonic] = choices;
  const chosen =
    platt === undefined || (isotonic !== undefined && isotonic.gain.mean > platt.gain.mean) ? isotonic : platt;
  if (chosen === undefined) throw new Error("no way of calibrating was tried");
  return { ngrams, calibration: chosen.learn(heldOut), calibrated: chosen.calibrated, gain: chosen.gain };
}

/** Each fold is calibrated by what was learned on the others. */
function acrossFolds(
  heldOut: readonly HeldOut[],
  folds: readonly number[],
  learn: (rows: readonly HeldOut[]) => Calibration,
): number[] {
  const fitted = Array.from({ length: FOLDS }, (_, fold) => learn(heldOut.filter((_row, at) => folds[at] !== fold)));
  return heldOut.map(({ logOdds }, at) => {
    const calibration = fitted[folds[at] ?? 0];
    return calibration === undefined ? logOdds : calibrate(calibration, logOdds);
  });
}

/** Over the offset alone; a group counts as one observation, as its rows are alike. */
function gainOf(rows: readonly TrainingRow[], calibrated: readonly number[]): Trial["gain"] {
  const byGroup = new Map<string, number>();
  let total = 0;
  for (const [at, { evidence, offset, group }] of rows.entries()) {
    const gain = evidenceScore(sigmoid(calibrated[at] ?? 0), evidence) - evidenceScore(sigmoid(offset), evidence);
    total += gain;
    byGroup.set(group, (byGroup.get(group) ?? 0) + gain);
  }
  const mean = total / byGroup.size;
  const squares = [...byGroup.values()].reduce((sum, gain) => sum + (gain - mean) ** 2, 0);
  const error = Math.sqrt((squares * byGroup.size) / Math.max(1, byGroup.size - 1));
  return { mean: total / rows.length, errors: error === 0 ? 0 : total / error };
}

function reportOn(best: Trial, rows: readonly TrainingRow[]): ScorerReport {
  const predicted = rows.map(({ evidence }, at) => ({ pGood: sigmoid(best.calibrated[at] ?? 0), evidence }));
  const before = rows.map(({ evidence, offset }) => ({ pGood: sigmoid(offset), evidence }));
  const { mean, errors } = best.gain;
  const used = mean >= GAIN_NATS_MIN && errors >= GAIN_ERRORS_MIN;
  const found = `${mean.toFixed(4)} nats a row better than without it on held-out rows, ${errors.toFixed(1)} standard errors`;
  const asked = `${GAIN_NATS_MIN} nats and ${GAIN_ERRORS_MIN} standard errors are asked for`;
  return {
    used,
    because: used ? found : `${found}; ${asked}`,
    rows: rows.length,
    features: best.ngrams ? "simple and n-grams" : "simple",
    calibration: best.calibration.method,
    auc: auc(predicted),
    logLoss: wordLoss(predicted),
    baseLogLoss: wordLoss(before),
    gainErrors: errors,
    calibrationError: calibrationError(predicted),
    baseCalibrationError: calibrationError(before),
  };
}

function refused(rows: number, because: string): TrainedScorer {
  const report: ScorerReport = {
    used: false,
    because,
    rows,
    features: null,
    calibration: null,
    auc: null,
    logLoss: null,
    baseLogLoss: null,
    gainErrors: null,
    calibrationError: null,
    baseCalibrationError: null,
  };
  return { report, scorer: null, heldOut: new Map() };
}
