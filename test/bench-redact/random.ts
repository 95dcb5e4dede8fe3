/** A seeded generator (mulberry32) and what the labelled set draws with it. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** From 0, below the bound. */
  below(bound: number): number;
  pick<T>(values: readonly T[]): T;
  digits(count: number): string;
  /** So many characters of an alphabet. */
  letters(count: number, alphabet: string): string;
}

export function makeRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number): number => Math.floor(next() * bound);
  const pick = <T>(values: readonly T[]): T => {
    const value = values[below(values.length)];
    if (value === undefined) throw new Error("nothing to pick from");
    return value;
  };
  const letters = (count: number, alphabet: string): string =>
    Array.from({ length: count }, () => alphabet[below(alphabet.length)]).join("");
  return { next, below, pick, letters, digits: (count) => letters(count, "0123456789") };
}

export const LOWER = "abcdefghijklmnopqrstuvwxyz";
export const UPPER = LOWER.toUpperCase();
export const ALNUM = `${LOWER}${UPPER}0123456789`;
