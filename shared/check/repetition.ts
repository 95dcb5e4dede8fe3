/**
 * Repetition by the rules of Gopher (Rae et al. 2021, arXiv:2112.11446, table A1) that suit chat: duplicate lines, the commonest
 * n-gram, duplicate n-grams, at its thresholds. They were made for web pages; answers have headings, refrains, steps and terms
 * that come again, and lists whose entries are built alike. So a line counts as a duplicate where a block of lines follows itself
 * at once and twice, as loops do and refrains don't (once where the block is long), its numbers aside where it is a sentence; and
 * n-grams are counted within a paragraph, where they come the third time. Code, tables and JSON repeat by nature and are left aside,
 * and who asks for something many times gets it.
 */
import type { Message } from "../core/exchange.ts";
import { questionOf } from "./text-of.ts";

/** Shares of the lines, and of their characters. */
const DUPLICATE_LINES = 0.3;
const DUPLICATE_LINE_CHARS = 0.2;
/** n → share of characters in the commonest n-gram. */
const TOP_GRAMS = [
  [2, 0.2],
  [3, 0.18],
  [4, 0.16],
] as const;
/** n → share of characters in duplicate n-grams. */
const DUPLICATE_GRAMS = [
  [5, 0.15],
  [6, 0.14],
  [7, 0.13],
  [8, 0.12],
  [9, 0.11],
  [10, 0.1],
] as const;
const LINES_MIN = 6;
/** Of a paragraph: a shorter one has few words for its subject. */
const WORDS_MIN = 100;
/** For the commonest n-gram: a paragraph on one thing names it often. */
const TOP_WORDS_MIN = 300;
/** Of a longer text no more is looked at. */
const WORDS_MAX = 20_000;
const LINES_MAX = 5_000;
/** Lines of the longest block that may loop. */
const BLOCK_LINES_MAX = 30;
/** A block of so many words is a loop the second time already: nobody sings it. */
const LONG_BLOCK_WORDS = 50;
/** A line of so many words is the same with other numbers in it; shorter ones are entries of a table. */
const SENTENCE_WORDS = 10;
/** From this time on an n-gram is a duplicate. */
const TIMES = 3;

const WORD = /[\p{L}\p{N}]+/gu;
const NO_PROSE = /^(?:\s{4}|\t|\s{0,3}[|>[{}\]"])|[{};]\s{0,3}$|,\S[^,]{0,200},\S/;
/** "thirty times", "repeat", in the languages that the refusals are read in. */
const ASKS =
  /(?<![\p{L}\p{N}])(?:\d{1,5} ?(?:times|x|mal|fois|veces|vezes|volte|keer|maal|razy|раз)(?!\p{L})|(?:\p{L}{3,12} )times(?!\p{L})|repeat|over and over|wiederhol|répét|repit|repet|ripet|herhaal|powt[aó]rz|повтор)|繰り返|重复|重複|\d{1,5} ?[回次遍]/iu;

/** @returns the rule that it breaks, with its number */
export function findRepetition(prompt: readonly Message[], text: string): string | undefined {
  const lines = withoutBlocks(text);
  const found = repeatedLines(lines) ?? repeatedWords(lines);
  return found === undefined || ASKS.test(questionOf(prompt)) ? undefined : found;
}

/** Its lines that hold something, without fenced code, tables, CSV, indented code, quotes and what looks like JSON. */
function withoutBlocks(text: string): string[] {
  let fenced = false;
  const kept: string[] = [];
  for (const line of text.split("\n")) {
    if (/^\s{0,3}(?:```|~~~)/.test(line)) fenced = !fenced;
    else if (!fenced && !NO_PROSE.test(line)) {
      const trimmed = line.trim();
      if (trimmed !== "") kept.push(trimmed);
    }
    if (kept.length === LINES_MAX) break;
  }
  return kept;
}

function repeatedLines(all: readonly string[]): string | undefined {
  if (all.length < LINES_MIN) return undefined;
  const again = loopedLines(all);
  const share = again.length / all.length;
  if (share > DUPLICATE_LINES)
    return `${percent(share)} of its lines are repeated, ${percent(DUPLICATE_LINES)} at most`;
  const chars = charsIn(again) / charsIn(all);
  if (chars <= DUPLICATE_LINE_CHARS) return undefined;
  return `${percent(chars)} of its characters are in repeated lines, ${percent(DUPLICATE_LINE_CHARS)} at most`;
}

/** Lines of blocks that follow themselves at once: those of the second time and later. */
function loopedLines(lines: readonly string[]): string[] {
  const looped = new Set<number>();
  const same = lines.map(numbersAside);
  const words = lines.map(countWords);
  for (let block = 1; block <= Math.min(BLOCK_LINES_MAX, lines.length / 2); block++) {
    let run = 0;
    for (let at = block; at <= lines.length; at++) {
      if (at < lines.length && same[at] === same[at - block]) {
        run++;
        continue;
      }
      if (run >= 2 * block || (run >= block && sum(words.slice(at - block, at)) >= LONG_BLOCK_WORDS)) {
        for (let line = at - run; line < at; line++) looped.add(line);
      }
      run = 0;
    }
  }
  return [...looped].flatMap((at) => lines[at] ?? []);
}

function numbersAside(line: string): string {
  const aside = line.replace(/\d+/g, " ");
  return countWords(aside) >= SENTENCE_WORDS ? aside : line;
}

function countWords(text: string): number {
  return text.match(WORD)?.length ?? 0;
}

function repeatedWords(lines: readonly string[]): string | undefined {
  let words = 0;
  for (const line of lines) {
    const paragraph = (line.toLowerCase().match(WORD) ?? []).slice(0, WORDS_MAX - words);
    words += paragraph.length;
    const found = paragraph.length < WORDS_MIN ? undefined : repeatedIn(paragraph);
    if (found !== undefined) return found;
  }
  return undefined;
}

function repeatedIn(words: readonly string[]): string | undefined {
  const total = charsIn(words);
  for (const [length, most] of TOP_GRAMS) {
    const [gram, times] = topGram(gramsOf(words, length));
    const share = Math.min(1, (times * (gram.length - (length - 1))) / total);
    if (words.length >= TOP_WORDS_MIN && share > most) {
      return `one sequence of ${length} words is ${percent(share)} of a paragraph, ${percent(most)} at most`;
    }
  }
  for (const [length, most] of DUPLICATE_GRAMS) {
    const share = duplicateChars(words, length) / total;
    if (share > most) {
      return `${percent(share)} of a paragraph repeat sequences of ${length} words, ${percent(most)} at most`;
    }
  }
  return undefined;
}

/** Characters of words in n-grams that come the third time or later; a word counts once. */
function duplicateChars(words: readonly string[], length: number): number {
  const times = new Map<string, number>();
  let covered = 0;
  let chars = 0;
  for (const [at, gram] of gramsOf(words, length).entries()) {
    const time = (times.get(gram) ?? 0) + 1;
    times.set(gram, time);
    if (time < TIMES) continue;
    for (let word = Math.max(covered, at); word < at + length; word++) chars += words[word]?.length ?? 0;
    covered = at + length;
  }
  return chars;
}

function topGram(grams: readonly string[]): [gram: string, times: number] {
  const times = new Map<string, number>();
  for (const gram of grams) times.set(gram, (times.get(gram) ?? 0) + 1);
  let top: [string, number] = ["", 0];
  for (const one of times) if (one[1] > top[1]) top = one;
  return top;
}

function gramsOf(words: readonly string[], length: number): string[] {
  return words.slice(0, Math.max(0, words.length - length + 1)).map((_, at) => words.slice(at, at + length).join(" "));
}

function charsIn(texts: readonly string[]): number {
  return texts.reduce((total, { length }) => total + length, 0);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}
