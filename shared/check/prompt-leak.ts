/**
 * The system prompt, told to the user: twenty-five words in a row that are instructions. A system prompt also holds what is there to
 * be said (greetings, policies, documents to quote): only a run that speaks to the model, or of it, counts, and nothing that stands
 * in quotes, an example or a code block. What the user or a tool said too is no leak.
 */
import type { Message } from "../core/exchange.ts";
import { textsOf } from "./text-of.ts";

const RUN_WORDS = 25;
/** Scripts without blanks: each of their characters is a word, of which two or so make one. */
const WIDE_RUN_WORDS = 50;
const WORDS_MAX = 20_000;
/** Leaked runs that are looked for in what the user said: a leak has one at each of its words. */
const RUNS_LOOKED_UP = 20;

const WIDE = "\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}";
const WORD = new RegExp(`[${WIDE}]|[[\\p{L}\\p{N}]--[${WIDE}]]+`, "gv");
const IS_WIDE = new RegExp(`^[${WIDE}]$`, "v");

/** One of these is said to a model and to nobody else. */
const STRONG =
  /(?<!\p{L})(?:you are an?|you are the|your (?:task|role|job|goal|purpose|instructions?|answers?|repl(?:y|ies)|responses?|output)|the user(?:'?s)?|users|as an ai|ai assistant|language model|system prompt|du bist ein\p{L}*|sie sind ein\p{L}*|deine aufgabe|ihre aufgabe|der nutzer|tu es une?|vous êtes une?|l utilisateur|eres una?|el usuario|você é uma?|o usuário|sei una?|l utente|je bent een|u bent een|de gebruiker|jesteś|użytkownik\p{L}*)(?!\p{L})|あ な た は|ユ ー ザ|你 是|您 是|用 户|使 用 者/u;
/** Policies have one of these as well; two are instructions. */
const WEAK =
  /(?<!\p{L})(?:you are|never|always|do not|don t|must not|respond|answer|reply|politely|assistant|customers?|antworte\p{L}*|niemals|immer|réponds|répondez|jamais|toujours|responde|nunca|siempre|sempre|rispondi|antwoord|nooit|altijd|odpowiadaj|nigdy|zawsze)(?!\p{L})/gu;

export function findLeak(prompt: readonly Message[], answer: string): string | undefined {
  const told = wordsOf(answer);
  if (told.length < RUN_WORDS) return undefined;
  let said: string | undefined;
  for (const system of textsOf(prompt, ["system", "developer"])) {
    const words = wordsOf(toBeKept(system));
    const wide = words.filter((word) => IS_WIDE.test(word)).length;
    const length = 2 * wide > words.length ? WIDE_RUN_WORDS : RUN_WORDS;
    const leaked = sharedRuns(words, { told, length }).filter(isInstruction);
    if (leaked.length === 0) continue;
    said ??= ` ${wordsOf(textsOf(prompt, ["user", "tool"]).join("\n"), Number.POSITIVE_INFINITY).join(" ")} `;
    const step = Math.ceil(leaked.length / RUNS_LOOKED_UP);
    const isNew = leaked.some((run, at) => at % step === 0 && !said?.includes(` ${run} `));
    if (isNew) return `${length} words in a row are the system prompt's`;
  }
  return undefined;
}

/** Instructions alone. */
function toBeKept(system: string): string {
  return system
    .replace(/```[^`]*(?:```|$)/g, " ")
    .replace(/<(examples?|documents?|context|knowledge|faq)>(?:(?!<\/\1>).)*/gis, " ")
    .replace(/["“„«][^"”“»„«]{20,2000}["”“»]/g, " ");
}

/** Runs of `words` that `told` has too, in their order. */
function sharedRuns(words: readonly string[], { told, length }: { told: readonly string[]; length: number }): string[] {
  if (!mayShareRun(words, { told, length })) return [];
  const numbers = numberRuns([...words, "§", ...told], length);
  const theirs = new Set(numbers.slice(words.length + 1));
  const starts = numbers.slice(0, words.length - length + 1);
  return starts.flatMap((number, at) => (theirs.has(number) ? [words.slice(at, at + length).join(" ")] : []));
}

/** Nearly never: so many words in a row that `told` has too, in whatever order. */
function mayShareRun(words: readonly string[], { told, length }: { told: readonly string[]; length: number }): boolean {
  if (told.length < length) return false;
  const known = new Set(told);
  let row = 0;
  for (const word of words) {
    row = known.has(word) ? row + 1 : 0;
    if (row === length) return true;
  }
  return false;
}

/**
 * A number for each run of so many words, the same for the same words: runs are numbered by the pair of shorter runs that they
 * begin and end with, from single words up, so that no run is ever written out (Karp, Miller, Rosenberg 1972).
 */
function numberRuns(words: readonly string[], length: number): number[] {
  const known = new Map<string, number>();
  let numbers = words.map((word) => numberOf(known, word));
  for (let have = 1; have < length; ) {
    const step = Math.min(have, length - have);
    const pairs = new Map<number, number>();
    const before = numbers;
    numbers = before
      .slice(0, before.length - step)
      .map((first, at) => numberOf(pairs, first * words.length + (before[at + step] ?? 0)));
    have += step;
  }
  return numbers;
}

function numberOf<K>(known: Map<K, number>, key: K): number {
  const number = known.get(key) ?? known.size;
  if (number === known.size) known.set(key, number);
  return number;
}

function isInstruction(run: string): boolean {
  return STRONG.test(run) || new Set(run.match(WEAK)).size >= 2;
}

function wordsOf(text: string, most = WORDS_MAX): string[] {
  return (text.toLowerCase().match(WORD) ?? []).slice(0, most);
}
