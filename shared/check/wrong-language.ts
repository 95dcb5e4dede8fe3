/**
 * Another language than the user's, told by n-grams (the package eld). Only where both texts are long enough to be sure and of one
 * language throughout, nobody names a language, and the answer's is spoken nowhere in the conversation: "summarise this for us" over
 * a German letter asks for English by being English, in the question or in the system prompt. Languages that are told apart by
 * few words count as one.
 */
import { eld } from "eld/extrasmall";
import type { Message } from "../core/exchange.ts";
import { namesLanguage } from "./language-names.ts";
import { questionOf, textsOf } from "./text-of.ts";

/** Under some fifteen words detection errs. */
const LETTERS_MIN = 80;
/** Of a piece of a sentence, which may be taken for any language: it only ever excuses. */
const PIECE_LETTERS_MIN = 8;
/** Pieces of a text at each of its ends. */
const PIECES = 4;
const TEXT_CHARS_MAX = 4_000;
/** What eld looks at: the first 350 bytes of what it is given. */
const WINDOW_CHARS = 350;

/** Of one cluster each is mistaken for another. */
const ALIKE = [
  ["no", "da", "sv", "nb", "nn"],
  ["es", "pt", "gl", "ca", "it"],
  ["hr", "sr", "bs", "sl"],
  ["cs", "sk"],
  ["ru", "uk", "be", "bg", "mk"],
  ["ms", "id", "tl"],
  ["hi", "mr", "ne"],
  ["de", "nl", "af", "lb"],
  ["fa", "ar", "ur"],
  ["zh", "ja"],
];
/** A system prompt that says no more than this is in English whatever its app speaks. */
const BARE = /^\s{0,20}you are (?:a|an|the) [^\n.]{0,60}\bassistant[.!]?\s{0,20}$/i;

export function findOtherLanguage(prompt: readonly Message[], answer: string): string | undefined {
  const given = languageOf(answer);
  if (given === undefined) return undefined;
  const question = questionOf(prompt);
  const own = languageOf(question);
  if (own === undefined || isAlike(given, own) || piecesOf(question).some((piece) => maySpeak(piece, given))) {
    return undefined;
  }
  const system = textsOf(prompt, ["system", "developer"]).filter((text) => !BARE.test(text));
  const others = [...system, ...textsOf(prompt, ["user", "assistant"])];
  if (others.some(namesLanguage)) return undefined;
  if (others.some((text) => [wordsOnly(text), ...piecesOf(text)].some((piece) => maySpeak(piece, given)))) {
    return undefined;
  }
  return `the answer is in "${given}", the question in "${own}"`;
}

/** Surely, and in all of its windows; undefined where that can't be told. */
function languageOf(text: string): string | undefined {
  const words = wordsOnly(text);
  if (lettersOf(words) < LETTERS_MIN) return undefined;
  const starts = [0, Math.max(0, (words.length - WINDOW_CHARS) >> 1), Math.max(0, words.length - WINDOW_CHARS)];
  const found = [...new Set(starts)].map((start) => eld.detect(words.slice(start, start + WINDOW_CHARS)));
  const [first] = found;
  const isSure = found.every((one) => one.language === first?.language && one.isReliable());
  return isSure ? first?.language || undefined : undefined;
}

/** Is it, sure or not, of that language? */
function maySpeak(text: string, language: string): boolean {
  return lettersOf(text) >= PIECE_LETTERS_MIN && isAlike(eld.detect(text).language, language);
}

/** The first and the last pieces of sentences: what is asked for stands there, and what it is done to in between. */
function piecesOf(text: string): string[] {
  const ends = [text.slice(0, TEXT_CHARS_MAX), text.slice(-TEXT_CHARS_MAX)];
  const [first = [], last = []] = ends.map((end) =>
    wordsOnly(end)
      .split(/[\n.!?:;,。！？：；，]/)
      .filter((piece) => lettersOf(piece) >= PIECE_LETTERS_MIN),
  );
  return [...first.slice(0, PIECES), ...last.slice(-PIECES)];
}

/** A letter of Chinese or Japanese is half a word. */
function lettersOf(text: string): number {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const wide = text.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0;
  return letters + 3 * wide;
}

/** Without code, addresses, markup and what is between quotes. */
function wordsOnly(text: string): string {
  return text
    .slice(0, 4 * TEXT_CHARS_MAX)
    .replace(/```[^`]*(?:```|$)/g, " ")
    .replace(/`[^`\n]{1,200}`/g, " ")
    .replace(/\bhttps?:\/\/\S{1,500}/g, " ")
    .replace(/["“„«][^"”“»\n]{1,500}["”“»]/g, " ")
    .replace(/<[^<>\n]{1,200}>/g, " ")
    .replace(/[{}[\]|_*#=<>\\/$]/g, " ")
    .slice(0, TEXT_CHARS_MAX);
}

function isAlike(one: string, other: string): boolean {
  return one === other || ALIKE.some((languages) => languages.includes(one) && languages.includes(other));
}
