/**
 * Repetition by the rules of Gopher (Rae et al. 2021, arXiv:2112.11446, table A1) that suit chat: duplicate lines, the commonest
 * n-gram, duplicate n-grams, at its thresholds. They were made for web pages; answers have headings, refrains, steps and terms
 * that come again. So a line counts as a duplicate where a block of lines follows itself at once, as loops do and refrains don't,
 * and an n-gram where it comes the fifth time; the commonest n-gram
 * is telling in long texts alone, as a short one has few words for its subject; code, tables and JSON repeat by nature and are left aside.
 */

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
const WORDS_MIN = 100;
const TOP_WORDS_MIN = 300;
/** Of a longer text no more is looked at. */
const WORDS_MAX = 20_000;
const LINES_MAX = 5_000;
/** Lines of the longest block that may loop. */
const BLOCK_LINES_MAX = 30;
/** From this time on an n-gram is a duplicate. */
const TIMES = 5;

const WORD = /[\p{L}\p{N}]+/gu;

/** @returns the rule that it breaks, with its number */
export function findRepetition(text: string): string | undefined {
  const prose = withoutBlocks(text);
  return repeatedLines(prose) ?? repeatedWords(prose);
}

/** Without fenced code, tables, indented code, quotes and what looks like JSON. */
function withoutBlocks(text: string): string {
  let fenced = false;
  const kept = text.split("\n").filter((line) => {
    if (/^\s{0,3}(?:```|~~~)/.test(line)) {
      fenced = !fenced;
      return false;
    }
    return !fenced && !/^(?:\s{4}|\t|\s{0,3}[|>[{}\]"])/.test(line) && !/[{};]\s{0,3}$/.test(line);
  });
  return kept.join("\n");
}

function repeatedLines(prose: string): string | undefined {
  const all = prose.split("\n", LINES_MAX).flatMap((line) => (line.trim() === "" ? [] : [line.trim()]));
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
  for (let block = 1; block <= Math.min(BLOCK_LINES_MAX, lines.length / 2); block++) {
    let run = 0;
    for (let at = block; at <= lines.length; at++) {
      if (at < lines.length && lines[at] === lines[at - block]) {
        run++;
        continue;
      }
      if (run >= block) for (let line = at - run; line < at; line++) looped.add(line);
      run = 0;
    }
  }
  return [...looped].flatMap((at) => lines[at] ?? []);
}

function repeatedWords(prose: string): string | undefined {
  const words: string[] = [];
  for (const [word] of prose.toLowerCase().matchAll(WORD)) {
    if (words.length === WORDS_MAX) break;
    words.push(word);
  }
  if (words.length < WORDS_MIN) return undefined;
  const total = charsIn(words);
  for (const [length, most] of TOP_GRAMS) {
    const [gram, times] = topGram(gramsOf(words, length));
    const share = (times * (gram.length - (length - 1))) / total;
    if (words.length >= TOP_WORDS_MIN && share > most) {
      return `one sequence of ${length} words is ${percent(share)} of it, ${percent(most)} at most`;
    }
  }
  for (const [length, most] of DUPLICATE_GRAMS) {
    const share = duplicateChars(words, length) / total;
    if (share > most) return `${percent(share)} of it repeat sequences of ${length} words, ${percent(most)} at most`;
  }
  return undefined;
}

/** Characters of words in n-grams that come the fifth time or later; a word counts once. */
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
  return texts.reduce((sum, { length }) => sum + length, 0);
}

function percent(share: number): string {
  return `${Math.round(100 * share)}%`;
}
