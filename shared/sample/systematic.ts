/**
 * Systematic sampling with unequal probabilities (Madow 1949): the probabilities are laid end to end along a line, and
 * whoever covers one of the points start, start + 1, start + 2, … is drawn. Each is drawn with exactly its own
 * probability, and of any run of neighbours no more than the next whole number above the sum of theirs.
 */

/** @param start in [0, 1), from the seed. @returns places in `probabilities`, in the order of `order` */
export function systematicSample(options: {
  order: Uint32Array;
  probabilities: Float64Array;
  start: number;
}): number[] {
  const { order, probabilities, start } = options;
  const drawn: number[] = [];
  let end = 0;
  let points = 0; // passed so far: start + points is the next one
  for (const at of order) {
    end = onGrid(end + (probabilities[at] ?? 0));
    if (end > start + points) {
      drawn.push(at);
      points++;
    }
  }
  return drawn;
}

/** Sums of thirds and sevenths that should be whole are: else one row of a full group would depend on rounding. */
function onGrid(sum: number): number {
  const whole = Math.round(sum);
  return Math.abs(sum - whole) < 1e-7 ? whole : sum;
}
