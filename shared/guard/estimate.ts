/** A number and how sure it is. */

export interface Estimate {
  value: number;
  /** Standard error. */
  error: number;
  /** What the error rests on: blocks of text, or rows. */
  n: number;
}

/**
 * Mean of the same measure on disjoint blocks. With few blocks their own spread says little, so it is pooled with a spread
 * that is usual, as if four more blocks had shown it.
 * @param usualSpread standard deviation between blocks of real text, in the measure's unit
 */
export function meanOfBlocks(values: readonly number[], usualSpread: number): Estimate | null {
  if (values.length === 0) return null;
  const mean = average(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = (squares + USUAL_BLOCKS * usualSpread ** 2) / (values.length - 1 + USUAL_BLOCKS);
  return { value: mean, error: Math.sqrt(variance / values.length), n: values.length };
}

/** Mean of independent rows; null with fewer than two. */
export function meanOfRows(values: readonly number[]): Estimate | null {
  if (values.length < 2) return null;
  const mean = average(values);
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { value: mean, error: Math.sqrt(variance / values.length), n: values.length };
}

/** Share of independent rows. Agresti and Coull (1998): two successes and two failures more, so that 0 of 5 is not sure. */
export function shareOfRows(hits: number, rows: number): Estimate | null {
  if (rows === 0) return null;
  const share = (hits + 2) / (rows + 4);
  return { value: hits / rows, error: Math.sqrt((share * (1 - share)) / (rows + 4)), n: rows };
}

export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const USUAL_BLOCKS = 4;
