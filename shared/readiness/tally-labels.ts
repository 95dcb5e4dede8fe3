/** Labelled exchanges, counted: over all, by template and by model. */
import { type GoodCount, type LabelCounts, NO_LABELS } from "./task-facts.ts";

/** An exchange that people spoke of outright. */
export interface LabelledRow {
  atMs: number;
  template: string | null;
  provider: string;
  model: string | null;
  /** Fingerprint of the prompt; null where nobody knows it. */
  prompt: string | null;
  verdict: "good" | "bad" | "corrected" | "conflicting";
  /** By thumb or rating: null where there is none. */
  thumb: "up" | "down" | null;
  /** People who labelled it. */
  voices: number;
  /** Do these contradict each other? */
  disagreeing: boolean;
}

export function tallyLabels(rows: readonly LabelledRow[]): LabelCounts {
  const counts: LabelCounts = { ...NO_LABELS, labelled: rows.length, pairs: pairsOf(rows) };
  for (const { verdict, thumb, voices, disagreeing } of rows) {
    counts[verdict]++;
    if (verdict !== "conflicting" && thumb === "up") counts.thumbsUp++;
    if (verdict !== "conflicting" && thumb === "down") counts.thumbsDown++;
    if (voices > 1) counts.severalVoices++;
    if (voices > 1 && disagreeing) counts.disagreeing++;
  }
  return counts;
}

/** By the key of each row; rows without one, or with a conflict, are in none. */
export function tallyGood(
  rows: readonly LabelledRow[],
  keyOf: (row: LabelledRow) => string | null,
): Map<string, GoodCount> {
  const counts = new Map<string, GoodCount>();
  for (const row of rows) {
    const key = keyOf(row);
    if (key === null || row.verdict === "conflicting") continue;
    const count = counts.get(key) ?? { good: 0, rows: 0 };
    counts.set(key, { good: count.good + (row.verdict === "good" ? 1 : 0), rows: count.rows + 1 });
  }
  return counts;
}

/** A correction is one with its answer; of siblings (answers to one prompt), each good one makes one with a bad one. */
function pairsOf(rows: readonly LabelledRow[]): number {
  let pairs = rows.filter(({ verdict }) => verdict === "corrected").length;
  const prompts = Map.groupBy(
    rows.filter(({ prompt }) => prompt !== null),
    ({ prompt }) => prompt,
  );
  for (const siblings of prompts.values()) {
    const count = (wanted: LabelledRow["verdict"]) => siblings.filter(({ verdict }) => verdict === wanted).length;
    pairs += Math.min(count("good"), count("bad"));
  }
  return pairs;
}
