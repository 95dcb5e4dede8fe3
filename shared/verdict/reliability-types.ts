/**
 * What kinds of voters there are, before any of them is known: a grid of sensitivity (P(says good | good)) by
 * specificity (P(says bad | bad)), with the share of the population that is at each point.
 *
 * Most people judge well, some are careless, a few mean the opposite, praise whatever they get or complain of it
 * (Kazai et al. 2011 name the same types among paid judges; Raykar & Yu 2012 find spammers of each). A voter drawn from
 * this population says what the priors of weights.ts say: log-odds of some +1.4 and −1.6.
 */

const LEVELS = [0.06, 0.15, 0.3, 0.5, 0.65, 0.8, 0.9, 0.96] as const;

interface VoterType {
  share: number;
  sensitivity: number;
  specificity: number;
}

const TYPES: readonly VoterType[] = [
  { share: 0.74, sensitivity: 0.92, specificity: 0.9 },
  { share: 0.14, sensitivity: 0.66, specificity: 0.66 },
  { share: 0.05, sensitivity: 0.15, specificity: 0.15 },
  { share: 0.04, sensitivity: 0.96, specificity: 0.2 },
  { share: 0.03, sensitivity: 0.2, specificity: 0.96 },
];
/** Width of a type on the log-odds scale: people of one type are not all the same. */
const TYPE_SPREAD = 0.5;

export interface Population {
  /** Per grid point, summing to 1. */
  share: Float64Array;
}

export const SENSITIVITY = Float64Array.from(LEVELS.flatMap((level) => LEVELS.map(() => level)));
export const SPECIFICITY = Float64Array.from(LEVELS.flatMap(() => [...LEVELS]));
export const POINTS = LEVELS.length ** 2;

export function priorPopulation(): Population {
  const share = new Float64Array(POINTS);
  for (const type of TYPES) {
    const onGrid = LEVELS.map((level) => nearness(level, type.sensitivity));
    const across = LEVELS.map((level) => nearness(level, type.specificity));
    const total = sum(onGrid) * sum(across);
    for (let point = 0; point < POINTS; point++) {
      const row = onGrid[Math.floor(point / LEVELS.length)] ?? 0;
      share[point] = (share[point] ?? 0) + (type.share * row * (across[point % LEVELS.length] ?? 0)) / total;
    }
  }
  return { share };
}

function nearness(level: number, centre: number): number {
  const apart = (Math.log(level / (1 - level)) - Math.log(centre / (1 - centre))) / TYPE_SPREAD;
  return Math.exp(-0.5 * apart * apart);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
