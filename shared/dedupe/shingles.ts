/** Texts as sets of shingles: hashes of words in a row, of which texts that are alike share most (Broder 1997). */

export const SHINGLE_WORDS = 5;
/** Shorter texts have too few shingles to compare: they are equal after normalisation, or they differ. */
export const SHORT_WORDS = 20;

export interface Shingled {
  /** Sorted, each once; empty for a short text. */
  shingles: Uint32Array;
  /** Equal for texts that are equal but for case, punctuation and white space. */
  key: number;
  short: boolean;
}

/** Of a longer text the rest is not looked at. */
const WORDS_MAX = 4_000;
const WORD = /[\p{L}\p{N}]+/gu;

export function shingle(text: string): Shingled {
  const words = wordHashes(text);
  const key = words.reduce((hash, word) => mix(hash, word), words.length);
  const short = words.length < SHORT_WORDS;
  return { shingles: short ? new Uint32Array(0) : shinglesOf(words, SHINGLE_WORDS), key, short };
}

/** Hashes of its words, without case and punctuation. */
export function wordHashes(text: string): number[] {
  const words: number[] = [];
  for (const [word] of text.normalize("NFKC").toLowerCase().matchAll(WORD)) {
    if (words.length === WORDS_MAX) break;
    words.push(hashWord(word));
  }
  return words;
}

/** Sorted, each once. */
export function shinglesOf(words: readonly number[], length: number): Uint32Array {
  const shingles = new Set<number>();
  for (let at = 0; at + length <= words.length; at++) {
    let hash = 0x9e3779b9;
    for (let next = at; next < at + length; next++) hash = mix(hash, words[next] ?? 0);
    shingles.add(hash);
  }
  return Uint32Array.from(shingles).sort();
}

/** What only the first of two sorted sets has. */
export function minus(a: Uint32Array, b: Uint32Array): number[] {
  const only: number[] = [];
  let at = 0;
  for (const one of a) {
    while (at < b.length && (b[at] ?? 0) < one) at++;
    if (b[at] !== one) only.push(one);
  }
  return only;
}

/** 53 bits for the words from one to before another: of a million of them two are equal by chance in one set of ten thousand. */
export function gramKey(words: readonly number[], { from, to }: { from: number; to: number }): number {
  let [high, low] = [to - from, 0x9e3779b9];
  for (let at = from; at < to; at++) {
    high = mix(high, words[at] ?? 0);
    low = mix(low, ~(words[at] ?? 0));
  }
  return high * 2 ** 21 + (low >>> 11);
}

/** |A ∩ B| / |A ∪ B| of sorted sets; 1 for two empty ones. */
export function jaccard(a: Uint32Array, b: Uint32Array): number {
  let [i, j, shared] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0];
    if (x === y) shared++;
    if (x <= y) i++;
    if (y <= x) j++;
  }
  const union = a.length + b.length - shared;
  return union === 0 ? 1 : shared / union;
}

function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** MurmurHash3's step and end. */
function mix(hash: number, value: number): number {
  let mixed = Math.imul(hash ^ value, 0xcc9e2d51);
  mixed = (mixed << 15) | (mixed >>> 17);
  mixed = Math.imul(mixed, 0x1b873593);
  mixed ^= mixed >>> 16;
  mixed = Math.imul(mixed, 0x85ebca6b);
  return (mixed ^ (mixed >>> 13)) >>> 0;
}
