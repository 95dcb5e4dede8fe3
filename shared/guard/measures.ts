/** What the guard knows of a batch: plain numbers, some 15 KB of JSON, kept in the batch's manifest. */
import type { Estimate } from "./estimate.ts";
import type { TailSketch } from "./tail.ts";

/**
 * Of blocks of 480 words, and (`Wide`) of 4,800: what a hundred texts say again and again is not seen in ten of them.
 * `likedFlattery` and `likedLength` are differences between the liked rows and the night's uniform slice: shares, and
 * logs of words.
 */
export const TEXT_MEASURES = [
  ...(["gzipRatio", "distinct1", "distinct2", "distinct3", "entropy1", "entropy2", "selfRepetition"] as const),
  ...(["gzipRatioWide", "distinct1Wide", "distinct2Wide", "distinct3Wide"] as const),
  ...(["entropy1Wide", "entropy2Wide", "selfRepetitionWide"] as const),
  ...(["openingTopShare", "openingEntropy", "likedFlattery", "likedLength"] as const),
] as const;
export type TextMeasure = (typeof TEXT_MEASURES)[number];

export interface GuardMeasures {
  version: 1;
  /** Texts that are learned: one an exchange and text. */
  rows: number;
  /** Different ones among them. */
  differentTexts: number;
  /** Rows that a person wrote or mended, and their share. */
  groundedRows: number;
  groundedShare: number;
  /** Generation (1 and more) → share of the rows that fine-tunes of that generation wrote and nobody mended. */
  selfWrittenShare: Record<string, number>;
  /** Share of the rows whose prompt a model wrote. */
  modelPromptShare: number;
  /** Mean of the log of (words + 1), and the share that begins with flattery: told, not compared. */
  logWords: Estimate | null;
  flattery: Estimate | null;
  /** null: too little text to measure. */
  text: Record<TextMeasure, Estimate | null>;
  tail: { prompt: TailSketch; answer: TailSketch };
}

/** Share of rows that our own fine-tunes of at least this generation wrote. */
export function selfWritten(measures: Pick<GuardMeasures, "selfWrittenShare">, from: number): number {
  return Object.entries(measures.selfWrittenShare)
    .filter(([generation]) => Number(generation) >= from)
    .reduce((sum, [, share]) => sum + share, 0);
}
