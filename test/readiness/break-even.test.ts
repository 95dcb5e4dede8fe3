/** When a tuned model has paid for itself. */
import { describe, expect, test } from "vitest";
import type { Assumptions } from "../../shared/readiness/assumptions.ts";
import { type BreakEvenInputs, breakEven } from "../../shared/readiness/break-even.ts";
import fc from "../unit/property.ts";
import { arbitraryFacts } from "./arbitrary-facts.ts";
import { DEFAULTS, quiet } from "./scenarios.ts";

const DEAR = { input: 2.5, cachedInput: 1.25, output: 10 };
const dear = quiet({ calls: 30_000, cost: { usdMicrosPerCall: 4_500, pricedCalls: 30_000, prices: DEAR } });

function inputsOf(assumptions: Partial<Assumptions>, facts = dear): BreakEvenInputs {
  const { inputs } = breakEven(facts, { ...DEFAULTS, ...assumptions });
  if (inputs === null) throw new Error("nothing was computed");
  return inputs;
}

describe("the formula", () => {
  test("is T / (P_base − P_tuned), in calls and in months of today's calls", () => {
    const { calls, months } = breakEven(dear, DEFAULTS);
    const base = (1_000 * 2.5 + 200 * 10) / 1e6;
    const tuned = (1_000 * 0.3 + 200 * 1.2) / 1e6;
    const trainings = 1 + DEFAULTS.retrainingsPerYear;
    const tokens = DEFAULTS.trainingExamples * 1_200 * DEFAULTS.epochs;
    const hours = DEFAULTS.curationHours + DEFAULTS.retrainingsPerYear * DEFAULTS.retrainingHours;
    const total =
      trainings * ((tokens / 1e6) * DEFAULTS.trainingUsdPerMillionTokens + DEFAULTS.evaluationUsd) +
      hours * DEFAULTS.curationUsdPerHour;
    expect(calls).toBe(Math.ceil(total / (base - tuned)));
    expect(months).toBeCloseTo((calls ?? 0) / 30_000, 9);
  });

  test("takes the base model at cached prices, with the share that is cached or could be", () => {
    const plain = inputsOf({});
    const cached = inputsOf({ cachedShare: 0.8 });
    expect(plain.cachedShare).toBe(0);
    expect(plain.baseUsdPerCall).toBe(plain.uncachedUsdPerCall);
    expect(cached.baseUsdPerCall).toBeCloseTo((200 * 2.5 + 800 * 1.25 + 200 * 10) / 1e6, 12);
    expect(cached.savingUsdPerCall).toBeLessThan(plain.savingUsdPerCall);
    const measured = { ...dear, tokens: { input: 1_000, cachedInput: 800, output: 200 } };
    expect(inputsOf({}, measured).baseUsdPerCall).toBeCloseTo(cached.baseUsdPerCall, 12);
  });

  test("takes hosting from what each call saves", () => {
    const { hostingUsdPerCall, savingUsdPerCall } = inputsOf({ hostingUsdPerMonth: 60 });
    expect(hostingUsdPerCall).toBeCloseTo(0.002, 12);
    expect(savingUsdPerCall).toBeCloseTo(inputsOf({}).savingUsdPerCall - 0.002, 12);
    expect(breakEven(dear, { ...DEFAULTS, hostingUsdPerMonth: 1e6 })).toMatchObject({ calls: null, months: null });
  });

  test("has the parts of T and of a call add up", () => {
    const inputs = inputsOf({ promptShrinkShare: 0.5, cachedShare: 0.3 });
    const sum = (parts: object) => Object.values(parts).reduce((total: number, part: number) => total + part, 0);
    expect(sum(inputs.baseParts)).toBeCloseTo(inputs.baseUsdPerCall, 12);
    expect(sum(inputs.tunedParts)).toBeCloseTo(inputs.tunedUsdPerCall, 12);
    expect(inputs.tokensUsd + inputs.hoursUsd + inputs.evaluationUsd).toBeCloseTo(inputs.trainingUsd, 9);
    expect(inputs.tunedParts.inputUsd).toBeCloseTo((500 * 0.7 * 0.3) / 1e6, 12);
  });
});

test("a model without a listed price has the user's, and none where that is missing too", () => {
  const unlisted = { ...dear, cost: { ...dear.cost, prices: null } };
  const { inputs, calls, because } = breakEven(unlisted, DEFAULTS);
  expect([inputs, calls]).toEqual([null, null]);
  expect(because).toContain("baseInputUsdPerMillion");
  const given = { ...DEFAULTS, baseInputUsdPerMillion: 2.5, baseOutputUsdPerMillion: 10 };
  expect(breakEven(unlisted, given).calls).toBe(breakEven(dear, DEFAULTS).calls);
});

test("there is a break-even exactly where something is saved", () => {
  const money = fc.double({ min: 0, max: 5, noNaN: true });
  const assumed = fc.record({
    tunedInputUsdPerMillion: money,
    tunedOutputUsdPerMillion: money,
    hostingUsdPerMonth: fc.double({ min: 0, max: 1_000, noNaN: true }),
    cachedShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    curationHours: fc.integer({ min: 0, max: 100 }),
  });
  const seen = { saved: 0, not: 0 };
  fc.assert(
    fc.property(arbitraryFacts, assumed, (facts, changes) => {
      const { calls, months, inputs } = breakEven(facts, { ...DEFAULTS, ...changes });
      const saves = inputs !== null && inputs.savingUsdPerCall > 0;
      seen[saves ? "saved" : "not"]++;
      expect(calls !== null).toBe(saves);
      expect(months !== null).toBe(saves);
      if (saves) expect(Number.isFinite(calls) && Number.isFinite(months) && (calls ?? -1) >= 0).toBe(true);
    }),
    { numRuns: 500 },
  );
  expect(Math.min(seen.saved, seen.not)).toBeGreaterThan(50);
});
