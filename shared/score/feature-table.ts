/**
 * The features of many answers, packed: a text is looked at once and need not be kept. Some 450 B a row at most, so that
 * 100,000 rows take 45 MB of an isolate's 128.
 */
import { labelBucket, ngramBuckets } from "./ngrams.ts";
import { type ScoredText, SIMPLE_FEATURES, simpleFeatures } from "./simple-features.ts";

export interface ScoredAnswer extends ScoredText {
  model: string | null;
  task: string | null;
}

/** What is known only once all answers are seen, behind the simple features. */
export const COMPANY_FEATURES = ["agreeing share", "in company", "length beside its siblings"] as const;
export const DENSE_WIDTH = SIMPLE_FEATURES.length + COMPANY_FEATURES.length;

/** Model and task. */
const LABELS = 2;

export class FeatureTable {
  private dense = new Float32Array(DENSE_WIDTH * 256);
  private buckets = new Uint16Array(64 * 256);
  private starts = new Uint32Array(257);
  private labels = new Uint16Array(LABELS * 256);
  private rowCount = 0;

  get rows(): number {
    return this.rowCount;
  }

  /** The row's number. */
  add(answer: ScoredAnswer): number {
    const row = this.rowCount;
    const start = this.starts[row] ?? 0;
    const found = ngramBuckets(answer.answer);
    this.makeRoom(row + 1, start + found.length);
    this.dense.set(simpleFeatures(answer), row * DENSE_WIDTH);
    this.labels.set([labelBucket(`model=${answer.model}`), labelBucket(`task=${answer.task}`)], row * LABELS);
    this.buckets.set(found, start);
    this.starts[row + 1] = start + found.length;
    this.rowCount += 1;
    return row;
  }

  setCompany(row: number, values: { agreeingShare: number; inCompany: boolean; lengthBesideSiblings: number }): void {
    const at = row * DENSE_WIDTH + SIMPLE_FEATURES.length;
    this.dense[at] = values.agreeingShare;
    this.dense[at + 1] = Number(values.inCompany);
    this.dense[at + 2] = values.lengthBesideSiblings;
  }

  denseOf(row: number): Float32Array {
    return this.dense.subarray(row * DENSE_WIDTH, (row + 1) * DENSE_WIDTH);
  }

  bucketsOf(row: number): Uint16Array {
    return this.buckets.subarray(this.starts[row], this.starts[row + 1]);
  }

  labelsOf(row: number): Uint16Array {
    return this.labels.subarray(row * LABELS, (row + 1) * LABELS);
  }

  /** Of the answer, natural logarithm of 1 + characters. */
  logLengthOf(row: number): number {
    return this.dense[row * DENSE_WIDTH] ?? 0;
  }

  private makeRoom(rows: number, buckets: number): void {
    if (rows * DENSE_WIDTH > this.dense.length) {
      this.dense = grown(this.dense, new Float32Array(grownLength(rows * DENSE_WIDTH)));
      this.labels = grown(this.labels, new Uint16Array(grownLength(rows * LABELS)));
    }
    if (rows + 1 > this.starts.length) this.starts = grown(this.starts, new Uint32Array(grownLength(rows + 1)));
    if (buckets > this.buckets.length) this.buckets = grown(this.buckets, new Uint16Array(grownLength(buckets)));
  }
}

/** Half as much again: doubling would hold three times the memory while it copies. */
function grownLength(needed: number): number {
  return Math.ceil(needed * 1.5);
}

function grown<T extends Float32Array | Uint16Array | Uint32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
