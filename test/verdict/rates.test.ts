import { describe, expect, test } from "vitest";
import { rateOf, type SampledRow } from "../../shared/verdict/rates.ts";
import fc from "../unit/property.ts";
import { seeded } from "../unit/seeded.ts";

const RUNS = 600;

/** Rows with feedback are drawn more often, and are worse than the others. */
function drawUnequally(random: () => number, size: number): SampledRow[] {
  return Array.from({ length: size }, () => random() < 0.3).flatMap((complained) => {
    const inclusionProbability = complained ? 0.8 : 0.1;
    const good = random() < (complained ? 0.2 : 0.9);
    return random() < inclusionProbability ? [{ pGood: Number(good), inclusionProbability }] : [];
  });
}
const TRUE_SHARE = 0.3 * 0.2 + 0.7 * 0.9;

describe("a rate", () => {
  test("of nothing is unknown", () => {
    expect(rateOf([])).toEqual({ share: null, low: 0, high: 1, rows: 0, effectiveRows: 0 });
  });

  test("of rows drawn alike is Wilson's", () => {
    const rows = Array.from({ length: 10 }, (_, at) => ({ pGood: Number(at < 8), inclusionProbability: 0.5 }));
    const { share, low, high } = rateOf(rows);
    expect(share).toBeCloseTo(0.8, 9);
    expect(low).toBeGreaterThan(0.44);
    expect(low).toBeLessThan(0.49); // Wilson: 0.490; the sample variance has n − 1
    expect(high).toBeGreaterThan(0.94);
    expect(high).toBeLessThan(0.96);
  });

  test("counts a row for as many as it stands for", () => {
    const rows = [
      { pGood: 1, inclusionProbability: 0.25 },
      { pGood: 0, inclusionProbability: 1 },
    ];
    expect(rateOf(rows).share).toBeCloseTo(0.8, 9);
  });

  test("undoes the selection that the plain mean falls for, and its interval holds in 95 of 100 samples", () => {
    const random = seeded(20_261_123);
    let [held, plain, share] = [0, 0, 0];
    for (let run = 0; run < RUNS; run++) {
      const rows = drawUnequally(random, 250);
      const rate = rateOf(rows);
      held += Number(rate.low <= TRUE_SHARE && TRUE_SHARE <= rate.high);
      share += (rate.share ?? 0) / RUNS;
      plain += rows.reduce((sum, row) => sum + row.pGood, 0) / rows.length / RUNS;
    }
    expect(plain).toBeLessThan(TRUE_SHARE - 0.2);
    expect(Math.abs(share - TRUE_SHARE)).toBeLessThan(0.02);
    expect(held / RUNS).toBeGreaterThan(0.92);
    expect(held / RUNS).toBeLessThan(0.98);
  });

  test("holds with few rows, and with labels that are only probable", () => {
    const random = seeded(5);
    let held = 0;
    for (let run = 0; run < RUNS; run++) {
      const probabilities = Array.from({ length: 25 }, () => (random() < 0.8 ? 0.95 : 0.3));
      const rate = rateOf(probabilities.map((pGood) => ({ pGood, inclusionProbability: 0.2 })));
      held += Number(rate.low <= 0.82 && 0.82 <= rate.high);
    }
    expect(held / RUNS).toBeGreaterThan(0.94);
  });

  test("takes a label that is only probable for the coin that it is", () => {
    const rows = Array.from({ length: 100 }, (_, at) => ({
      pGood: at % 2 ? 0.51 : 0.49,
      inclusionProbability: at < 10 ? 0.01 : 1,
    }));
    const kish = (10 * 100 + 90) ** 2 / (10 * 100 ** 2 + 90);
    expect(Math.abs(rateOf(rows).effectiveRows - kish)).toBeLessThan(0.5);
  });

  test("stays inside [0, 1], around its share", () => {
    const row = fc.record({
      pGood: fc.double({ min: 0, max: 1, noNaN: true }),
      inclusionProbability: fc.double({ min: 0.001, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 50 }), (rows) => {
        const { share, low, high } = rateOf(rows);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual((share ?? 0) + 1e-9);
        expect(high).toBeGreaterThanOrEqual((share ?? 1) - 1e-9);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });

  test.each([0, -0.1, 1.1, Number.NaN])("refuses an inclusion probability of %d", (inclusionProbability) => {
    expect(() => rateOf([{ pGood: 1, inclusionProbability }])).toThrow(RangeError);
  });
});
