/**
 * The system prompt, told to the user: twenty-five words in a row of its first sixty, which are instructions, or eighty of what
 * comes after, which may be documents that are there to be quoted. What the user said too is no leak.
 */
import type { Message } from "../core/exchange.ts";
import { textsOf } from "./text-of.ts";

const HEAD_WORDS = 60;
const HEAD_RUN_WORDS = 25;
const BODY_RUN_WORDS = 80;
const WORDS_MAX = 20_000;
const WORD = /[\p{L}\p{N}]+/gu;

export function findLeak(prompt: readonly Message[], answer: string): string | undefined {
  const told = wordsOf(answer);
  if (told.length < HEAD_RUN_WORDS) return undefined;
  const said = wordsOf(textsOf(prompt, ["user", "tool", "assistant"]).join("\n"));
  for (const system of textsOf(prompt, ["system", "developer"])) {
    const words = wordsOf(system);
    const head = sharedRun(words.slice(0, HEAD_WORDS), { told, said, length: HEAD_RUN_WORDS });
    if (head) return `${HEAD_RUN_WORDS} words in a row are the beginning of the system prompt's`;
    const body = sharedRun(words, { told, said, length: BODY_RUN_WORDS });
    if (body) return `${BODY_RUN_WORDS} words in a row are the system prompt's`;
  }
  return undefined;
}

function sharedRun(
  words: readonly string[],
  { told, said, length }: { told: readonly string[]; said: readonly string[]; length: number },
): boolean {
  if (words.length < length) return false;
  const runs = runsOf(words, length);
  const known = runsOf(said, length);
  return [...runsOf(told, length)].some((run) => runs.has(run) && !known.has(run));
}

function runsOf(words: readonly string[], length: number): Set<string> {
  const starts = words.slice(0, Math.max(0, words.length - length + 1));
  return new Set(starts.map((_, at) => words.slice(at, at + length).join(" ")));
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD)?.slice(0, WORDS_MAX) ?? [];
}
