/**
 * Failures with something in common, found without a model: a word of the question that stands in failures surely more
 * often than among all that people spoke of. The word that explains the most failures is taken first, with the failures
 * that have it; then the next among those that are left, so that a failure is in one cluster at most.
 */
import { round6 } from "../core/probability.ts";
import { shareInterval } from "./interval.ts";
import type { FailureCluster } from "./task-facts.ts";
import { wordsOf } from "./words.ts";

export interface SpokenOf {
  /** What the user asked. */
  question: string;
  failed: boolean;
  template: string | null;
  atMs: number;
}

export interface ClusterOptions {
  /** How many labelled exchanges one that was read stands for, failed and good: fewer of the commoner kind are read. */
  failureWeight: number;
  goodWeight: number;
}

const CLUSTERS_MAX = 10;
const FAILURES_MIN = 5;
const WORD_CHARS_MIN = 3;
/** One in a thousand, as hundreds of words are tried. */
const TWO_SIDED_999 = 3.29;
const DAY_MS = 24 * 3_600_000;

export function clusterFailures(rows: readonly SpokenOf[], options: ClusterOptions): FailureCluster[] {
  const failures = rows.filter(({ failed }) => failed);
  const withWord = rowsByWord(rows);
  const usual = failures.length / Math.max(1, rows.length);
  const telling = [...withWord].filter(([, having]) => isTelling(having, usual)).sort(([a], [b]) => (a < b ? -1 : 1));
  const left = new Set(failures);
  const clusters: FailureCluster[] = [];
  while (clusters.length < CLUSTERS_MAX) {
    let most: { key: string; having: readonly SpokenOf[]; taken: SpokenOf[] } | undefined;
    for (const [key, having] of telling) {
      const taken = having.filter((row) => left.has(row));
      if (taken.length >= FAILURES_MIN && taken.length > (most?.taken.length ?? 0)) most = { key, having, taken };
    }
    if (most === undefined) break;
    for (const row of most.taken) left.delete(row);
    clusters.push(clusterOf(most, options));
  }
  return clusters;
}

function rowsByWord(rows: readonly SpokenOf[]): Map<string, SpokenOf[]> {
  const found = new Map<string, SpokenOf[]>();
  for (const row of rows) {
    for (const word of new Set(wordsOf(row.question.toLowerCase()))) {
      if (word.length < WORD_CHARS_MIN && /^[\p{Script=Latin}\p{N}]*$/u.test(word)) continue;
      const having = found.get(word);
      if (having === undefined) found.set(word, [row]);
      else having.push(row);
    }
  }
  return found;
}

function isTelling(having: readonly SpokenOf[], usual: number): boolean {
  const failed = having.filter((row) => row.failed).length;
  return failed >= FAILURES_MIN && shareInterval(failed, having.length, TWO_SIDED_999).low > usual;
}

function clusterOf(
  { key, having, taken }: { key: string; having: readonly SpokenOf[]; taken: readonly SpokenOf[] },
  { failureWeight, goodWeight }: ClusterOptions,
): FailureCluster {
  const failed = having.filter((row) => row.failed).length;
  const good = (having.length - failed) * goodWeight;
  const times = taken.map(({ atMs }) => atMs);
  const [first, last] = [times.reduce((a, b) => Math.min(a, b)), times.reduce((a, b) => Math.max(a, b))];
  return {
    key,
    failures: taken.length,
    goodRate: round6(good / (good + failed * failureWeight)),
    templates: new Set(taken.flatMap(({ template }) => template ?? [])).size,
    days: round6((last - first) / DAY_MS),
  };
}
