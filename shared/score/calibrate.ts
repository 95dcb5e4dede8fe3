/**
 * From raw log-odds to calibrated ones, learned on rows that the model had not seen: Platt's line (1999), or the
 * isotonic curve (Zadrozny & Elkan 2002, by pool-adjacent-violators). Labels are uncertain: both are fitted by
 * expectation–maximisation on what voters said.
 */
import { logit, sigmoid } from "../core/probability.ts";

export interface HeldOut {
  /** Raw log-odds, offset included. */
  logOdds: number;
  evidence: number;
}

export type Calibration =
  | { method: "platt"; slope: number; intercept: number }
  /** Log-odds at ascending raw log-odds, linear between them, level outside. */
  | { method: "isotonic"; from: number[]; to: number[] };

/** Few rows: the line stays near the identity. In variance of slope and intercept. */
const PLATT_PRIOR = { slope: 0.5 ** 2, intercept: 0.5 ** 2 };
const PLATT_STEPS = 30;
const ISOTONIC_ROUNDS = 8;
/** Rows that a step of the curve holds at least, as pseudo-rows of its own prior prediction. */
const ISOTONIC_PRIOR_ROWS = 10;
const ISOTONIC_KNOTS_MAX = 50;

export function calibrate(calibration: Calibration, logOdds: number): number {
  if (calibration.method === "platt") return calibration.slope * logOdds + calibration.intercept;
  const { from, to } = calibration;
  const after = from.findIndex((knot) => knot >= logOdds);
  if (after === -1) return to.at(-1) ?? logOdds;
  const [right, upper] = [from[after] ?? 0, to[after] ?? 0];
  const [left, lower] = [from[after - 1], to[after - 1]];
  if (left === undefined || lower === undefined || right === left) return upper;
  return lower + ((logOdds - left) / (right - left)) * (upper - lower);
}

export function fitPlatt(rows: readonly HeldOut[]): Calibration {
  let slope = 1;
  let intercept = 0;
  for (let step = 0; step < PLATT_STEPS; step++) {
    let [gradSlope, gradIntercept] = [(1 - slope) / PLATT_PRIOR.slope, -intercept / PLATT_PRIOR.intercept];
    let [aa, ab, bb] = [1 / PLATT_PRIOR.slope, 0, 1 / PLATT_PRIOR.intercept];
    for (const { logOdds, evidence } of rows) {
      const now = slope * logOdds + intercept;
      const p = sigmoid(now);
      const surprise = sigmoid(now + evidence) - p;
      gradSlope += surprise * logOdds;
      gradIntercept += surprise;
      aa += p * (1 - p) * logOdds * logOdds;
      ab += p * (1 - p) * logOdds;
      bb += p * (1 - p);
    }
    const determinant = aa * bb - ab * ab;
    slope = Math.max(0, slope + (bb * gradSlope - ab * gradIntercept) / determinant);
    intercept += (aa * gradIntercept - ab * gradSlope) / determinant;
  }
  return { method: "platt", slope, intercept };
}

export function fitIsotonic(rows: readonly HeldOut[]): Calibration {
  const sorted = [...rows].sort((a, b) => a.logOdds - b.logOdds);
  if (sorted.length === 0) return { method: "platt", slope: 1, intercept: 0 };
  let now = sorted.map(({ logOdds }) => logOdds);
  for (let round = 0; round < ISOTONIC_ROUNDS; round++) {
    const believed = sorted.map(({ evidence }, at) => sigmoid((now[at] ?? 0) + evidence));
    now = poolViolators(binned(sorted, believed));
  }
  return knotsOf(sorted, now);
}

interface Block {
  rows: number;
  /** Sum of believed labels. */
  good: number;
}

/** Neighbours in bins, so that no step of the curve rests on a handful of rows. */
function binned(sorted: readonly HeldOut[], believed: readonly number[]): Block[] {
  const size = Math.max(1, Math.ceil(sorted.length / ISOTONIC_KNOTS_MAX));
  const blocks: Block[] = [];
  for (let start = 0; start < sorted.length; start += size) {
    const part = believed.slice(start, start + size);
    const prior = part.reduce((sum, _, at) => sum + sigmoid(sorted[start + at]?.logOdds ?? 0), 0) / part.length;
    const weight = ISOTONIC_PRIOR_ROWS / ISOTONIC_KNOTS_MAX;
    const good = part.reduce((sum, value) => sum + value, 0) + weight * prior;
    blocks.push({ rows: part.length + weight, good });
  }
  return blocks;
}

/** Log-odds of each row, in their order. */
function poolViolators(blocks: readonly Block[]): number[] {
  const pooled: (Block & { members: number[] })[] = [];
  for (const block of blocks) {
    let last = { ...block, members: [Math.floor(block.rows)] };
    for (
      let before = pooled.at(-1);
      before !== undefined && before.good / before.rows >= last.good / last.rows;
      before = pooled.at(-1)
    ) {
      pooled.pop();
      last = {
        rows: before.rows + last.rows,
        good: before.good + last.good,
        members: [...before.members, ...last.members],
      };
    }
    pooled.push(last);
  }
  let floor = Number.NEGATIVE_INFINITY;
  return pooled.flatMap(({ rows, good, members }) => {
    const edge = 0.5 / (rows + 1); // no step of few rows is near certainty
    floor = Math.max(floor, logit(Math.min(Math.max(good / rows, edge), 1 - edge)));
    const level = floor;
    return members.flatMap((count) => Array<number>(count).fill(level));
  });
}

function knotsOf(sorted: readonly HeldOut[], levels: readonly number[]): Calibration {
  const from: number[] = [];
  const to: number[] = [];
  for (const [at, row] of sorted.entries()) {
    const level = levels[at] ?? 0;
    const starts = at === 0 || level !== levels[at - 1];
    const ends = at === sorted.length - 1 || level !== levels[at + 1];
    if (!starts && !ends) continue;
    from.push(row.logOdds);
    to.push(level);
  }
  return { method: "isotonic", from, to };
}
