/**
 * Do answers all begin alike? The first three words of each text, in blocks of a fixed number of texts, so that batches of
 * any size compare. Mode collapse shows here early: a tuned model finds one way to begin.
 */
import type { Window } from "./blocks.ts";
import { entropy } from "./diversity.ts";

export interface Openings {
  /** Share of the texts that begin with the block's commonest opening. */
  topShare: number;
  /** Of the openings, divided by that of openings that all differ: 1 is all different, 0 all the same. */
  entropy: number;
}

export const OPENING_TEXTS = 24;
/** Blocks more than this make nothing surer that matters. */
const BLOCKS_MAX = 50;

export function openingBlocks(windows: readonly Window[]): Openings[] {
  const blocks: Openings[] = [];
  for (let at = 0; at + OPENING_TEXTS <= windows.length && blocks.length < BLOCKS_MAX; at += OPENING_TEXTS) {
    blocks.push(openingsOf(windows.slice(at, at + OPENING_TEXTS)));
  }
  return blocks;
}

function openingsOf(windows: readonly Window[]): Openings {
  const counts = new Map<string, number>();
  for (const { opening } of windows) {
    const phrase = opening.join(" ");
    counts.set(phrase, (counts.get(phrase) ?? 0) + 1);
  }
  return {
    topShare: Math.max(...counts.values()) / windows.length,
    entropy: entropy([...counts.values()]) / Math.log2(windows.length),
  };
}
