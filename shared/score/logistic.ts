/**
 * Logistic regression by stochastic gradient descent with AdaGrad steps (Duchi et al. 2011), on labels that are
 * themselves uncertain: a row brings the log-odds of what its voters said, and the loss is that of the words, not of a
 * label made up from them (Raykar et al. 2010). Where p is the prediction and q = sigmoid(logit p + evidence) what it
 * becomes with the words, the gradient is p − q: words that say nothing teach nothing.
 */
import { sigmoid } from "../core/probability.ts";
import { DENSE_WIDTH, type FeatureTable } from "./feature-table.ts";
import { BUCKETS, LABEL_BUCKETS } from "./ngrams.ts";
import { shuffled } from "./shuffle.ts";

export interface LinearModel {
  bias: number;
  /** Over standardised features. */
  dense: Float32Array;
  means: Float32Array;
  deviations: Float32Array;
  labels: Float32Array;
  /** Empty: n-grams are left out. */
  ngrams: Float32Array;
}

export interface TrainingRow {
  row: number;
  /** Log-odds of its voters' words. */
  evidence: number;
  /** Log-odds of "good" that is known without the scorer. */
  offset: number;
  /** Rows of one group are never on both sides of a fold: answers to one prompt are alike. */
  group: string;
}

export interface FitOptions {
  table: FeatureTable;
  rows: readonly TrainingRow[];
  ngrams: boolean;
  seed: string;
}

/** Visits of a row in all: few rows are gone over more often. */
const VISITS = 40_000;
const EPOCHS = { min: 4, max: 60 };
const STEP = 0.1;
/** Precision of the prior around 0: of one standardised feature, of one label, of one n-gram. */
const PENALTY = { dense: 8, label: 4, ngram: 2 };
/** How far the n-grams of one answer reach together, against one standardised feature. */
const NGRAM_REACH = 2;
/** A feature beyond this is as far as it gets: one odd row must not move everything. */
const STANDARD_MAX = 4;
/** An answer unlike all others must not be near certain by looks alone: 98% from even odds. */
const SCORE_MAX = 4;

export function fitLogistic({ table, rows, ngrams, seed }: FitOptions): LinearModel {
  const model = emptyModel(table, rows, ngrams);
  const steps = {
    bias: 1,
    dense: ones(DENSE_WIDTH),
    labels: ones(LABEL_BUCKETS),
    ngrams: ones(model.ngrams.length),
  };
  const epochs = Math.max(EPOCHS.min, Math.min(EPOCHS.max, Math.round(VISITS / Math.max(1, rows.length))));
  const standard = new Float64Array(DENSE_WIDTH);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const { row, evidence, offset } of shuffled(rows, `${seed}\0${epoch}`)) {
      standardise(model, table.denseOf(row), standard);
      const seen = { standard, labels: table.labelsOf(row), ngrams: table.bucketsOf(row) };
      const logOdds = offset + scoreOf(model, seen);
      const gradient = sigmoid(logOdds) - sigmoid(logOdds + evidence);
      steps.bias += gradient * gradient;
      model.bias -= (STEP * gradient) / Math.sqrt(steps.bias);
      stepDense(model.dense, steps.dense, { standard, gradient, shrink: PENALTY.dense / rows.length });
      const label = { buckets: seen.labels, gradient, shrink: PENALTY.label / rows.length };
      stepBuckets(model.labels, steps.labels, label);
      if (model.ngrams.length === 0) continue;
      const share = (NGRAM_REACH * gradient) / Math.sqrt(Math.max(1, seen.ngrams.length));
      const ngram = { buckets: seen.ngrams, gradient: share, shrink: PENALTY.ngram / rows.length };
      stepBuckets(model.ngrams, steps.ngrams, ngram);
    }
  }
  return model;
}

/** What the model adds to the offset, in log-odds. */
export function scoreRow(model: LinearModel, table: FeatureTable, row: number): number {
  const standard = standardise(model, table.denseOf(row), new Float64Array(DENSE_WIDTH));
  const score = scoreOf(model, { standard, labels: table.labelsOf(row), ngrams: table.bucketsOf(row) });
  return Math.max(-SCORE_MAX, Math.min(SCORE_MAX, score));
}

function scoreOf(
  model: LinearModel,
  seen: { standard: Float64Array; labels: Uint16Array; ngrams: Uint16Array },
): number {
  const { standard, labels, ngrams } = seen;
  let score = model.bias;
  for (let at = 0; at < DENSE_WIDTH; at++) score += (model.dense[at] ?? 0) * (standard[at] ?? 0);
  for (const label of labels) score += model.labels[label] ?? 0;
  if (model.ngrams.length === 0 || ngrams.length === 0) return score;
  let sum = 0;
  for (const bucket of ngrams) sum += model.ngrams[bucket] ?? 0;
  return score + (NGRAM_REACH * sum) / Math.sqrt(ngrams.length);
}

interface Step {
  gradient: number;
  shrink: number;
}

function stepDense(weights: Float32Array, squares: Float64Array, step: Step & { standard: Float64Array }): void {
  const { gradient, shrink, standard } = step;
  for (let at = 0; at < DENSE_WIDTH; at++) {
    const own = gradient * (standard[at] ?? 0) + shrink * (weights[at] ?? 0);
    const soFar = (squares[at] ?? 1) + own * own;
    squares[at] = soFar;
    weights[at] = (weights[at] ?? 0) - (STEP * own) / Math.sqrt(soFar);
  }
}

function stepBuckets(weights: Float32Array, squares: Float64Array, step: Step & { buckets: Uint16Array }): void {
  const { gradient, shrink, buckets } = step;
  for (const bucket of buckets) {
    const own = gradient + shrink * (weights[bucket] ?? 0);
    const soFar = (squares[bucket] ?? 1) + own * own;
    squares[bucket] = soFar;
    weights[bucket] = (weights[bucket] ?? 0) - (STEP * own) / Math.sqrt(soFar);
  }
}

function ones(length: number): Float64Array {
  return new Float64Array(length).fill(1);
}

function emptyModel(table: FeatureTable, rows: readonly TrainingRow[], ngrams: boolean): LinearModel {
  const sums = new Float64Array(DENSE_WIDTH);
  const squares = new Float64Array(DENSE_WIDTH);
  for (const { row } of rows) {
    const dense = table.denseOf(row);
    for (let at = 0; at < DENSE_WIDTH; at++) {
      const value = dense[at] ?? 0;
      sums[at] = (sums[at] ?? 0) + value / rows.length;
      squares[at] = (squares[at] ?? 0) + (value * value) / rows.length;
    }
  }
  return {
    bias: 0,
    dense: new Float32Array(DENSE_WIDTH),
    means: Float32Array.from(sums),
    deviations: Float32Array.from(squares, (square, at) => Math.sqrt(Math.max(0, square - (sums[at] ?? 0) ** 2))),
    labels: new Float32Array(LABEL_BUCKETS),
    ngrams: new Float32Array(ngrams ? BUCKETS : 0),
  };
}

/** A feature that never varied says nothing, whatever it is in a new row. */
function standardise(model: LinearModel, raw: Float32Array, into: Float64Array): Float64Array {
  for (let at = 0; at < DENSE_WIDTH; at++) {
    const deviation = model.deviations[at] ?? 0;
    const standard = deviation < 1e-4 ? 0 : ((raw[at] ?? 0) - (model.means[at] ?? 0)) / deviation;
    into[at] = Math.max(-STANDARD_MAX, Math.min(STANDARD_MAX, standard));
  }
  return into;
}
