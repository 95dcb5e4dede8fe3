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
import { RowsByKey } from "./rows-by-key.ts";
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

/** Counters that several shingles share: as one Uint32Array of 8 MB. */
const ROUGH_COUNTERS = 2 ** 21;

/** What indices of the same rows have together. */
interface Night {
  /** Shingle → rows that have it, of the template's alone. */
  common: ReadonlyMap<number, number>;
  little: WeakMap<Shingled, Uint32Array>;
  keys: WeakMap<NearRow, Readonly<Record<Table, Float64Array>>>;
}

/** Finds among the rows that were put into it those that are like another one. */
export class NearIndex {
  readonly #night: Night;
  readonly #rows: NearRow[] = [];
  readonly #tables: Record<Table, RowsByKey> = {
    full: new RowsByKey(),
    asked: new RowsByKey(),
    fullCopies: new RowsByKey(),
    askedCopies: new RowsByKey(),
  };

  /** @param rows all of a night, in any order: what they share is the template's; or an index of the same rows */
  constructor(rows: readonly NearRow[] | NearIndex) {
    this.#night =
      rows instanceof NearIndex
        ? rows.#night
        : { common: commonShingles(rows), little: new WeakMap(), keys: new WeakMap() };
  }

  add(row: NearRow): void {
    const at = this.#rows.push(row) - 1;
    for (const table of TABLES) {
      for (const key of this.#keysOf(row, table)) this.#tables[table].add(key, at);
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
    const upTo = Math.min(a.upTo, b.upTo);
    // where nothing but the template is left they differ in single words, and these are all that tells them apart
    if (own.length > 0 && other.length > 0 && jaccard(own, other, upTo) >= NEAR) return true;
    if (!this.#mayBeCopy(a) || !this.#mayBeCopy(b) || jaccard(a.shingles, b.shingles, upTo) < NEAR) return false;
    return this.#isChangedFrom(a, b) && this.#isChangedFrom(b, a);
  }

  #mayBeCopy(text: Shingled): boolean {
    return !text.short && this.#special(text).length < COPY_OWN_SHARE * text.shingles.length;
  }

  /** Is half of what only `a` has in the place of something that nearly all have, and `b` too? */
  #isChangedFrom(a: Shingled, b: Shingled): boolean {
    const { common } = this.#night;
    const upTo = Math.min(a.upTo, b.upTo);
    const own = minus(this.#special(a), b.shingles, upTo).length;
    if (own === 0) return true;
    const missing = minus(b.shingles, a.shingles, upTo).map((one) => common.get(one) ?? 0);
    if (missing.length < own / 2) return false;
    const most = b.shingles.reduce((max, one) => Math.max(max, common.get(one) ?? 0), 0);
    return missing.filter((rows) => rows >= NEARLY_ALL * most).length >= own / 2;
  }

  /** Without the template's. Kept where it is little, as it is asked for again and again there. */
  #special(text: Shingled): Uint32Array {
    const { common, little } = this.#night;
    if (common.size === 0) return text.shingles;
    const known = little.get(text);
    if (known !== undefined) return known;
    const special = text.shingles.filter((one) => !common.has(one));
    if (special.length < COPY_OWN_SHARE * text.shingles.length) little.set(text, special);
    return special;
  }

  /** Made once a row: most of the time goes there. */
  #keysOf(row: NearRow, table: Table): Float64Array {
    const { keys } = this.#night;
    const known = keys.get(row);
    if (known !== undefined) return known[table];
    const made = {} as Record<Table, Float64Array>;
    for (const one of TABLES) made[one] = Float64Array.from(this.#makeKeys(row, one));
    keys.set(row, made);
    return made[table];
  }

  #makeKeys({ asked, answer }: NearRow, table: Table): Iterable<number> {
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
      for (const at of this.#tables[table].rowsOf(key)) {
        const other = this.#rows[at];
        if (other !== undefined && other.id !== row.id) found.add(other);
        if (found.size >= rowsMax) return found;
      }
    }
    return found;
  }
}

const TABLES = ["full", "asked", "fullCopies", "askedCopies"] as const;
type Table = (typeof TABLES)[number];

/** Counted in two goes, as a Map of all would fill an isolate: first roughly, then those that may be common, one by one. */
function commonShingles(rows: readonly NearRow[]): Map<number, number> {
  const limit = Math.max(COMMON_ROWS, COMMON_SHARE * rows.length);
  const counts = new Map<number, number>();
  if (rows.length <= limit) return counts;
  const atMost = new Uint32Array(ROUGH_COUNTERS);
  for (const one of shinglesIn(rows)) atMost[one % ROUGH_COUNTERS] = (atMost[one % ROUGH_COUNTERS] ?? 0) + 1;
  for (const one of shinglesIn(rows)) {
    if ((atMost[one % ROUGH_COUNTERS] ?? 0) > limit) counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  return new Map([...counts].filter(([, count]) => count > limit));
}

function* shinglesIn(rows: readonly NearRow[]): Generator<number, void> {
  for (const { asked, answer } of rows) {
    yield* asked.shingles;
    yield* answer.shingles;
  }
}
