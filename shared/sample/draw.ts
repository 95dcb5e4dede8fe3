/**
 * Seeded sampling with known probabilities. Two draws, independent of each other:
 *
 * - a uniform audit slice, blind to feedback: simple random sampling of m of all N;
 * - a draw stratified by what people said, template and length, in which no user or session goes over its cap, and no
 *   template or prompt is expected to:
 *   systematic sampling (systematic.ts) in random order, those who could go over their cap side by side, the others
 *   stratum by stratum.
 *
 * An exchange is in with probability 1 − (1 − p)(1 − m/N), exactly: p (probabilities.ts) and m follow from counts alone.
 * Random numbers are permanent (Ohlsson 1995), made of seed and id: no state, no clock, equal input gives an equal draw.
 */
import { uniform, uniformOf } from "../core/hash.ts";
import { type Caps, type Crowd, crowdsOf, inclusionProbabilities } from "./probabilities.ts";
import { sharesOf } from "./shares.ts";
import { systematicSample } from "./systematic.ts";
import type { WindowItems } from "./window-items.ts";

export interface DrawOptions {
  seed: string;
  /** How many the strata may give together. */
  budget: number;
  /** Share of all items that the audit slice takes, rounded up: in [0, 1]. */
  auditShare: number;
  caps?: Partial<Caps> | undefined;
  /** Which strata the budget serves first; none where it isn't given. */
  isFirst?: (stratum: string) => boolean;
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
  /** Of `drawn`, in the window. */
  places: readonly number[];
  /** In the order of their ids. */
  drawn: Map<string, Drawn>;
  strata: Stratum[];
  auditSize: number;
  /** Of each item, drawn or not, in its order. */
  probabilities: Float64Array;
}

const NO_CAPS: Caps = {
  user: Number.POSITIVE_INFINITY,
  session: Number.POSITIVE_INFINITY,
  template: Number.POSITIVE_INFINITY,
  prompt: Number.POSITIVE_INFINITY,
};

export function draw(items: WindowItems, options: DrawOptions): Draw {
  const { seed, auditShare } = options;
  const auditSize = Math.min(items.size, Math.ceil(items.size * auditShare));
  const auditProbability = items.size === 0 ? 0 : auditSize / items.size;
  const audited = new Set(smallest(items, auditSize, seed));
  const { chosen, own } = choose(items, options);
  for (const [at, probability] of own.entries()) own[at] = 1 - (1 - probability) * (1 - auditProbability);
  const places = [...new Set([...chosen, ...audited])].sort((a, b) => a - b);
  const chosenSet = new Set(chosen);
  const drawn = new Map(
    places.map((at): [string, Drawn] => [
      items.idAt(at),
      { inclusionProbability: own[at] ?? 0, audit: audited.has(at), chosen: chosenSet.has(at) },
    ]),
  );
  return { places, drawn, strata: countStrata(items, places), auditSize, probabilities: own };
}

function choose(items: WindowItems, options: DrawOptions): { chosen: number[]; own: Float64Array } {
  const { seed, budget, isFirst = () => false } = options;
  const sizes = sizesOf(items, undefined);
  const byName = items.strata
    .map((_, at) => at)
    .sort((a, b) => ((items.strata[a] ?? "") < (items.strata[b] ?? "") ? -1 : 1));
  const shares = sharesOf(
    byName.map((at) => ({ size: sizes[at] ?? 0, first: isFirst(items.strata[at] ?? "") })),
    budget,
  );
  const rates = items.strata.map((_, at) => (shares[byName.indexOf(at)] ?? 0) / (sizes[at] ?? 1));
  const crowds = crowdsOf(items, { ...NO_CAPS, ...options.caps });
  const own = inclusionProbabilities(items, { rates, crowds });
  const order = orderOf(items, { seed, crowds, byName });
  return { chosen: systematicSample({ order, probabilities: own, start: uniform(seed, "start") }), own };
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

function sizesOf(items: WindowItems, places: readonly number[] | undefined): number[] {
  const sizes = items.strata.map(() => 0);
  const count = (at: number) => {
    const stratum = items.stratum[at] ?? 0;
    sizes[stratum] = (sizes[stratum] ?? 0) + 1;
  };
  if (places !== undefined) for (const at of places) count(at);
  else for (let at = 0; at < items.size; at++) count(at);
  return sizes;
}

function countStrata(items: WindowItems, drawnPlaces: readonly number[]): Stratum[] {
  const [sizes, drawn] = [sizesOf(items, undefined), sizesOf(items, drawnPlaces)];
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
