/**
 * How many of each stratum a budget takes. Strata of which people spoke outright come first: three quarters of the budget
 * are theirs, as they are what can be learned from; within each part shares are even, and what is left over goes to others.
 */

/** Of the budget, for the strata that come first, while the others could use the rest. */
const FIRST_SHARE = 0.75;

/** Shares `budget` out evenly; what a small stratum can't use goes to the others (water-filling). */
export function shareOut(sizes: readonly number[], budget: number): number[] {
  const order = sizes.map((_, index) => index).sort((a, b) => (sizes[a] ?? 0) - (sizes[b] ?? 0) || a - b);
  const shares = sizes.map(() => 0);
  let left = budget;
  for (const [position, index] of order.entries()) {
    const share = Math.min(sizes[index] ?? 0, Math.floor(left / (order.length - position)));
    shares[index] = share;
    left -= share;
  }
  return shares;
}

export interface StratumSize {
  size: number;
  first: boolean;
}

/** @returns rows of each stratum, in their order; together `budget`, or all there are */
export function sharesOf(strata: readonly StratumSize[], budget: number): number[] {
  const sizeOf = (first: boolean) => strata.reduce((sum, one) => sum + (one.first === first ? one.size : 0), 0);
  const others = Math.min(sizeOf(false), budget - Math.min(sizeOf(true), Math.ceil(FIRST_SHARE * budget)));
  const part = (first: boolean, rows: number) =>
    shareOut(
      strata.map((one) => (one.first === first ? one.size : 0)),
      rows,
    );
  const [ofFirst, ofOthers] = [part(true, budget - others), part(false, others)];
  return strata.map((_, at) => (ofFirst[at] ?? 0) + (ofOthers[at] ?? 0));
}
