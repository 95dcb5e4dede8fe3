/**
 * Are rare things still there? Collapse begins in the tails (Shumailov et al. 2024, doi:10.1038/s41586-024-07566-y). The
 * vocabulary of a batch is kept as a sketch: of all its different words, those with the smallest hashes, each with the
 * number of texts it stands in. Since every batch orders words by the same hash, two sketches are samples of the same
 * words (KMV; Cohen and Kaplan's coordinated bottom-k sampling, 2007), and the one tells what of the other is missing.
 *
 *     rare      a word in at least two texts of the earlier batch and in at most 2% of them
 *     expected  1 − (1 − p)ⁿ for each, n the texts of the new batch at the earlier batch's words a text
 *     coverage  rare words that are there, by those expected: 1 is no loss, whatever the two sizes
 *
 * p is not the count divided by the texts, which is too great for what was seen by luck, but Good and Turing's estimate
 * under Zipf's law: r·(r+1)/(r+2) in place of r.
 */
import type { Estimate } from "./estimate.ts";

export interface TailSketch {
  /** Texts, and words in their windows. */
  texts: number;
  words: number;
  /** Hash of a word (32 bits) and the texts it stands in, by hash; the smallest hashes of all. */
  sample: [hash: number, texts: number][];
}

/** Words of a sketch: about 6 KB of JSON, and enough rare ones that one word in a hundred is 5%. */
const SAMPLE_WORDS = 512;
const RARE_TEXTS_MIN = 2;
const RARE_SHARE_MAX = 0.02;
/** Fewer expected than this tell nothing. */
const EXPECTED_MIN = 20;
/** Words come and go together, with their topics: the variance of coverage is this many times that of single words. */
const TOGETHER = 3;

export function tailSketch(texts: readonly (readonly string[])[]): TailSketch {
  const counts = new Map<string, number>();
  let words = 0;
  for (const text of texts) {
    words += text.length;
    for (const word of new Set(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const byHash = new Map<number, number>();
  for (const [word, count] of counts) {
    const hash = wordHash(word);
    byHash.set(hash, (byHash.get(hash) ?? 0) + count);
  }
  const sample = [...byHash].sort(([left], [right]) => left - right).slice(0, SAMPLE_WORDS);
  return { texts: texts.length, words, sample };
}

/** null where too little is expected to be there. */
export function tailCoverage(batch: TailSketch, earlier: TailSketch): Estimate | null {
  if (earlier.words === 0 || batch.words === 0) return null;
  const n = batch.words / (earlier.words / earlier.texts);
  const bound = Math.min(horizon(batch), horizon(earlier));
  const there = new Set(batch.sample.map(([hash]) => hash));
  let [expected, seen, variance] = [0, 0, 0];
  for (const [hash, count] of earlier.sample) {
    if (hash > bound || count < RARE_TEXTS_MIN || count > earlier.texts * RARE_SHARE_MAX) continue;
    const chance = 1 - (1 - (count * (count + 1)) / (count + 2) / earlier.texts) ** n;
    expected += chance;
    variance += chance * (1 - chance);
    if (there.has(hash)) seen += 1;
  }
  if (expected < EXPECTED_MIN) return null;
  return {
    value: seen / expected,
    error: Math.sqrt(TOGETHER * Math.max(1, variance)) / expected,
    n: Math.round(expected),
  };
}

/** Up to this hash the sketch holds every word of its batch. */
function horizon({ sample }: TailSketch): number {
  return sample.length < SAMPLE_WORDS ? 2 ** 32 : (sample.at(-1)?.[0] ?? 0);
}

/** FNV-1a over UTF-16 units, with murmur3's last mix: not against attackers, who gain nothing by a collision here. */
function wordHash(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
