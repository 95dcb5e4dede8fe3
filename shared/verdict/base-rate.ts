/**
 * How many answers of a task are good, and how much the agreement of answers to the same prompt says there: learned
 * from what voters said, as far as they can be believed, with shrinkage from task to app to prior.
 *
 * Maximum a posteriori of log p = base + scale × agreement under uncertain labels (`evidenceScore`), by
 * majorise–minimise: each step is a Newton step on the labels as they are believed now, and never makes it worse.
 */
import { sigmoid } from "../core/probability.ts";

export interface BaseRate {
  /** Log-odds of "good" before anything is known of an exchange. */
  logOdds: number;
  variance: number;
  /** Multiplies the agreement's log-odds; 1 is the prior. */
  agreementScale: number;
  agreementVariance: number;
}

export interface BelievedRow {
  /** Log-odds that its votes come to, in sum. */
  evidence: number;
  /** Log-odds by the agreement with its siblings, as the priors have it. */
  agreement: number;
  /** In [0, 1]: are answers of its kind comparable at all? */
  comparable: number;
}

/** Even odds, give or take: some apps are good nine times in ten, some one time in four. */
export const PRIOR_BASE: BaseRate = { logOdds: 0, variance: 0.8 ** 2, agreementScale: 1, agreementVariance: 0.4 ** 2 };
/** Where answers are comparable their agreement has told the level of the task already (agreement.ts). */
const COMPARABLE_VARIANCE = { base: 0.4 ** 2, agreement: 0.3 ** 2 };
/** What tasks of one app differ by. */
const TASK_VARIANCE = 0.4 ** 2;
const STEPS = 40;

/** Tasks with few votes stay near their app, apps with few near the prior. */
export function estimateBaseRates(rowsByTask: ReadonlyMap<string, readonly BelievedRow[]>): Map<string, BaseRate> {
  const all = [...rowsByTask.values()].flat();
  const ofApp = fitBaseRate(all, priorFor(all));
  if (rowsByTask.size === 1) return new Map([...rowsByTask.keys()].map((task) => [task, ofApp]));
  const prior = {
    ...ofApp,
    variance: ofApp.variance + TASK_VARIANCE,
    agreementVariance: ofApp.agreementVariance + TASK_VARIANCE,
  };
  return new Map([...rowsByTask].map(([task, rows]) => [task, fitBaseRate(rows, prior)]));
}

function priorFor(rows: readonly BelievedRow[]): BaseRate {
  const comparable = rows.reduce((sum, row) => sum + row.comparable, 0) / Math.max(1, rows.length);
  const between = (plain: number, known: number) => (1 - comparable) * plain + comparable * known;
  return {
    ...PRIOR_BASE,
    variance: between(PRIOR_BASE.variance, COMPARABLE_VARIANCE.base),
    agreementVariance: between(PRIOR_BASE.agreementVariance, COMPARABLE_VARIANCE.agreement),
  };
}

export function fitBaseRate(rows: readonly BelievedRow[], prior: BaseRate): BaseRate {
  let base = prior.logOdds;
  let scale = prior.agreementScale;
  let information = informationOf(rows, { base, scale, prior });
  for (let step = 0; step < STEPS; step++) {
    const gradient = gradientOf(rows, { base, scale, prior });
    information = informationOf(rows, { base, scale, prior });
    const { aa, ab, bb } = information;
    const determinant = aa * bb - ab * ab;
    const moveBase = (bb * gradient.base - ab * gradient.scale) / determinant;
    const moveScale = (aa * gradient.scale - ab * gradient.base) / determinant;
    base += moveBase;
    scale = Math.max(0, scale + moveScale);
    if (Math.abs(moveBase) + Math.abs(moveScale) < 1e-7) break;
  }
  const { logOdds, variance, agreementScale, agreementVariance } = { ...prior };
  if (rows.length === 0) return { logOdds, variance, agreementScale, agreementVariance };
  return { logOdds: base, ...observedVariance(rows, { base, scale, prior }), agreementScale: scale };
}

interface Point {
  base: number;
  scale: number;
  prior: BaseRate;
}

function gradientOf(rows: readonly BelievedRow[], { base, scale, prior }: Point): { base: number; scale: number } {
  const gradient = {
    base: (prior.logOdds - base) / prior.variance,
    scale: (prior.agreementScale - scale) / prior.agreementVariance,
  };
  for (const { evidence, agreement } of rows) {
    const logOdds = base + scale * agreement;
    const surprise = sigmoid(logOdds + evidence) - sigmoid(logOdds);
    gradient.base += surprise;
    gradient.scale += surprise * agreement;
  }
  return gradient;
}

/** Of the labels as if they were certain: an upper bound, which keeps every step safe. */
function informationOf(rows: readonly BelievedRow[], { base, scale, prior }: Point) {
  const sum = { aa: 1 / prior.variance, ab: 0, bb: 1 / prior.agreementVariance };
  for (const { agreement } of rows) {
    const p = sigmoid(base + scale * agreement);
    sum.aa += p * (1 - p);
    sum.ab += p * (1 - p) * agreement;
    sum.bb += p * (1 - p) * agreement * agreement;
  }
  return sum;
}

/** Less what is missing because labels are uncertain (Louis 1982); never surer than that, never less sure than before. */
function observedVariance(rows: readonly BelievedRow[], { base, scale, prior }: Point) {
  const sum = { aa: 1 / prior.variance, bb: 1 / prior.agreementVariance };
  for (const { evidence, agreement } of rows) {
    const logOdds = base + scale * agreement;
    const surprise = (sigmoid(logOdds + evidence) - sigmoid(logOdds)) ** 2;
    sum.aa += surprise;
    sum.bb += surprise * agreement * agreement;
  }
  return { variance: 1 / sum.aa, agreementVariance: 1 / sum.bb };
}
