/**
 * Does a judge like what is long? Logistic regression of its preference on the log of the two lengths' ratio: the slope is
 * how much the log-odds of "first" gain when the first is e times as long. Ties say nothing and are left out. A weak prior
 * on both numbers (normal, deviation 10) keeps them finite where length decides everything.
 */
import { sigmoid } from "../core/probability.ts";

export interface LengthSlope {
  n: number;
  /** null with fewer than two rows, or where all pairs are of equal lengths. */
  slope: number | null;
  /** Standard error. */
  error: number | null;
}

export interface LengthRow {
  prefersFirst: boolean;
  /** Characters; an empty answer counts as one. */
  firstChars: number;
  secondChars: number;
}

const STEPS = 50;
const PRIOR_PRECISION = 1 / 100;

export function lengthSlope(rows: readonly LengthRow[]): LengthSlope {
  const points = rows.map(({ prefersFirst, firstChars, secondChars }) => ({
    x: Math.log(Math.max(1, firstChars) / Math.max(1, secondChars)),
    y: prefersFirst ? 1 : 0,
  }));
  if (points.length < 2 || points.every(({ x }) => x === points[0]?.x)) {
    return { n: points.length, slope: null, error: null };
  }
  let [level, slope, error] = [0, 0, 0];
  for (let step = 0; step < STEPS; step++) {
    const newton = newtonStep(points, { level, slope });
    level += newton.level;
    slope += newton.slope;
    error = newton.slopeError;
    if (Math.abs(newton.level) + Math.abs(newton.slope) < 1e-9) break;
  }
  return { n: points.length, slope, error };
}

/** Steps are held to 1 each, since a full one may overshoot where length decides nearly everything. */
function newtonStep(
  points: readonly { x: number; y: number }[],
  at: { level: number; slope: number },
): { level: number; slope: number; slopeError: number } {
  let gradient0 = -PRIOR_PRECISION * at.level;
  let gradient1 = -PRIOR_PRECISION * at.slope;
  let [h00, h01, h11] = [PRIOR_PRECISION, 0, PRIOR_PRECISION];
  for (const { x, y } of points) {
    const p = sigmoid(at.level + at.slope * x);
    gradient0 += y - p;
    gradient1 += (y - p) * x;
    h00 += p * (1 - p);
    h01 += p * (1 - p) * x;
    h11 += p * (1 - p) * x * x;
  }
  const determinant = h00 * h11 - h01 * h01;
  const held = (step: number) => Math.min(1, Math.max(-1, step));
  return {
    level: held((h11 * gradient0 - h01 * gradient1) / determinant),
    slope: held((h00 * gradient1 - h01 * gradient0) / determinant),
    slopeError: Math.sqrt(h00 / determinant),
  };
}
