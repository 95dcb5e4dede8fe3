/**
 * What behaviour (a copy, a regeneration, a metric) means in one app and task: its log-odds re-estimated each night
 * against explicit words, with shrinkage from task to app to the priors of weights.ts.
 *
 * For each signal: log of P(signal | good) / P(signal | bad) over the exchanges whose voters said how good they are,
 * counted softly by how far they can be believed, with its sampling variance; then normal–normal shrinkage (partial
 * pooling, Gelman & Hill 2007). Thumbs are not in here: what they are worth is found per actor (actors.ts).
 */
import type { Feedback } from "../core/feedback.ts";
import { type Signal, WEIGHTS, weigh, weightNameOf } from "./weights.ts";

export interface EstimatedWeight {
  logOdds: number;
  variance: number;
  /** Exchanges with the signal and with votes. */
  seen: number;
}

export type EstimatedWeights = Partial<Record<Signal, EstimatedWeight>>;

/** An exchange that people spoke of outright. */
export interface SpokenOf {
  task: string;
  /** P(good) by explicit words and whatever else is no behaviour. */
  pGood: number;
  signals: ReadonlySet<Signal>;
}

/** Variance of an app's weight around the prior, and of a task's around its app's. */
const APP_VARIANCE = 0.6 ** 2;
const TASK_VARIANCE = 0.3 ** 2;
/** Added to each count, so that none is zero (Haldane 1956, Anscombe 1956). */
const COUNT_OFFSET = 0.5;

/** Which of the weights a piece of behaviour goes by; null: it has none, or it is explicit. */
export function signalOf(piece: Feedback): Signal | null {
  return weigh(piece).labels ? null : (weightNameOf(piece) as Signal | null);
}

/** By task. A signal that was never seen beside a vote is left out: its prior stands. */
export function estimateWeights(rows: readonly SpokenOf[]): Map<string, EstimatedWeights> {
  const ofApp: EstimatedWeights = {};
  for (const signal of new Set(rows.flatMap((row) => [...row.signals]))) {
    const prior = { logOdds: WEIGHTS[signal].logOdds, variance: APP_VARIANCE };
    ofApp[signal] = shrink(countSignal(rows, signal), prior);
  }
  const byTask = new Map<string, EstimatedWeights>();
  for (const [task, ofTask] of Map.groupBy(rows, (row) => row.task)) {
    const weights: EstimatedWeights = {};
    for (const [signal, weight] of Object.entries(ofApp) as [Signal, EstimatedWeight][]) {
      const prior = { logOdds: weight.logOdds, variance: weight.variance + TASK_VARIANCE };
      weights[signal] = ofTask.length === rows.length ? weight : shrink(countSignal(ofTask, signal), prior);
    }
    byTask.set(task, weights);
  }
  return byTask;
}

interface Counts {
  goodWith: number;
  badWith: number;
  good: number;
  bad: number;
  seen: number;
}

function countSignal(rows: readonly SpokenOf[], signal: Signal): Counts {
  const counts: Counts = { goodWith: 0, badWith: 0, good: 0, bad: 0, seen: 0 };
  for (const { pGood, signals } of rows) {
    counts.good += pGood;
    counts.bad += 1 - pGood;
    if (!signals.has(signal)) continue;
    counts.goodWith += pGood;
    counts.badWith += 1 - pGood;
    counts.seen += 1;
  }
  return counts;
}

function shrink(counts: Counts, prior: { logOdds: number; variance: number }): EstimatedWeight {
  const { goodWith, badWith, good, bad, seen } = counts;
  if (seen === 0) return { ...prior, seen };
  const observed =
    Math.log((goodWith + COUNT_OFFSET) / (good + 2 * COUNT_OFFSET)) -
    Math.log((badWith + COUNT_OFFSET) / (bad + 2 * COUNT_OFFSET));
  const sampling = 1 / (goodWith + COUNT_OFFSET) + 1 / (badWith + COUNT_OFFSET);
  const precision = 1 / prior.variance + 1 / sampling;
  const logOdds = (prior.logOdds / prior.variance + observed / sampling) / precision;
  return { logOdds, variance: 1 / precision, seen };
}
