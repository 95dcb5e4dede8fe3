/**
 * Samples of equal length. Every lexical measure of diversity depends on how much text it is taken from, so a batch of any
 * size and of any length of answer is measured on blocks of the same number of words: one window a text, at a seeded place,
 * put together in a seeded order until a block is full. Blocks share no text, so that their spread is an error.
 */
import { uniform } from "../core/hash.ts";
import { wordsOf } from "./words.ts";

/** Words that one text adds at most: what a short answer has, so that long and short ones weigh alike. */
export const WINDOW_WORDS = 48;

export interface Window {
  words: string[];
  /** The text's first words, wherever the window is. */
  opening: string[];
  /** Words of the whole text, as far as it is looked at. */
  length: number;
}

/** One window a text, in seeded order; texts without words are left out. */
export function windowsOf(texts: readonly { id: string; text: string }[], seed: string): Window[] {
  return texts
    .map(({ id, text }) => ({
      id,
      order: uniform(seed, "order", id),
      window: windowOf(text, uniform(seed, "window", id)),
    }))
    .filter(({ window }) => window.length > 0)
    .sort((left, right) => left.order - right.order || (left.id < right.id ? -1 : 1))
    .map(({ window }) => window);
}

/** Disjoint blocks of exactly `words` words, each a list of windows; the last window of a block is cut to fit. */
export function blocksOf(windows: readonly Window[], options: { words: number; blocksMax: number }): string[][][] {
  const blocks: string[][][] = [];
  let block: string[][] = [];
  let missing = options.words;
  for (const { words } of windows) {
    if (blocks.length === options.blocksMax) break;
    block.push(words.slice(0, missing));
    missing -= Math.min(missing, words.length);
    if (missing > 0) continue;
    blocks.push(block);
    block = [];
    missing = options.words;
  }
  return blocks;
}

function windowOf(text: string, place: number): Window {
  const words = wordsOf(text);
  const start = Math.floor(place * (Math.max(0, words.length - WINDOW_WORDS) + 1));
  return { words: words.slice(start, start + WINDOW_WORDS), opening: words.slice(0, 3), length: words.length };
}
