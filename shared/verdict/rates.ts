/**
 * Shares (how many answers are good) from a sample whose members were drawn with known, unequal probabilities: Hájek's
 * ratio form of the Horvitz–Thompson estimator, so that who got more feedback does not count for more.
 *
 * The interval is Wilson's (1927) at the effective sample size that the linearised variance comes to (Korn & Graubard
 * 1998): it stays inside [0, 1] and holds for few rows. It is for the rate at which such answers are made, not for the
 * window's own share, so there is no finite-population correction.
 */

export interface SampledRow {
  /** 1 or 0 where it is certain, else the probability of "good". */
  pGood: number;
  /** In (0, 1]. */
  inclusionProbability: number;
}

export interface Rate {
  /** null: nothing was sampled. */
  share: number | null;
  low: number;
  high: number;
  rows: number;
  /** Rows of an equal-probability sample that would tell as much. */
  effectiveRows: number;
}

const TWO_SIDED_95 = 1.96;

export function rateOf(rows: readonly SampledRow[]): Rate {
  if (rows.length === 0) return { share: null, low: 0, high: 1, rows: 0, effectiveRows: 0 };
  let [weights, weighted, squares] = [0, 0, 0];
  for (const { pGood, inclusionProbability } of rows) {
    if (!(inclusionProbability > 0 && inclusionProbability <= 1)) {
      throw new RangeError(`inclusion probability ${inclusionProbability} is not in (0, 1]`);
    }
    const weight = 1 / inclusionProbability;
    weights += weight;
    weighted += weight * pGood;
    squares += weight * weight;
  }
  const share = weighted / weights;
  const effectiveRows = effectiveSize(rows, { share, weights, kish: (weights * weights) / squares });
  return { share, ...wilson(share, effectiveRows), rows: rows.length, effectiveRows };
}

/** Of the linearised variance, what an uncertain "good" may turn out to be included; never above Kish's, with all alike. */
function effectiveSize(
  rows: readonly SampledRow[],
  { share, weights, kish }: { share: number; weights: number; kish: number },
): number {
  let sum = 0;
  for (const { pGood, inclusionProbability } of rows) {
    const apart = (pGood - share) ** 2 + pGood * (1 - pGood);
    sum += apart / inclusionProbability ** 2;
  }
  const variance = (sum / weights ** 2) * (rows.length / Math.max(1, rows.length - 1));
  const plain = share * (1 - share);
  if (variance === 0 || plain === 0) return kish;
  return Math.min(plain / variance, rows.length);
}

function wilson(share: number, rows: number): { low: number; high: number } {
  const square = TWO_SIDED_95 ** 2;
  const middle = share + square / (2 * rows);
  const half = TWO_SIDED_95 * Math.sqrt((share * (1 - share)) / rows + square / (4 * rows * rows));
  const scale = 1 + square / rows;
  return { low: Math.max(0, (middle - half) / scale), high: Math.min(1, (middle + half) / scale) };
}
