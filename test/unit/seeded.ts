/** Randomness for tests: the same numbers every time, by a seed that the caller names. */

/** mulberry32: 32 bits of state, good enough to choose test data with. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` bytes, repeatable and beyond the reach of a compressor. */
export function noise(seed: number, count: number): Uint8Array<ArrayBuffer> {
  const next = seeded(seed);
  return Uint8Array.from({ length: count }, () => Math.floor(next() * 256));
}
