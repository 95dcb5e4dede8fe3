/**
 * When a batch is held: every threshold, with its reason. A text measure is over its threshold when it is worse than its
 * baseline by more than the margin beyond doubt: the worsening, less `ERRORS` standard errors of the comparison, exceeds
 * the margin. So a small batch with its wide errors is held only for what is gross, and a large one never for a change
 * that is certain and does not matter.
 */
import type { TextMeasure } from "./measures.ts";

export interface Thresholds {
  text: Record<TextMeasure, Threshold>;
  /** Least share of the earlier batch's rare words, by those expected. */
  tailCoverageMin: number;
  /** Greatest share of rows that our own fine-tunes of generation 2 or more wrote. */
  deepSelfWrittenShareMax: number;
  /** A grounded share under this part of the baseline's, where our own fine-tunes write most of the rest. */
  groundedKeptMin: number;
  /** Greatest share of rows whose prompt a model wrote. */
  modelPromptShareMax: number;
}

export interface Threshold {
  /** Which way is worse. */
  worse: "up" | "down";
  /** relative: a part of the baseline. absolute: in the measure's own unit. */
  scale: "relative" | "absolute";
  margin: number;
}

/** One-sided 99% for one comparison; a night makes some thirty, and the margins do most of the work. */
export const ERRORS = 2.33;
/** Batches that "recent" needs: a spread of fewer is none. */
export const RECENT_MIN = 3;
export const RECENT_MAX = 7;
/** Texts that a reference needs: three blocks of ordinary answers. */
export const REFERENCE_ROWS_MIN = 30;
/** Rows under which shares of lineage are not judged: what the sinks take at least. */
export const LINEAGE_ROWS_MIN = 10;

const lexical = (worse: Threshold["worse"], margin: number): Threshold => ({ worse, scale: "relative", margin });
const absolute = (worse: Threshold["worse"], margin: number): Threshold => ({ worse, scale: "absolute", margin });

/**
 * The lexical margins lie outside what honest nights of one app show that change topic, length and size, and inside what
 * a flywheel that eats its own answers shows by its second or third generation (test/guard measures both).
 *
 * - distinct-1 moves most with topic, distinct-3 hardly: so the longer the n-gram, the narrower the margin.
 * - entropies are logarithms: a twentieth fewer bits of bigrams, where a block has some 8.7, is a quarter fewer of them.
 * - self-repetition starts near nothing, so its margin is absolute: one 4-gram in ten more stands in another text.
 * - openings: 24 texts of which a fifth more begin alike; three twentieths of the openings' entropy gone.
 * - likedFlattery: in one answer of ten more flattery is liked than is given. likedLength: liked answers longer than the
 *   given ones by a further half (e^0.4). Both are differences inside one night, which topics do not move.
 * - tail coverage: under half of the rare words where all are expected; honest topics move it by a quarter.
 * - self-written: training once on one's own liked answers is common practice and gains (ReST, Gulcehre et al. 2023,
 *   arXiv:2308.08998); from the second round on, each compounds the last, and a batch that is mostly that is replacement,
 *   which degrades without limit where accumulation does not (Gerstgrasser et al. 2024, arXiv:2404.01413).
 * - grounded: where models of others write, few corrections are distillation; where our own write most, they are the only
 *   thing that comes from outside, so losing three quarters of them matters.
 * - modelPrompts: answers to a model's questions are a model's world; half of a batch may be.
 */
export const DEFAULT_THRESHOLDS: Thresholds = {
  text: {
    gzipRatio: lexical("up", 0.15),
    distinct1: lexical("down", 0.2),
    distinct2: lexical("down", 0.1),
    distinct3: lexical("down", 0.08),
    entropy1: lexical("down", 0.1),
    entropy2: lexical("down", 0.05),
    selfRepetition: absolute("up", 0.1),
    gzipRatioWide: lexical("up", 0.2),
    distinct1Wide: lexical("down", 0.25),
    distinct2Wide: lexical("down", 0.15),
    distinct3Wide: lexical("down", 0.12),
    entropy1Wide: lexical("down", 0.1),
    entropy2Wide: lexical("down", 0.06),
    selfRepetitionWide: absolute("up", 0.15),
    openingTopShare: absolute("up", 0.2),
    openingEntropy: absolute("down", 0.15),
    likedFlattery: absolute("up", 0.1),
    likedLength: absolute("up", 0.4),
  },
  tailCoverageMin: 0.5,
  deepSelfWrittenShareMax: 0.5,
  groundedKeptMin: 0.25,
  modelPromptShareMax: 0.5,
};

/** What an app sets over the defaults; measures that it leaves out keep theirs. */
export interface ThresholdSettings extends Partial<Omit<Thresholds, "text">> {
  /** Margins by measure. */
  margins?: Partial<Record<TextMeasure, number>>;
}

export function thresholdsWith({ margins = {}, ...shares }: ThresholdSettings): Thresholds {
  const text = Object.fromEntries(
    Object.entries(DEFAULT_THRESHOLDS.text).map(([name, threshold]) => {
      const margin = margins[name as TextMeasure];
      return [name, margin === undefined ? threshold : { ...threshold, margin }];
    }),
  ) as Thresholds["text"];
  return { ...DEFAULT_THRESHOLDS, ...shares, text };
}
