/**
 * Near-duplicates among the rows of one task: what was asked and what was answered are both nearly the same. Candidates by
 * MinHash, verified by the true Jaccard similarity. Shingles that many rows share are the template's and are left out first, so
 * that one template with ten thousand fillings loses nothing. A row is compared to those that are kept, never through others
 * (no transitive closure), the best first, so that the best one is kept.
 *
 * The same question with another answer is no duplicate, but leaks all the same if it stands on both sides of the split:
 * `askedAlike` tells of those.
 */
import { bandKeys } from "./minhash.ts";
import { jaccard, type Shingled, shingle } from "./shingles.ts";

export interface NearRow {
  id: string;
  asked: Shingled;
  answer: Shingled;
}

/** Similarity of a near-duplicate. Pairs from 0.8 on are meant: what is left out of both lowers it a little. */
const NEAR = 0.75;
/** A shingle of more rows than these, by number and by share, is the template's. */
const COMMON_ROWS = 10;
const COMMON_SHARE = 0.05;
/** Of rows that share a band, as many are compared. */
const COMPARED_MAX = 200;

export function nearRow(row: { id: string; asked: string; answer: string }): NearRow {
  return { id: row.id, asked: shingle(row.asked), answer: shingle(row.answer) };
}

/** Finds among the rows that were put into it those that are like another one. */
export class NearIndex {
  readonly #common: ReadonlySet<number>;
  readonly #full = new Map<number, NearRow[]>();
  readonly #asked = new Map<number, NearRow[]>();

  /** @param rows all of a night, in any order: what they share is the template's */
  constructor(rows: readonly NearRow[]) {
    this.#common = commonShingles(rows);
  }

  add(row: NearRow): void {
    for (const key of this.#keysOf(row, "full")) push(this.#full, key, row);
    for (const key of this.#keysOf(row, "asked")) push(this.#asked, key, row);
  }

  /** Rows whose question and answer are both nearly these, in the order in which they were put in. */
  duplicatesOf(row: NearRow): NearRow[] {
    return this.#candidates(row, "full").filter(
      (other) => this.#alike(row.asked, other.asked) && this.#alike(row.answer, other.answer),
    );
  }

  /** All rows whose question is nearly this one. */
  askedAlike(row: NearRow): NearRow[] {
    return this.#candidates(row, "asked").filter((other) => this.#alike(row.asked, other.asked));
  }

  #alike(a: Shingled, b: Shingled): boolean {
    if (a.key === b.key) return true;
    if (a.short || b.short) return false;
    const [own, other] = [this.#special(a), this.#special(b)];
    // where nothing but the template is left they differ in single words, and these are all that tells them apart
    return own.length > 0 && other.length > 0 && jaccard(own, other) >= NEAR;
  }

  #special({ shingles }: Shingled): Uint32Array {
    return this.#common.size === 0 ? shingles : shingles.filter((one) => !this.#common.has(one));
  }

  #keysOf(row: NearRow, what: "full" | "asked"): Iterable<number> {
    const parts = what === "full" ? [this.#special(row.asked), this.#special(row.answer)] : [this.#special(row.asked)];
    const exact = what === "full" ? row.asked.key * 2_097_152 + (row.answer.key & 0x1fffff) : row.asked.key;
    return [...bandKeys(parts), -1 - exact];
  }

  #candidates(row: NearRow, what: "full" | "asked"): NearRow[] {
    const table = what === "full" ? this.#full : this.#asked;
    const found = new Set<NearRow>();
    for (const key of this.#keysOf(row, what)) {
      for (const other of table.get(key) ?? []) {
        if (other.id !== row.id) found.add(other);
        if (found.size >= COMPARED_MAX) return [...found];
      }
    }
    return [...found];
  }
}

function commonShingles(rows: readonly NearRow[]): Set<number> {
  const limit = Math.max(COMMON_ROWS, COMMON_SHARE * rows.length);
  const counts = new Map<number, number>();
  const common = new Set<number>();
  if (rows.length <= limit) return common;
  for (const { asked, answer } of rows) {
    for (const part of [asked.shingles, answer.shingles]) {
      for (const one of part) {
        const count = (counts.get(one) ?? 0) + 1;
        counts.set(one, count);
        if (count > limit) common.add(one);
      }
    }
  }
  return common;
}

function push(table: Map<number, NearRow[]>, key: number, row: NearRow): void {
  const rows = table.get(key);
  if (rows === undefined) table.set(key, [row]);
  else rows.push(row);
}
