/**
 * What a user says next in the same conversation, read as a word on the answer before it: some 30% of conversations carry
 * such words, and 1–3% of answers a thumb. Deterministic rules, sure rather than complete; in doubt, nothing.
 */
import type { NextValue } from "../core/feedback.ts";
import { BUT, PHRASES } from "./phrases.ts";

export interface Said {
  /** What the user had asked, before the answer. */
  asked: string;
  /** What the user says to the answer. */
  next: string;
}

/** Opinions stand at the beginning; what is pasted behind them is not read. Characters. */
const OPENING_CHARS = 160;
/** Asked again in other words: this share of the words of both. Below it are follow-ups on the same things. */
const SIMILARITY_MIN = 0.6;
/** Of fewer words two questions share half by chance. */
const WORDS_MIN = 4;
/** Comparing longer texts tells no more. Characters. */
const COMPARED_CHARS = 4_000;

export function readNext({ asked, next }: Said): NextValue | null {
  const opening = normalise(next).slice(0, OPENING_CHARS);
  if (opening === "") return null;
  const languages = Object.values(PHRASES);
  const fits = (kind: "complaint" | "correction" | "thanks") =>
    languages.some((phrases) => phrases[kind].some((phrase) => phrase.test(opening)));
  if (fits("complaint")) return "complaint";
  if (fits("correction")) return "correction";
  if (fits("thanks")) return BUT.test(opening) ? null : "thanks";
  return isAskedAgain(asked, next) ? "rephrase" : null;
}

function normalise(text: string): string {
  return text
    .normalize("NFC")
    .toLowerCase()
    .replace(/[’‘`´]/gu, "'")
    .replace(/\s+/gu, " ")
    .trim();
}

/** Jaccard similarity of their words; of scripts without blanks, of their pairs of characters. */
function isAskedAgain(asked: string, next: string): boolean {
  const [before, after] = [asked, next].map((text) => piecesOf(normalise(text).slice(0, COMPARED_CHARS)));
  if (before === undefined || after === undefined || before.size < WORDS_MIN || after.size < WORDS_MIN) return false;
  const shared = [...before].filter((piece) => after.has(piece)).length;
  return shared / (before.size + after.size - shared) >= SIMILARITY_MIN;
}

function piecesOf(text: string): Set<string> {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const pieces = words.flatMap((word) =>
    /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u.test(word) ? pairsOf(word) : [word],
  );
  return new Set(pieces);
}

function pairsOf(word: string): string[] {
  const characters = [...word];
  return characters.slice(1).map((character, at) => `${characters[at]}${character}`);
}
