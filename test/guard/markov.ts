/** A small language model to feed with its own answers: next word after the last two, or the last one, by counts. */
import { pick, type Random } from "./draw.ts";

export interface Sampling {
  temperature: number;
  /** The likeliest next words that are drawn from. */
  topK: number;
}

export interface Markov {
  next: Map<string, Map<string, number>>;
  /** First two words of texts. */
  starts: Map<string, number>;
}

const END = "\n";
const WORDS_MAX = 120;
/** How often only the last word is looked at: else a small corpus is recited. */
const SHORT_MEMORY = 0.25;

export function train(texts: readonly string[]): Markov {
  const markov: Markov = { next: new Map(), starts: new Map() };
  for (const text of texts) {
    const words = [...text.split(/\s+/).filter((word) => word !== ""), END];
    markov.starts.set(`${words[0]} ${words[1]}`, (markov.starts.get(`${words[0]} ${words[1]}`) ?? 0) + 1);
    for (let at = 1; at < words.length; at++) {
      const word = words[at] ?? END;
      count(markov, words[at - 1] ?? "", word);
      if (at > 1) count(markov, `${words[at - 2]} ${words[at - 1]}`, word);
    }
  }
  return markov;
}

export function generate(markov: Markov, { sampling, random }: { sampling: Sampling; random: Random }): string {
  const words = draw(markov.starts, { sampling, random }).split(" ");
  while (words.length < WORDS_MAX && words.at(-1) !== END) {
    const last = words.at(-1) ?? "";
    const long = markov.next.get(`${words.at(-2)} ${last}`);
    const counts =
      long !== undefined && random() >= SHORT_MEMORY ? long : (markov.next.get(last) ?? new Map([[END, 1]]));
    words.push(draw(counts, { sampling, random }));
  }
  return words.filter((word) => word !== END).join(" ");
}

function count(markov: Markov, before: string, word: string): void {
  const counts = markov.next.get(before) ?? new Map<string, number>();
  counts.set(word, (counts.get(word) ?? 0) + 1);
  markov.next.set(before, counts);
}

function draw(
  counts: ReadonlyMap<string, number>,
  { sampling, random }: { sampling: Sampling; random: Random },
): string {
  const likeliest = counts.size > sampling.topK ? greatest(counts).slice(0, sampling.topK) : [...counts];
  const weights = likeliest.map(([, number]) => number ** (1 / sampling.temperature));
  let place = random() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [at, weight] of weights.entries()) {
    place -= weight;
    if (place <= 0) return likeliest[at]?.[0] ?? END;
  }
  return pick(likeliest, random)[0];
}

function greatest(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([left, a], [right, b]) => b - a || (left < right ? -1 : 1));
}
