/**
 * With what probability each exchange of a window is drawn, before anything is: from counts and sizes alone. Where what would be
 * drawn is more text than a night has room for, budget, caps and audit slice are lowered together until it is expected to fit, so
 * that every probability stays known exactly.
 */
import { type Caps, type Crowd, crowdsOf, inclusionProbabilities } from "./probabilities.ts";
import { sharesOf } from "./shares.ts";
import type { WindowItems } from "./window-items.ts";

export interface PlanOptions {
  /** How many the strata may give together. */
  budget: number;
  /** Share of all items that the audit slice takes, rounded up: in [0, 1]. */
  auditShare: number;
  caps?: Partial<Caps> | undefined;
  /** Which strata the budget serves first; none where it isn't given. */
  isFirst?: (stratum: string) => boolean;
  /** Bytes of all that is drawn, as far as items tell theirs; none where it isn't given. */
  bytesMax?: number;
}

export interface Plan {
  /** What is left of the budget that was asked for. */
  budget: number;
  auditSize: number;
  crowds: Crowd[];
  /** Numbers of the strata, in the order of their names. */
  byName: number[];
  /** Of each item: to be drawn by the strata, and to be drawn at all. */
  own: Float64Array;
  probabilities: Float64Array;
}

const NO_CAPS: Caps = {
  user: Number.POSITIVE_INFINITY,
  session: Number.POSITIVE_INFINITY,
  template: Number.POSITIVE_INFINITY,
  prompt: Number.POSITIVE_INFINITY,
};

/** What is lowered by a tenth may lose less than a tenth, where a stratum is small: it is asked again, so often. */
const ROUNDS = 4;

export function planDraw(items: WindowItems, options: PlanOptions): Plan {
  const { bytesMax = Number.POSITIVE_INFINITY } = options;
  let plan = planAll(items, options);
  let share = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const bytes = expectedBytes(items, plan.probabilities);
    if (bytes <= bytesMax) break;
    share *= bytesMax / bytes;
    plan = planAll(items, lowered(options, share));
  }
  return plan;
}

function lowered(options: PlanOptions, share: number): PlanOptions {
  const { budget, auditShare, caps = {} } = options;
  const rows = (count: number) => Math.max(1, Math.ceil(share * count));
  return {
    ...options,
    budget: Math.min(budget, rows(budget)),
    auditShare: share * auditShare,
    caps: Object.fromEntries(Object.entries(caps).map(([name, cap]) => [name, cap === undefined ? cap : rows(cap)])),
  };
}

function planAll(items: WindowItems, options: PlanOptions): Plan {
  const { budget, auditShare, isFirst = () => false } = options;
  const auditSize = Math.min(items.size, Math.ceil(items.size * auditShare));
  const auditProbability = items.size === 0 ? 0 : auditSize / items.size;
  const sizes = sizesOf(items);
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
  const probabilities = own.map((probability) => 1 - (1 - probability) * (1 - auditProbability));
  return { budget, auditSize, crowds, byName, own, probabilities };
}

function expectedBytes(items: WindowItems, probabilities: Float64Array): number {
  let total = 0;
  for (let at = 0; at < items.size; at++) total += (probabilities[at] ?? 0) * (items.bytes[at] ?? 0);
  return total;
}

/** How many of the items, or of those in these places, each stratum has. */
export function sizesOf(items: WindowItems, places?: readonly number[]): number[] {
  const sizes = items.strata.map(() => 0);
  const count = (at: number) => {
    const stratum = items.stratum[at] ?? 0;
    sizes[stratum] = (sizes[stratum] ?? 0) + 1;
  };
  if (places !== undefined) for (const at of places) count(at);
  else for (let at = 0; at < items.size; at++) count(at);
  return sizes;
}
