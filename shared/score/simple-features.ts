/** Simple features of a prompt and its answer: lengths, form, numbers. Of no app and no language in particular. */
import { checkArithmetic } from "./arithmetic.ts";

export interface ScoredText {
  /** The last thing that was asked, or the whole of it. */
  prompt: string;
  answer: string;
  finishReason: string | null;
}

/** In the order of `simpleFeatures`. */
export const SIMPLE_FEATURES = [
  "answer characters, log",
  "answer words, log",
  "answer to prompt length, log ratio",
  "answer lines, log",
  "share of different words",
  "share of answer words that are in the prompt",
  "equations, log",
  "share of equations that do not hold",
  "any equation that does not hold",
  "share of the prompt's numbers that the answer uses",
  "share of the answer's numbers that come up once and are not in the prompt",
  "a list",
  "a code block",
  "JSON",
  "ends in a question",
  "ends in a letter",
  "stopped early",
  "starts with an apology or a refusal mark",
] as const;

/** Numbers and words looked at. */
const TOKENS_MAX = 2_000;

export function simpleFeatures({ prompt, answer, finishReason }: ScoredText): number[] {
  const text = answer.trim();
  const words = wordsOf(text);
  const asked = new Set(wordsOf(prompt));
  const { claims, wrong } = checkArithmetic(text);
  const numbers = numbersOf(text);
  const given = new Set(numbersOf(prompt));
  return [
    Math.log1p(text.length),
    Math.log1p(words.length),
    Math.log((1 + text.length) / (1 + prompt.length)),
    Math.log1p(text.split("\n").length),
    share(new Set(words).size, words.length),
    share(words.filter((word) => asked.has(word)).length, words.length),
    Math.log1p(claims),
    share(wrong, claims),
    Number(wrong > 0),
    shareOfSet(given, new Set(numbers)),
    share(onlyOnce(numbers).filter((number) => !given.has(number)).length, numbers.length),
    Number(/^\s*(?:[-*•]|\d+[.)])\s/m.test(text)),
    Number(text.includes("```")),
    Number(/^[[{]/.test(text) && /[\]}]$/.test(text)),
    Number(/[?？]$/.test(text)),
    Number(/\p{L}$/u.test(text)),
    Number(finishReason !== null && !/^(stop|end_turn|tool_calls|tool_use|STOP)$/.test(finishReason)),
    Number(/^.{0,20}(?:sorry|unable|cannot|can't|désolé|leider|lo siento)/i.test(text)),
  ];
}

function wordsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, TOKENS_MAX);
}

function numbersOf(text: string): number[] {
  const found = text.match(/\d[\d,]*(?:\.\d+)?/g) ?? [];
  return found.slice(0, TOKENS_MAX).map((digits) => Number(digits.replaceAll(",", "")));
}

function onlyOnce(numbers: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1);
  return numbers.filter((number) => counts.get(number) === 1);
}

function shareOfSet(whole: ReadonlySet<number>, part: ReadonlySet<number>): number {
  return share([...whole].filter((number) => part.has(number)).length, whole.size);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
