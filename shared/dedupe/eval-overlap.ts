/**
 * Which rows overlap with a registered eval set, by question or by answer:
 *
 *     exact      the whole question, or a line of it of five words and more
 *     12-gram    twelve words in a row (Brown et al. 2020, arXiv:2005.14165, appendix C, use 13)
 *     minhash    three words in a row at Jaccard 0.5 and more: also a question in which every eleventh word was changed
 *
 * What a set shares with the task's own template must not keep everything out. Form is: what a fifth of the set's rows hold;
 * twelve words that half of tonight's rows hold, or a twentieth of them where two rows of the set do.
 */
import { bandKeys, WIDE_BANDING } from "./minhash.ts";
import type { EvalRow } from "./read-eval-set.ts";
import { gramKey, jaccard, shinglesOf, wordHashes } from "./shingles.ts";

export interface ComparedRow {
  id: string;
  asked: string;
  answer: string;
}

export interface Overlap {
  how: "exact" | "12-gram" | "minhash";
  /** Of the set, from 1. */
  line: number;
}

const GRAM_WORDS = 12;
const SHINGLE_WORDS = 3;
const SIMILARITY_MIN = 0.5;
/** Of fewer words, three in a row say little. */
const SHINGLES_MIN = 18;
/** A line of fewer words is a phrase that anyone may use. */
const LINE_WORDS_MIN = 5;
const FORM_SHARE = 0.2;
const FORM_ROWS_MIN = 5;
const TONIGHT_SHARE = 0.05;
const TONIGHT_SHARE_ALONE = 0.5;
/** Words of a set that are looked at together: some 30 MB. */
const PART_WORDS = 200_000;

/** Overlaps by row id, the surest kind of each. @param rows all of one task's, so that its template is known */
export function findOverlaps(set: readonly EvalRow[], rows: readonly ComparedRow[]): Map<string, Overlap> {
  const found = new Map<string, Overlap>();
  const texts = rows.map(({ id, asked, answer }) => ({
    id,
    lines: linesOf(asked),
    texts: [asked, answer].map(wordHashes),
  }));
  for (const part of partsOf(set)) {
    for (const compare of [exactly, byGrams, bySimilarity]) {
      for (const [id, overlap] of compare(part, texts)) if (!found.has(id)) found.set(id, overlap);
    }
  }
  return found;
}

interface Texts {
  id: string;
  /** Keys of the question as a whole, and of its lines. */
  lines: number[];
  /** Words of question and answer. */
  texts: number[][];
}

interface SetRow {
  line: number;
  texts: number[][];
}

function* partsOf(set: readonly EvalRow[]): Generator<SetRow[]> {
  let part: SetRow[] = [];
  let words = 0;
  for (const { line, question, answer } of set) {
    const texts = [question, answer].map(wordHashes);
    part.push({ line, texts });
    words += texts.reduce((sum, { length }) => sum + length, 0);
    if (words < PART_WORDS) continue;
    yield part;
    [part, words] = [[], 0];
  }
  if (part.length > 0) yield part;
}

function* exactly(set: readonly SetRow[], rows: readonly Texts[]): Generator<[string, Overlap]> {
  const lines = new Map<number, number>();
  for (const { line, texts } of set) {
    const [question = []] = texts;
    const key = wholeKey(question);
    if (question.length > 0 && !lines.has(key)) lines.set(key, line);
  }
  for (const { id, lines: keys } of rows) {
    const key = keys.find((one) => lines.has(one));
    if (key !== undefined) yield [id, { how: "exact", line: lines.get(key) ?? 0 }];
  }
}

function* byGrams(set: readonly SetRow[], rows: readonly Texts[]): Generator<[string, Overlap]> {
  const grams = countGrams(set);
  const formRows = Math.max(FORM_ROWS_MIN, FORM_SHARE * set.length);
  for (const [gram, { count }] of grams) if (count >= formRows) grams.delete(gram);
  const hits = rows.map(({ id, texts }) => ({ id, grams: [...gramsOf(texts)].filter((gram) => grams.has(gram)) }));
  const tonight = new Map<number, number>();
  for (const hit of hits) for (const gram of hit.grams) tonight.set(gram, (tonight.get(gram) ?? 0) + 1);
  const isTemplate = (gram: number): boolean => {
    const count = tonight.get(gram) ?? 0;
    const share = (grams.get(gram)?.count ?? 0) > 1 ? TONIGHT_SHARE : TONIGHT_SHARE_ALONE;
    return count >= Math.max(FORM_ROWS_MIN, share * rows.length);
  };
  for (const hit of hits) {
    const gram = hit.grams.find((one) => !isTemplate(one));
    if (gram !== undefined) yield [hit.id, { how: "12-gram", line: grams.get(gram)?.line ?? 0 }];
  }
}

/** Of a question that is asked twice in the set, the second says nothing of its form. */
function countGrams(set: readonly SetRow[]): Map<number, { line: number; count: number }> {
  const grams = new Map<number, { line: number; count: number }>();
  const asked = new Set<number>();
  for (const { line, texts } of set) {
    const key = wholeKey(texts[0] ?? []);
    const own = gramsOf(asked.has(key) ? texts.slice(1) : texts);
    asked.add(key);
    for (const gram of own) {
      const known = grams.get(gram);
      if (known === undefined) grams.set(gram, { line, count: 1 });
      else known.count++;
    }
  }
  return grams;
}

function gramsOf(texts: readonly (readonly number[])[]): Set<number> {
  const grams = new Set<number>();
  for (const words of texts) {
    for (let from = 0; from + GRAM_WORDS <= words.length; from++) {
      grams.add(gramKey(words, { from, to: from + GRAM_WORDS }));
    }
  }
  return grams;
}

function* bySimilarity(set: readonly SetRow[], rows: readonly Texts[]): Generator<[string, Overlap]> {
  const form = formOf(set);
  const known: { line: number; shingles: Uint32Array }[] = [];
  const bands = new Map<number, number[]>();
  for (const { line, texts } of set) {
    for (const shingles of texts.flatMap((words) => specialShingles(words, form))) {
      for (const key of bandKeys([shingles], WIDE_BANDING)) bands.set(key, [...(bands.get(key) ?? []), known.length]);
      known.push({ line, shingles });
    }
  }
  for (const { id, texts } of rows) {
    const line = texts
      .flatMap((words) => specialShingles(words, form))
      .map((shingles) => {
        const near = new Set([...bandKeys([shingles], WIDE_BANDING)].flatMap((key) => bands.get(key) ?? []));
        const alike = [...near].flatMap((at) => known[at] ?? []);
        return alike.find((other) => jaccard(shingles, other.shingles) >= SIMILARITY_MIN)?.line;
      });
    const first = line.find((one) => one !== undefined);
    if (first !== undefined) yield [id, { how: "minhash", line: first }];
  }
}

function formOf(set: readonly SetRow[]): Set<number> {
  const counts = new Map<number, number>();
  for (const { texts } of set) {
    const own = new Set(texts.flatMap((words) => [...shinglesOf(words, SHINGLE_WORDS)]));
    for (const one of own) counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  const formRows = Math.max(FORM_ROWS_MIN, FORM_SHARE * set.length);
  return new Set([...counts].filter(([, count]) => count >= formRows).map(([one]) => one));
}

/** None, where too few are left. */
function specialShingles(words: readonly number[], form: ReadonlySet<number>): Uint32Array[] {
  const special = shinglesOf(words, SHINGLE_WORDS).filter((one) => !form.has(one));
  return special.length < SHINGLES_MIN ? [] : [special];
}

function linesOf(asked: string): number[] {
  const lines = asked.split("\n").map(wordHashes);
  const long = lines.filter(({ length }) => length >= LINE_WORDS_MIN);
  return [wordHashes(asked), ...long].map(wholeKey);
}

function wholeKey(words: readonly number[]): number {
  return gramKey(words, { from: 0, to: words.length });
}
