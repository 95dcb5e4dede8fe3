/**
 * The fence around captured text. Every line of ours in it begins with a mark that is made from the text itself, so that no
 * text can hold it: to close the fence a text would have to contain a part of its own SHA-256. (Spotlighting by
 * delimiters, Hines et al. 2024, arXiv 2403.14720; here the delimiter differs with every text.)
 *
 *     #4f1c… begin
 *     #4f1c… message 1: user
 *     …captured…
 *     #4f1c… 1200 characters are left out here
 *     …captured…
 *     #4f1c… end
 */
import { sha256Hex } from "../core/hash.ts";
import { canonicalJson } from "../core/json.ts";
import type { Piece } from "./conversation-text.ts";

export interface Fenced {
  /** `#` and 32 hex digits. */
  mark: string;
  /** The whole block, its first and last lines included. */
  text: string;
}

/** @param options.seed of the prompt: other seeds give other marks */
export function fence(pieces: readonly Piece[], options: { seed: string }): Fenced {
  const mark = markFor(pieces, options.seed);
  const lines = pieces.flatMap((piece) => [`${mark} ${piece.label}`, ...bodyOf(piece, mark)]);
  return { mark, text: [`${mark} begin`, ...lines, `${mark} end`].join("\n") };
}

/** @throws never in practice: that a hundred digests all stand in one text can't be arranged */
function markFor(pieces: readonly Piece[], seed: string): string {
  const content = canonicalJson(pieces.map(({ label, parts }) => [label, ...parts]));
  for (let turn = 0; turn < 100; turn++) {
    const mark = `#${sha256Hex(`fence\0${seed}\0${turn}\0${content}`).slice(0, 32)}`;
    if (!content.includes(mark.slice(1))) return mark;
  }
  throw new Error("no mark that the captured text does not hold");
}

function bodyOf({ parts, leftOutChars }: Piece, mark: string): string[] {
  return parts.flatMap((part, at) =>
    at === 0 ? [part] : [`${mark} ${leftOutChars} characters are left out here`, part],
  );
}
