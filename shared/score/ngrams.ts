/**
 * Hashed n-grams of an answer (Weinberger et al. 2009): words and pairs of words, runs of four characters. A long text
 * gives a sample of its n-grams, the same ones wherever they occur: those whose second hash is small. Labels (the model's
 * name, the task) are hashed apart.
 */

/** Buckets: an index fits 16 bits. */
export const BUCKETS = 2 ** 16;
export const LABEL_BUCKETS = 2 ** 10;
/** N-grams kept of one text, about; twice that at most. */
const KEPT = 192;
/** Characters looked at: the head and the tail of a longer text. */
const LOOKED_AT_CHARS_MAX = 2_000;
const CHARACTER_RUN = 4;
/** N-grams that a character of text makes: a run, and two for each word of some five. */
const NGRAMS_PER_CHAR = 1.4;

/** Ascending bucket numbers, each once. */
export function ngramBuckets(answer: string): Uint16Array {
  const text = ends(answer.toLowerCase());
  const share = KEPT / Math.max(KEPT, text.length * NGRAMS_PER_CHAR);
  const kept = new Set<number>();
  const offer = (hash: number) => {
    if (scramble(hash) < share * 2 ** 32) kept.add(hash % BUCKETS);
  };
  offerWords(text, offer);
  offerRuns(text, offer);
  return Uint16Array.from(kept)
    .sort()
    .slice(0, 2 * KEPT);
}

export function labelBucket(label: string): number {
  return hashOf(label) % LABEL_BUCKETS;
}

function ends(text: string): string {
  if (text.length <= LOOKED_AT_CHARS_MAX) return text;
  return `${text.slice(0, LOOKED_AT_CHARS_MAX / 2)}\n${text.slice(-LOOKED_AT_CHARS_MAX / 2)}`;
}

function offerWords(text: string, offer: (hash: number) => void): void {
  let before = 0;
  for (const word of text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? []) {
    const hash = hashOf(word);
    offer(hash);
    offer((Math.imul(before ^ 0x9e3779b9, 0x85ebca6b) ^ hash) >>> 0);
    before = hash;
  }
}

function offerRuns(text: string, offer: (hash: number) => void): void {
  for (let at = 0; at + CHARACTER_RUN <= text.length; at++) {
    let hash = 0x51ed270b;
    for (let next = 0; next < CHARACTER_RUN; next++) hash = Math.imul(hash ^ text.charCodeAt(at + next), 0x01000193);
    offer(scramble(hash));
  }
}

/** FNV-1a over UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return scramble(hash);
}

/** The finisher of MurmurHash3: every bit depends on every bit. */
function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
