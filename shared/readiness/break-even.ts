/**
 * After how many calls a tuned model has paid for itself:
 *
 *     N = T / (P_base − P_tuned − hosting)
 *
 *     T        curation, and for the first training and those of a year after it: tokens, evaluation, hours
 *     P_base   a call to the model that is used most, at cached prices, with the share of input that is (or could be) cached
 *     P_tuned  the same tokens, less those that a tuned model no longer needs, at the tuned model's prices
 *     hosting  a month's, by the calls of a month
 *
 * There is none where the saving is not positive. Dollars throughout.
 */
import type { Assumptions } from "./assumptions.ts";
import type { TaskFacts, UnitPrices } from "./task-facts.ts";

export const MONTH_DAYS = 30;

export interface BreakEven {
  /** null: never, or nobody knows; `because` says which. */
  calls: number | null;
  months: number | null;
  because: string;
  inputs: BreakEvenInputs | null;
}

export interface BreakEvenInputs {
  callsPerMonth: number;
  inputTokensPerCall: number;
  cachedShare: number;
  outputTokensPerCall: number;
  basePrices: UnitPrices;
  tunedPrices: UnitPrices;
  /** P_base, and its parts. */
  baseUsdPerCall: number;
  baseParts: CallParts;
  /** P_base if nothing of its input were cached: what it must not be compared with. */
  uncachedUsdPerCall: number;
  /** P_tuned, and its parts. */
  tunedUsdPerCall: number;
  tunedParts: CallParts;
  hostingUsdPerCall: number;
  /** P_base − P_tuned − hosting. */
  savingUsdPerCall: number;
  /** T, and its parts. */
  trainingUsd: number;
  trainings: number;
  trainingTokens: number;
  tokensUsd: number;
  hoursUsd: number;
  evaluationUsd: number;
}

export interface CallParts {
  inputUsd: number;
  cachedInputUsd: number;
  outputUsd: number;
}

export function breakEven(facts: TaskFacts, assumptions: Assumptions): BreakEven {
  const { tokens, recent } = facts;
  if (tokens === null) return unknown("no call tells how many tokens it used");
  if (!(recent.calls > 0 && recent.days > 0)) return unknown("there were no calls in the last days");
  const basePrices = basePricesOf(facts.cost.prices, assumptions);
  if (basePrices === null) {
    return unknown(
      "the price list does not know the model that is used most; give baseInputUsdPerMillion, baseCachedInputUsdPerMillion and baseOutputUsdPerMillion",
    );
  }
  const callsPerMonth = (recent.calls / recent.days) * MONTH_DAYS;
  const inputs = inputsOf({ facts, tokens, assumptions, basePrices, callsPerMonth });
  const { savingUsdPerCall: saving, trainingUsd } = inputs;
  if (!(saving > 0)) {
    const because = `a call to a tuned model costs ${dollars(inputs.tunedUsdPerCall + inputs.hostingUsdPerCall)} with its hosting, and one to the present model ${dollars(inputs.baseUsdPerCall)} at cached prices: nothing is saved`;
    return { calls: null, months: null, because, inputs };
  }
  const calls = Math.ceil(trainingUsd / saving);
  const months = calls / callsPerMonth;
  const because = `${dollars(trainingUsd)} of curation, training and evaluation, and ${dollars(saving)} saved with each of ${Math.round(callsPerMonth)} calls a month`;
  return { calls, months, because, inputs };
}

/** As many digits as tell a call's price. */
export function dollars(usd: number): string {
  return `$${Math.abs(usd) >= 1 ? usd.toFixed(2) : Number(usd.toPrecision(3)).toString()}`;
}

function unknown(because: string): BreakEven {
  return { calls: null, months: null, because, inputs: null };
}

function inputsOf(known: {
  facts: TaskFacts;
  tokens: NonNullable<TaskFacts["tokens"]>;
  assumptions: Assumptions;
  basePrices: UnitPrices;
  callsPerMonth: number;
}): BreakEvenInputs {
  const { tokens, assumptions, basePrices, callsPerMonth } = known;
  const measured = tokens.input > 0 ? Math.min(1, tokens.cachedInput / tokens.input) : 0;
  const cachedShare = assumptions.cachedShare ?? measured;
  const tunedPrices: UnitPrices = {
    input: assumptions.tunedInputUsdPerMillion,
    cachedInput: assumptions.tunedCachedInputUsdPerMillion,
    output: assumptions.tunedOutputUsdPerMillion,
  };
  const call = { input: tokens.input, output: tokens.output, cachedShare };
  const baseParts = callParts(basePrices, call);
  const shorter = tokens.input * (1 - assumptions.promptShrinkShare);
  const tunedParts = callParts(tunedPrices, { ...call, input: shorter });
  const [baseUsdPerCall, tunedUsdPerCall] = [sumOf(baseParts), sumOf(tunedParts)];
  const hostingUsdPerCall = assumptions.hostingUsdPerMonth / callsPerMonth;
  return {
    callsPerMonth,
    inputTokensPerCall: tokens.input,
    cachedShare,
    outputTokensPerCall: tokens.output,
    basePrices,
    tunedPrices,
    baseUsdPerCall,
    baseParts,
    uncachedUsdPerCall: sumOf(callParts(basePrices, { ...call, cachedShare: 0 })),
    tunedUsdPerCall,
    tunedParts,
    hostingUsdPerCall,
    savingUsdPerCall: baseUsdPerCall - tunedUsdPerCall - hostingUsdPerCall,
    ...trainingOf(assumptions, shorter + tokens.output),
  };
}

/** A first training, and those of a year after it. */
function trainingOf(assumptions: Assumptions, tokensPerExample: number) {
  const { retrainingsPerYear, retrainingHours, curationHours, curationUsdPerHour } = assumptions;
  const trainings = 1 + retrainingsPerYear;
  const trainingTokens = assumptions.trainingExamples * tokensPerExample * assumptions.epochs;
  const tokensUsd = (trainings * trainingTokens * assumptions.trainingUsdPerMillionTokens) / 1e6;
  const hoursUsd = (curationHours + retrainingsPerYear * retrainingHours) * curationUsdPerHour;
  const evaluationUsd = trainings * assumptions.evaluationUsd;
  return {
    trainingUsd: tokensUsd + hoursUsd + evaluationUsd,
    trainings,
    trainingTokens,
    tokensUsd,
    hoursUsd,
    evaluationUsd,
  };
}

/** The user's prices go before the list's; null where one of the three is known to neither. */
export function basePricesOf(listed: UnitPrices | null, assumptions: Assumptions): UnitPrices | null {
  const input = assumptions.baseInputUsdPerMillion ?? listed?.input;
  const cachedInput = assumptions.baseCachedInputUsdPerMillion ?? listed?.cachedInput ?? input;
  const output = assumptions.baseOutputUsdPerMillion ?? listed?.output;
  return input === undefined || cachedInput === undefined || output === undefined
    ? null
    : { input, cachedInput, output };
}

function callParts(prices: UnitPrices, call: { input: number; output: number; cachedShare: number }): CallParts {
  const cached = call.input * call.cachedShare;
  return {
    inputUsd: ((call.input - cached) * prices.input) / 1e6,
    cachedInputUsd: (cached * prices.cachedInput) / 1e6,
    outputUsd: (call.output * prices.output) / 1e6,
  };
}

function sumOf({ inputUsd, cachedInputUsd, outputUsd }: CallParts): number {
  return inputUsd + cachedInputUsd + outputUsd;
}
