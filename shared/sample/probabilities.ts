/**
 * With what probability each exchange of a window is drawn: its stratum's share, lowered where a user, a session, a template
 * or a prompt would otherwise have more of the batch than it may. What the many lose goes to the others, in proportion. All of
 * it follows from counts alone, before anything is drawn, so that each probability is known exactly.
 */
import type { Grouping, WindowItems } from "./window-items.ts";

/** Rows that one of them may have; Infinity: any number. */
export type Caps = Record<Grouping, number>;

/** Exchanges of one group that has more of them than its cap. */
export interface Crowd {
  grouping: Grouping;
  /** Hash of its name. */
  key: number;
  cap: number;
  members: number[];
}

/** Rounds of lowering and giving; what is not given out then stays undrawn. */
const ROUNDS = 12;
/** Probabilities that are nearer than this are the same. */
const NEAR = 1e-9;

/** Groups that could go over their cap: all others can't, whatever is drawn. */
export function crowdsOf(items: WindowItems, caps: Caps): Crowd[] {
  return (["session", "user", "prompt", "template"] as const).flatMap((grouping) => {
    const cap = caps[grouping];
    const crowded = crowdedKeys(items.groups[grouping].subarray(0, items.size), cap);
    const crowds = new Map([...crowded].map((key): [number, Crowd] => [key, { grouping, key, cap, members: [] }]));
    if (crowds.size > 0) {
      for (let at = 0; at < items.size; at++) crowds.get(items.groups[grouping][at] ?? 0)?.members.push(at);
    }
    return [...crowds.values()];
  });
}

function crowdedKeys(keys: Uint32Array, cap: number): Set<number> {
  const crowded = new Set<number>();
  if (!(cap < keys.length)) return crowded;
  const sorted = keys.slice().sort();
  let from = 0;
  for (let at = 1; at <= sorted.length; at++) {
    if (sorted[at] === sorted[from]) continue;
    const key = sorted[from] ?? 0;
    if (key !== 0 && at - from > cap) crowded.add(key);
    from = at;
  }
  return crowded;
}

/** @param rates of each stratum: rows to be drawn / rows there are */
export function inclusionProbabilities(
  items: WindowItems,
  options: { rates: readonly number[]; crowds: readonly Crowd[] },
): Float64Array {
  const { rates, crowds } = options;
  const probabilities = new Float64Array(items.size);
  for (let at = 0; at < items.size; at++) probabilities[at] = rates[items.stratum[at] ?? 0] ?? 0;
  if (crowds.length === 0) return probabilities;
  const wanted = sum(probabilities);
  for (let round = 0; round < ROUNDS; round++) {
    const full = lower(probabilities, crowds);
    const missing = wanted - sum(probabilities);
    if (missing < 0.5 || !give(probabilities, full, missing)) break;
  }
  lower(probabilities, crowds);
  return probabilities;
}

/** Brings each crowd down to its cap. @returns the members of those that are at it */
function lower(probabilities: Float64Array, crowds: readonly Crowd[]): Uint8Array {
  const full = new Uint8Array(probabilities.length);
  for (const { cap, members } of crowds) {
    const expected = members.reduce((total, at) => total + (probabilities[at] ?? 0), 0);
    if (expected < cap - NEAR) continue;
    for (const at of members) {
      probabilities[at] = ((probabilities[at] ?? 0) * cap) / expected;
      full[at] = 1;
    }
  }
  return full;
}

/** Shares `missing` out among those that are in no full crowd, in proportion to what they have. @returns was there anyone? */
function give(probabilities: Float64Array, full: Uint8Array, missing: number): boolean {
  let free = 0;
  for (let at = 0; at < probabilities.length; at++) {
    const own = probabilities[at] ?? 0;
    if (full[at] === 0 && own < 1 - NEAR) free += own;
  }
  if (free <= NEAR) return false;
  const factor = 1 + missing / free;
  for (let at = 0; at < probabilities.length; at++) {
    const own = probabilities[at] ?? 0;
    if (full[at] === 0 && own < 1 - NEAR) probabilities[at] = Math.min(1, own * factor);
  }
  return true;
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
