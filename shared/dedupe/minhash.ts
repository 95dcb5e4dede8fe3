/**
 * MinHash signatures in bands (Broder 1997; Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets", ch. 3): sets that share
 * a band are compared, which then tells them apart.
 */

export interface Banding {
  bands: number;
  /** Hashes in one band: bands × rows is HASHES. */
  rows: number;
}

/** Of pairs at Jaccard 0.8 99.8% share a band, at 0.5 40%. */
export const NEAR_BANDING: Banding = { bands: 16, rows: 5 };
/** For what is less alike: of pairs at 0.6 94% share a band, at 0.3 15%. */
export const WIDE_BANDING: Banding = { bands: 20, rows: 4 };
const HASHES = 80;

const MULTIPLIERS = Uint32Array.from({ length: HASHES }, (_, at) => Math.imul(at + 1, 0x9e3779b1) | 1);
const OFFSETS = Uint32Array.from({ length: HASHES }, (_, at) => Math.imul(at + 1, 0x85ebca77) ^ 0x27d4eb2f);

/** A number for each band; two sets that have one in common, in its place, may be alike. Empty for an empty set. */
export function bandKeys(parts: readonly Uint32Array[], { bands, rows } = NEAR_BANDING): Float64Array {
  if (parts.every(({ length }) => length === 0)) return new Float64Array(0);
  const least = new Uint32Array(HASHES).fill(0xffffffff);
  for (const [place, part] of parts.entries()) {
    for (const shingle of part) {
      const own = Math.imul(shingle ^ Math.imul(place, 0xc2b2ae3d), 0x27d4eb2d) >>> 0;
      for (let at = 0; at < HASHES; at++) {
        const hash = (Math.imul(own ^ (own >>> 15), MULTIPLIERS[at] ?? 1) + (OFFSETS[at] ?? 0)) >>> 0;
        if (hash < (least[at] ?? 0)) least[at] = hash;
      }
    }
  }
  return Float64Array.from({ length: bands }, (_, band) => {
    let [high, low] = [band + 1, 0x165667b1];
    for (let row = 0; row < rows; row++) {
      const value = least[band * rows + row] ?? 0;
      high = Math.imul(high ^ value, 0xcc9e2d51) ^ (high >>> 13);
      low = Math.imul(low ^ value, 0x1b873593) ^ (low >>> 15);
    }
    return (high >>> 0) * 2 ** 21 + ((low >>> 0) >>> 11);
  });
}
