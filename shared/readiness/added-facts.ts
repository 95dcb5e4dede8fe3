/**
 * Does a correction bring a fact that the call did not have? Told without a model, by its names and numbers: one that
 * stands in neither the prompt nor the answer had to come from elsewhere. It errs both ways (a name may be common
 * knowledge, a fact may have neither), so it is a share of many corrections that counts, and never one.
 */
import { allWordsOf, beginning, wordsOf } from "./words.ts";

export interface Corrected {
  correction: string;
  /** All messages of the call, the system prompt included. */
  prompt: string;
  answer: string;
}

/** Of prompt and answer together; a longer one is not looked through. */
const KNOWN_CHARS_MAX = 200_000;
/** Numbering, and small counts that say nothing. */
const DIGITS_MIN = 2;
/** Where so many words inside of sentences have a capital (headlines), a capital names nothing. */
const CAPITALS_SHARE_MAX = 0.5;
/** Nor in German, which gives one to every noun: told by two of its words. */
const GERMAN = ["der", "und", "ist", "sind", "nicht", "ein", "eine", "das", "ich", "wir", "zu", "mit"];
const GERMAN_WORDS_MIN = 2;
/** Digits with what groups and separates them: 1,000; 12:30; 2026-11-23. */
const NUMBER = /\d(?:[.,:/-]?\d)*/g;
const CAPITAL = /^\p{Lu}/u;
const INNER_CAPITAL = /\p{Ll}\p{Lu}/u;
/** What a sentence, a line or a quotation begins after; the lower-case beginning of a word is not asked for. */
const SENTENCES = /[.!?:;"“”«»()\n•*–—-]+/u;

export function addsFacts({ correction, prompt, answer }: Corrected): boolean {
  if (prompt.length + answer.length > KNOWN_CHARS_MAX) return false; // what was not looked through may have it
  const said = beginning(correction).split("```").filter(isProse).join("\n");
  const numbers = numbersOf(said);
  const names = namesOf(said);
  if (numbers.length === 0 && names.length === 0) return false;
  const known = `${prompt}\n${answer}`;
  const knownNumbers = new Set(numbersOf(known));
  if (numbers.some((number) => !knownNumbers.has(number))) return true;
  const knownWords = new Set(allWordsOf(known.toLowerCase()));
  const added = names.filter((name) => !knownWords.has(name.toLowerCase()));
  return added.length > 0 && !isGerman(knownWords, said);
}

/** Code makes names of its own: what stands between fences is left out. */
function isProse(_part: string, at: number): boolean {
  return at % 2 === 0;
}

function isGerman(knownWords: ReadonlySet<string>, said: string): boolean {
  const words = new Set(wordsOf(said.toLowerCase()));
  return GERMAN.filter((word) => words.has(word) || knownWords.has(word)).length >= GERMAN_WORDS_MIN;
}

function numbersOf(text: string): string[] {
  const digits = (text.match(NUMBER) ?? []).map((number) => number.replace(/\D/g, ""));
  return digits.filter(({ length }) => length >= DIGITS_MIN);
}

/** Words with a capital that no sentence begins with, and words with one inside. */
function namesOf(text: string): string[] {
  const inside = text.split(SENTENCES).flatMap((sentence) => wordsOf(sentence).slice(1));
  const capital = inside.filter((word) => CAPITAL.test(word) && word.length > 1);
  const telling = capital.length <= CAPITALS_SHARE_MAX * inside.length ? capital : [];
  return [...telling, ...wordsOf(text).filter((word) => INNER_CAPITAL.test(word))];
}
