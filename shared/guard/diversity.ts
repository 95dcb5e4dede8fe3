/**
 * How much a block of text repeats itself. Of the measures that Shaib et al., "Standardizing the Measurement of Text
 * Diversity" (2024, arXiv:2403.00553) compare: gzip ratio, distinct-n (Li et al. 2016, arXiv:1510.03055), n-gram entropy and
 * self-repetition (Salkar et al. 2022). No n-gram runs from one text into the next.
 */
import { gzip } from "../core/gzip.ts";
import { toBytes } from "../core/text.ts";

export interface Diversity {
  /** Bytes before by bytes after: greater is more redundant. */
  gzipRatio: number;
  /** Different n-grams by n-grams: in (0, 1]. */
  distinct1: number;
  distinct2: number;
  distinct3: number;
  /** Shannon entropy of the n-grams, in bits. */
  entropy1: number;
  entropy2: number;
  /** Share of the 4-grams that stand in another text of the block too: in [0, 1]. */
  selfRepetition: number;
}

export async function diversityOf(block: readonly (readonly string[])[]): Promise<Diversity> {
  const [one, two, three] = [countGrams(block, 1), countGrams(block, 2), countGrams(block, 3)];
  return {
    gzipRatio: await gzipRatio(block.map((words) => words.join(" ")).join("\n")),
    distinct1: distinct(one),
    distinct2: distinct(two),
    distinct3: distinct(three),
    entropy1: entropy([...one.values()]),
    entropy2: entropy([...two.values()]),
    selfRepetition: selfRepetition(block),
  };
}

/** In bits. The order of the counts does not matter beyond the last digits, so they are sorted. */
export function entropy(counts: readonly number[]): number {
  const sorted = [...counts].sort((left, right) => left - right);
  const total = sorted.reduce((sum, count) => sum + count, 0);
  if (total === 0) return 0;
  return sorted.reduce((bits, count) => bits - (count / total) * Math.log2(count / total), 0);
}

async function gzipRatio(text: string): Promise<number> {
  const bytes = toBytes(text);
  const packed = await gzip(bytes);
  return bytes.byteLength / packed.byteLength;
}

function countGrams(block: readonly (readonly string[])[], n: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const words of block) {
    for (const gram of gramsOf(words, n)) counts.set(gram, (counts.get(gram) ?? 0) + 1);
  }
  return counts;
}

/** 1 where the texts are too short for any n-gram: nothing was repeated. */
function distinct(counts: Map<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total === 0 ? 1 : counts.size / total;
}

function selfRepetition(block: readonly (readonly string[])[]): number {
  const textsWith = new Map<string, number>();
  const grams = block.map((words) => gramsOf(words, 4));
  for (const text of grams) for (const gram of new Set(text)) textsWith.set(gram, (textsWith.get(gram) ?? 0) + 1);
  const all = grams.flat();
  return all.length === 0 ? 0 : all.filter((gram) => (textsWith.get(gram) ?? 0) > 1).length / all.length;
}

function gramsOf(words: readonly string[], n: number): string[] {
  const grams: string[] = [];
  for (let at = 0; at + n <= words.length; at++) grams.push(words.slice(at, at + n).join(" "));
  return grams;
}
