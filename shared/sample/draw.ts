/**
 * Seeded sampling with known probabilities. Two draws, independent of each other:
 *
 * - a uniform audit slice, blind to feedback: simple random sampling of m of all N;
 * - a draw stratified by what people said, template and length, in which no user or session goes over its cap, and no
 *   template or prompt is expected to:
 *   systematic sampling (systematic.ts) in random order, those who could go over their cap side by side, the others
 *   stratum by stratum.
 *
 * An exchange is in with probability 1 − (1 − p)(1 − m/N), exactly: p and m follow from counts and sizes alone (plan.ts).
 * Random numbers are permanent (Ohlsson 1995), made of seed and id: no state, no clock, equal input gives an equal draw.
 */
import { uniform, uniformOf } from "../core/hash.ts";
import { type PlanOptions, planDraw, sizesOf } from "./plan.ts";
import type { Crowd } from "./probabilities.ts";
import { systematicSample } from "./systematic.ts";
import type { WindowItems } from "./window-items.ts";

export interface DrawOptions extends PlanOptions {
  seed: string;
}

export interface Drawn {
  /** In (0, 1]. */
  inclusionProbability: number;
  audit: boolean;
  /** Drawn for what it is, and not by the audit slice alone. */
  chosen: boolean;
}

export interface Stratum {
  stratum: string;
  size: number;
  drawn: number;
}

export interface Draw {
  /** Of the strata together: less than was asked for where there was no room. */
  budget: number;
  /** Of `drawn`, in the window. */
  places: readonly number[];
  /** In the order of their ids. */
  drawn: Map<string, Drawn>;
  strata: Stratum[];
  auditSize: number;
  /** Of each item, drawn or not, in its order. */
  probabilities: Float64Array;
}

export function draw(items: WindowItems, options: DrawOptions): Draw {
  const { seed } = options;
  const plan = planDraw(items, options);
  const { budget, auditSize, probabilities } = plan;
  const audited = new Set(smallest(items, auditSize, seed));
  const order = orderOf(items, { ...plan, seed });
  const chosen = new Set(systematicSample({ order, probabilities: plan.own, start: uniform(seed, "start") }));
  const places = [...new Set([...chosen, ...audited])].sort((a, b) => a - b);
  const drawn = new Map(
    places.map((at): [string, Drawn] => [
      items.idAt(at),
      { inclusionProbability: probabilities[at] ?? 0, audit: audited.has(at), chosen: chosen.has(at) },
    ]),
  );
  return { budget, places, drawn, strata: countStrata(items, places), auditSize, probabilities };
}

/**
 * The order along the line. Users who could go over their cap lie together, and within them their sessions; then sessions
 * alone; then the strata. Where it makes no difference, chance decides.
 */
function orderOf(
  items: WindowItems,
  options: { seed: string; crowds: readonly Crowd[]; byName: readonly number[] },
): Uint32Array {
  const { seed, crowds, byName } = options;
  const numbers = numbersOf(items, [seed, "stratum"]);
  const users = blocksOf(crowds, "user", items.size);
  const sessions = blocksOf(crowds, "session", items.size);
  const stratumPlace = new Uint16Array(items.strata.length);
  for (const [place, at] of byName.entries()) stratumPlace[at] = place;
  const blockOf = (at: number) => users[at] || sessions[at] || 0;
  return Uint32Array.from({ length: items.size }, (_, at) => at).sort((a, b) => {
    const [blockA, blockB] = [blockOf(a), blockOf(b)];
    if (blockA !== blockB) return (blockB > 0 ? 1 : 0) - (blockA > 0 ? 1 : 0) || blockA - blockB;
    const inBlock = blockA > 0 ? (sessions[a] ?? 0) - (sessions[b] ?? 0) : 0;
    const strata =
      blockA > 0 ? 0 : (stratumPlace[items.stratum[a] ?? 0] ?? 0) - (stratumPlace[items.stratum[b] ?? 0] ?? 0);
    return inBlock || strata || (numbers[a] ?? 0) - (numbers[b] ?? 0) || a - b;
  });
}

/** Of each item the number of its crowd, from 1, in the order of their keys; 0: it is in none. */
function blocksOf(crowds: readonly Crowd[], grouping: Crowd["grouping"], size: number): Uint32Array {
  const blocks = new Uint32Array(size);
  // sessions and users get different numbers, as they stand on one line
  const first = grouping === "user" ? 1 : 1 + crowds.length;
  const own = crowds.filter((crowd) => crowd.grouping === grouping).sort((a, b) => a.key - b.key);
  for (const [place, { members }] of own.entries()) for (const at of members) blocks[at] = first + place;
  return blocks;
}

function countStrata(items: WindowItems, drawnPlaces: readonly number[]): Stratum[] {
  const [sizes, drawn] = [sizesOf(items), sizesOf(items, drawnPlaces)];
  return items.strata
    .map((stratum, at) => ({ stratum, size: sizes[at] ?? 0, drawn: drawn[at] ?? 0 }))
    .sort((a, b) => (a.stratum < b.stratum ? -1 : 1));
}

/** The places with the smallest random numbers; ties (2⁻⁵² each) go by place. */
function smallest(items: WindowItems, count: number, seed: string): number[] {
  if (count === 0) return [];
  if (count >= items.size) return Array.from({ length: items.size }, (_, at) => at);
  const numbers = numbersOf(items, [seed, "audit"]);
  const limit = numbers.slice().sort()[count - 1] ?? 1;
  const places: number[] = [];
  for (const [at, number] of numbers.entries()) if (number <= limit && places.length < count) places.push(at);
  return places;
}

function numbersOf(items: WindowItems, beginning: string[]): Float64Array {
  const numberOf = uniformOf(...beginning);
  const numbers = new Float64Array(items.size);
  for (let at = 0; at < items.size; at++) numbers[at] = numberOf(items.idBytesAt(at));
  return numbers;
}
