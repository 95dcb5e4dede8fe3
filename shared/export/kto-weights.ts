/**
 * Loss weights for a KTO file, for the manifest (TRL: `desirable_weight`, `undesirable_weight`).
 * KTO wants (w⁺·n⁺)/(w⁻·n⁻) between 1 and 4/3, with one of the two weights at 1 and the other moved.
 * Source: Ethayarajh et al., "KTO: Model Alignment as Prospect Theoretic Optimization", eq. 8,
 * https://arxiv.org/abs/2402.01306; TRL's KTOTrainer warns outside of it.
 */

export const KTO_RATIO_MIN = 1;
export const KTO_RATIO_MAX = 4 / 3;
/** The middle: it stays inside when weights are rounded to two digits, and with TRL's own 1.33 for 4/3. */
const KTO_RATIO_AIM = (KTO_RATIO_MIN + KTO_RATIO_MAX) / 2;

export interface KtoWeights {
  desirable: number;
  undesirable: number;
  desirableCount: number;
  undesirableCount: number;
}

/**
 * Counts are those of the exported lines. null where one side is empty: then no weight can balance the
 * two, and a file of one label teaches nothing but "more" or "less" of everything.
 */
export function ktoWeights(counts: { desirableCount: number; undesirableCount: number }): KtoWeights | null {
  const { desirableCount, undesirableCount } = counts;
  for (const count of [desirableCount, undesirableCount]) {
    if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`a count of KTO rows cannot be ${count}`);
  }
  if (desirableCount === 0 || undesirableCount === 0) return null;
  const ratio = desirableCount / undesirableCount;
  let desirable = 1;
  let undesirable = 1;
  if (ratio < KTO_RATIO_MIN) desirable = round(KTO_RATIO_AIM / ratio);
  if (ratio > KTO_RATIO_MAX) undesirable = round(ratio / KTO_RATIO_AIM);
  return { desirable, undesirable, desirableCount, undesirableCount };
}

/** The smallest weight that is moved is 8/7, so that two digits cost half a percent at most. */
function round(weight: number): number {
  return Math.round(weight * 100) / 100;
}
