/** The same items in an order that looks random and depends on the seed alone (Fisher–Yates with mulberry32). */
import { uniform } from "../core/hash.ts";

export function shuffled<T>(items: readonly T[], seed: string): T[] {
  const mixed = [...items];
  let state = Math.floor(uniform(seed) * 2 ** 32) >>> 0;
  for (let last = mixed.length - 1; last > 0; last--) {
    state = (state + 0x6d2b79f5) >>> 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    const other = ((bits ^ (bits >>> 14)) >>> 0) % (last + 1);
    const item = mixed[last] as T;
    mixed[last] = mixed[other] as T;
    mixed[other] = item;
  }
  return mixed;
}
