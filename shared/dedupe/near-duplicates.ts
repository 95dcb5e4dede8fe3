/**
 * Near-duplicates among the rows of one task: what was asked and what was answered are both nearly the same. Candidates by
 * MinHash, verified by the true Jaccard similarity. Shingles that many rows share are the template's and are left out first, so
 * that one template with ten thousand fillings loses nothing. A row is compared to those that are kept, never through others
 * (no transitive closure), the best first, so that the best one is kept.
 *
 * Ten thousand copies with words changed here and there share as much as a template's fillings do, and are told apart by where
 * they differ: where a copy was changed nearly all others have the same words; in a template's slot no two do.
 *
 * The same question with another answer is no duplicate, but leaks all the same if it stands on both sides of the split:
 * `askedAlike` tells of those.
 */
import { bandKeys } from "./minhash.ts";
import { jaccard, minus, type Shingled, shingle } from "./shingles.ts";

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
/** And of rows that are all alike but for their slots, as many. */
const COPIES_COMPARED_MAX = 20;
/** A row of which less than this part is its own may be a copy. */
const COPY_OWN_SHARE = 0.3;
/** What nearly all have: this part of the rows that have the row's commonest shingle. */
const NEARLY_ALL = 0.8;

export function nearRow(row: { id: string; asked: string; answer: string }): NearRow {
  return { id: row.id, asked: shingle(row.asked), answer: shingle(row.answer) };
}

/** Finds among the rows that were put into it those that are like another one. */
export class NearIndex {
  /** Shingle → rows that have it, of the template's alone. */
  readonly #common: ReadonlyMap<number, number>;
  readonly #little = new Map<Shingled, Uint32Array>();
  readonly #tables: Record<Table, Map<number, NearRow[]>> = {
    full: new Map(),
    asked: new Map(),
    fullCopies: new Map(),
    askedCopies: new Map(),
  };

  /** @param rows all of a night, in any order: what they share is the template's */
  constructor(rows: readonly NearRow[]) {
    this.#common = commonShingles(rows);
  }

  add(row: NearRow): void {
    for (const table of TABLES) {
      for (const key of this.#keysOf(row, table)) push(this.#tables[table], key, row);
    }
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
    if (own.length > 0 && other.length > 0 && jaccard(own, other) >= NEAR) return true;
    if (!this.#mayBeCopy(a) || !this.#mayBeCopy(b) || jaccard(a.shingles, b.shingles) < NEAR) return false;
    return this.#isChangedFrom(a, b) && this.#isChangedFrom(b, a);
  }

  #mayBeCopy(text: Shingled): boolean {
    return !text.short && this.#special(text).length < COPY_OWN_SHARE * text.shingles.length;
  }

  /** Is half of what only `a` has in the place of something that nearly all have, and `b` too? */
  #isChangedFrom(a: Shingled, b: Shingled): boolean {
    const own = minus(this.#special(a), b.shingles).length;
    if (own === 0) return true;
    const missing = minus(b.shingles, a.shingles).map((one) => this.#common.get(one) ?? 0);
    if (missing.length < own / 2) return false;
    const most = b.shingles.reduce((max, one) => Math.max(max, this.#common.get(one) ?? 0), 0);
    return missing.filter((rows) => rows >= NEARLY_ALL * most).length >= own / 2;
  }

  /** Without the template's. Kept where it is little, as it is asked for again and again there. */
  #special(text: Shingled): Uint32Array {
    if (this.#common.size === 0) return text.shingles;
    const known = this.#little.get(text);
    if (known !== undefined) return known;
    const special = text.shingles.filter((one) => !this.#common.has(one));
    if (special.length < COPY_OWN_SHARE * text.shingles.length) this.#little.set(text, special);
    return special;
  }

  #keysOf({ asked, answer }: NearRow, table: Table): Iterable<number> {
    switch (table) {
      case "full":
        return [
          ...bandKeys([this.#special(asked), this.#special(answer)]),
          -1 - (asked.key * 2_097_152 + (answer.key & 0x1fffff)),
        ];
      case "asked":
        return [...bandKeys([this.#special(asked)]), -1 - asked.key];
      case "fullCopies":
        return this.#mayBeCopy(asked) || this.#mayBeCopy(answer) ? bandKeys([asked.shingles, answer.shingles]) : [];
      case "askedCopies":
        return this.#mayBeCopy(asked) ? bandKeys([asked.shingles]) : [];
    }
  }

  #candidates(row: NearRow, what: "full" | "asked"): NearRow[] {
    const alike = this.#sharing(row, { table: what, rowsMax: COMPARED_MAX });
    const copies = this.#sharing(row, { table: `${what}Copies`, rowsMax: COPIES_COMPARED_MAX });
    return [...new Set([...alike, ...copies])];
  }

  #sharing(row: NearRow, { table, rowsMax }: { table: Table; rowsMax: number }): Set<NearRow> {
    const found = new Set<NearRow>();
    for (const key of this.#keysOf(row, table)) {
      for (const other of this.#tables[table].get(key) ?? []) {
        if (other.id !== row.id) found.add(other);
        if (found.size >= rowsMax) return found;
      }
    }
    return found;
  }
}

const TABLES = ["full", "asked", "fullCopies", "askedCopies"] as const;
type Table = (typeof TABLES)[number];

function commonShingles(rows: readonly NearRow[]): Map<number, number> {
  const limit = Math.max(COMMON_ROWS, COMMON_SHARE * rows.length);
  const counts = new Map<number, number>();
  if (rows.length <= limit) return new Map();
  for (const { asked, answer } of rows) {
    for (const part of [asked.shingles, answer.shingles]) {
      for (const one of part) {
        counts.set(one, (counts.get(one) ?? 0) + 1);
      }
    }
  }
  return new Map([...counts].filter(([, count]) => count > limit));
}

function push(table: Map<number, NearRow[]>, key: number, row: NearRow): void {
  const rows = table.get(key);
  if (rows === undefined) table.set(key, [row]);
  else rows.push(row);
}
