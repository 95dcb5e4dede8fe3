/**
 * Seeded, stratified sampling with known probabilities. Two draws, independent of each other:
 *
 * - a uniform audit slice, blind to feedback: simple random sampling of m of all N;
 * - from each stratum h simple random sampling of n_h of its N_h, the budget shared out evenly and what small strata
 *   leave going to the others.
 *
 * Simple random sampling by permanent random numbers (Ohlsson 1995): each item gets a number from the seed and its id,
 * and the smallest are taken. An item is in with probability 1 − (1 − n_h/N_h)(1 − m/N), exactly, as both sizes
 * depend on counts alone. No state, no clock: equal input gives an equal draw.
 */
import { uniform } from "../core/hash.ts";

export interface Item {
  id: string;
  stratum: string;
}

export interface DrawOptions {
  seed: string;
  /** How many the strata may give together. */
  budget: number;
  /** Share of all items that the audit slice takes, rounded up: in [0, 1]. */
  auditShare: number;
}

export interface Drawn {
  /** In (0, 1]. */
  inclusionProbability: number;
  audit: boolean;
}

export interface Stratum {
  stratum: string;
  size: number;
  drawn: number;
}

export interface Draw {
  drawn: Map<string, Drawn>;
  strata: Stratum[];
  auditSize: number;
}

export function draw(items: readonly Item[], options: DrawOptions): Draw {
  const { seed, budget, auditShare } = options;
  const groups = [...Map.groupBy(items, (item) => item.stratum)].sort(([a], [b]) => (a < b ? -1 : 1));
  const sizes = shareOut(
    groups.map(([, group]) => group.length),
    budget,
  );
  const auditSize = Math.min(items.length, Math.ceil(items.length * auditShare));
  const audited = new Set(smallest({ items, count: auditSize, seed, purpose: "audit" }));
  const auditProbability = items.length === 0 ? 0 : auditSize / items.length;
  const drawn = new Map<string, Drawn>();
  const strata = groups.map(([stratum, group], index): Stratum => {
    const count = sizes[index] ?? 0;
    const inclusionProbability = 1 - (1 - count / group.length) * (1 - auditProbability);
    const taken = new Set(smallest({ items: group, count, seed, purpose: "stratum" }));
    for (const item of group) {
      const audit = audited.has(item);
      if (audit || taken.has(item)) drawn.set(item.id, { inclusionProbability, audit });
    }
    return { stratum, size: group.length, drawn: group.filter((item) => drawn.has(item.id)).length };
  });
  return { drawn, strata, auditSize };
}

/** The items with the smallest random numbers; ties (2⁻⁵² each) go by id. */
function smallest(options: { items: readonly Item[]; count: number; seed: string; purpose: string }): Item[] {
  const { items, count, seed, purpose } = options;
  if (count >= items.length) return [...items];
  return items
    .map((item) => ({ item, number: uniform(seed, purpose, item.id) }))
    .sort((a, b) => a.number - b.number || (a.item.id < b.item.id ? -1 : 1))
    .slice(0, count)
    .map(({ item }) => item);
}

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
