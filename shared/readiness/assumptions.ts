/**
 * What the user assumes, and every number that a rule compares with: each with its default, its bounds and its reason.
 * A query parameter of the same name overrides it.
 */

interface Spec {
  /** null: what is measured. */
  default: number | null;
  min: number;
  max: number;
  whole?: true;
  why: string;
}

/** Sums of money that nobody would enter but by mistake. */
const USD_MAX = 1e9;
const HOURS_MAX = 1e6;
const ROWS_MAX = 1e7;

export const ASSUMPTIONS = {
  // what training costs
  trainingUsdPerMillionTokens: usd(3, "the list price of training a small hosted model"),
  epochs: count(3, 1, 100, "what hosted trainers choose for a few hundred rows"),
  trainingExamples: count(1_000, 1, ROWS_MAX, "a small set that was chosen well (arXiv 2305.11206)"),
  curationHours: hours(40, "a week of one person: reading, mending, settling what good means"),
  retrainingHours: hours(8, "a day for each retraining"),
  curationUsdPerHour: usd(75, "an engineer's hour, with everything"),
  evaluationUsd: usd(200, "of each training: a test set answered and judged"),
  retrainingsPerYear: count(4, 0, 365, "base models and prompts change about every quarter"),
  hostingUsdPerMonth: usd(0, "hosted tuned models are paid by the token; an endpoint of one's own is not"),
  // what a call costs, before and after
  tunedInputUsdPerMillion: usd(0.3, "a small hosted model, tuned"),
  tunedCachedInputUsdPerMillion: usd(0.15, "half of it, as hosted tuned models have it"),
  tunedOutputUsdPerMillion: usd(1.2, "a small hosted model, tuned"),
  promptShrinkShare: share(0, "input tokens that a tuned model no longer needs: instructions, examples; 0 until tried"),
  baseInputUsdPerMillion: usd(null, "by the price list, for the model that is used most"),
  baseCachedInputUsdPerMillion: usd(null, "by the price list"),
  baseOutputUsdPerMillion: usd(null, "by the price list"),
  cachedShare: share(null, "of input tokens, as measured; what it could be, if the prompt's order were mended"),
  paysBackMonthsMax: { default: 6, min: 0.1, max: 120, why: "a base model is rarely the best buy for longer" },
  // what it takes to know anything
  daysMin: count(7, 1, 90, "a week has its weekend"),
  callsMin: count(200, 1, ROWS_MAX, "a share of 5% is then known to some 3 points"),
  labelsMin: count(30, 1, ROWS_MAX, "a share is then known to some 18 points: enough to tell poor from good"),
  goodRateGoal: share(0.9, "what the task has to reach; surely below it, there is something to mend"),
  // the prompt
  versionGapMin: share(0.05, "points by which a version is surely worse than the others"),
  cutShareMin: share(0.05, "answers that ran into the limit of their length"),
  disagreementMin: share(0.3, "people agree with each other about 4 times in 5 (arXiv 2306.05685)"),
  severalVoicesMin: count(10, 1, ROWS_MAX, "answers with several voices: two that differ are an accident"),
  variedShareMin: share(0.3, "templates for each call: the system prompt holds what belongs into the user's message"),
  settledDays: count(7, 1, 90, "a week without a change: what is learned of a prompt holds for that prompt"),
  concentratedShareMin: share(0.3, "of the failures in one cluster: an instruction can name it"),
  outlivedVersions: count(3, 2, 50, "versions of the prompt after which a failure is not the prompt's"),
  outlivedShareMax: share(0.5, "of the failures, in clusters that outlived so many versions"),
  contextGrowthMin: { default: 0.5, min: 0, max: 100, why: "of input tokens in 30 days: half as much again" },
  // retrieval
  correctionsReadMin: count(20, 1, ROWS_MAX, "fewer say little about what corrections bring"),
  addedFactsShareMin: share(0.3, "corrections with a name or number that was in neither prompt nor answer"),
  // a smaller model
  cheaperByMin: share(0.2, "less than a fifth is not worth a change"),
  worseByMax: share(0.05, "points of the good rate that a cheaper model may lose"),
  // many-shot
  manyShotExamples: count(20, 1, 2_000, "gains grow from a handful into the hundreds (arXiv 2404.11018)"),
  cacheCallsPerDayMin: count(288, 1, ROWS_MAX, "one every five minutes, for which providers keep a prefix"),
  cachePrefixTokensMin: count(1_024, 1, ROWS_MAX, "the shortest prefix that providers cache"),
  manyShotTokensMax: count(32_000, 1, ROWS_MAX, "what most models take, with room for the call itself"),
  templateCommonMin: share(0.5, "of the calls, with one and the same prefix"),
  // training
  labelsPerTemplateMin: count(5, 1, ROWS_MAX, "labels with which a template counts as covered"),
  coverageMin: share(0.7, "of the calls, with a template that is covered"),
  sftCorrectionsMin: count(100, 1, ROWS_MAX, "gains begin at 50 to 100 good rows"),
  sftApprovedMin: count(500, 1, ROWS_MAX, "to copy what is good already into a cheaper model takes more"),
  dpoPairsMin: count(500, 1, ROWS_MAX, "fewer pairs move little"),
  ktoThumbsMin: count(500, 1, ROWS_MAX, "thumbs are noisier than pairs, and there are more of them"),
  ktoSideMin: count(50, 1, ROWS_MAX, "thumbs of the rarer kind: KTO bears ten to one (arXiv 2402.01306)"),
} as const satisfies Record<string, Spec>;

export type AssumptionName = keyof typeof ASSUMPTIONS;
export type Assumptions = {
  [Name in AssumptionName]: (typeof ASSUMPTIONS)[Name]["default"] extends number ? number : number | null;
};

const SPECS: Readonly<Record<string, Spec>> = ASSUMPTIONS;

export const DEFAULT_ASSUMPTIONS: Assumptions = Object.fromEntries(
  Object.entries(SPECS).map(([name, spec]) => [name, spec.default]),
) as Assumptions;

export type ReadAssumptions = { ok: true; value: Assumptions } | { ok: false; field: string; message: string };

/** The defaults, with what these texts say instead. The message of an error names field, value and bounds. */
export function readAssumptions(texts: Readonly<Record<string, string>>): ReadAssumptions {
  const value: Record<string, number | null> = { ...DEFAULT_ASSUMPTIONS };
  for (const [field, text] of Object.entries(texts)) {
    const spec = Object.hasOwn(SPECS, field) ? SPECS[field] : undefined;
    if (spec === undefined) {
      return wrong(field, `is no assumption; there are ${Object.keys(SPECS).join(", ")}`);
    }
    const read = DECIMAL.test(text) ? Number(text) : Number.NaN;
    if (!(read >= spec.min && read <= spec.max) || (spec.whole && !Number.isInteger(read))) {
      const kind = spec.whole ? "a whole number" : "a number";
      return wrong(field, `${JSON.stringify(text.slice(0, 40))} is not ${kind} from ${spec.min} to ${spec.max}`);
    }
    value[field] = read;
  }
  return { ok: true, value: value as Assumptions };
}

/** No white space, hexadecimal, infinity: what `Number` would also take. */
const DECIMAL = /^-?\d{1,15}(\.\d{1,15})?(e-?\d{1,2})?$/;

function wrong(field: string, message: string): ReadAssumptions {
  return { ok: false, field, message: `${field}: ${message}` };
}

function usd<Default extends number | null>(value: Default, why: string) {
  return { default: value, min: 0, max: USD_MAX, why };
}

function hours(value: number, why: string) {
  return { default: value, min: 0, max: HOURS_MAX, why };
}

function share<Default extends number | null>(value: Default, why: string) {
  return { default: value, min: 0, max: 1, why };
}

function count(value: number, min: number, max: number, why: string) {
  return { default: value, min, max, whole: true as const, why };
}
