import { describe, expect, test } from "vitest";
import { sigmoid } from "../../shared/core/probability.ts";
import { agreementLogOdds, fitAgreement } from "../../shared/verdict/agreement.ts";
import { type BelievedRow, estimateBaseRates, fitBaseRate, PRIOR_BASE } from "../../shared/verdict/base-rate.ts";
import { seeded } from "../unit/seeded.ts";

/** One thumb each, right four times in five. */
function thumbed(options: { rows: number; base: number; scale?: number; seed: number }): BelievedRow[] {
  const random = seeded(options.seed);
  return Array.from({ length: options.rows }, () => {
    const agreement = 4 * random() - 2;
    const good = random() < sigmoid(options.base + (options.scale ?? 0) * agreement);
    const up = good === random() < 0.8;
    return { evidence: up ? 1.386 : -1.386, agreement, comparable: 0 };
  });
}

describe("a base rate", () => {
  test("is the prior where nobody said anything", () => {
    expect(fitBaseRate([], PRIOR_BASE)).toEqual(PRIOR_BASE);
    expect(estimateBaseRates(new Map([["t", []]])).get("t")).toEqual(PRIOR_BASE);
  });

  test.each([-1, 0, 1.5])("of %d is found through thumbs that err, with the agreement's scale", (base) => {
    const found = fitBaseRate(thumbed({ rows: 4_000, base, scale: 1.5, seed: 3 }), PRIOR_BASE);
    expect(Math.abs(found.logOdds - base)).toBeLessThan(0.25);
    expect(Math.abs(found.agreementScale - 1.5)).toBeLessThan(0.25);
  });

  test("stays nearer to the prior with fewer votes, and is less sure", () => {
    const of = (rows: number) => fitBaseRate(thumbed({ rows, base: 1.5, seed: 3 }), PRIOR_BASE);
    expect(of(4).logOdds).toBeLessThan(of(1_000).logOdds - 0.3);
    expect(of(4).variance).toBeGreaterThan(4 * of(1_000).variance);
    expect(of(4).variance).toBeLessThanOrEqual(PRIOR_BASE.variance);
  });

  test("of a task with few votes is drawn towards its app's", () => {
    const many = thumbed({ rows: 1_000, base: 1.5, seed: 1 });
    const few = thumbed({ rows: 4, base: -1, seed: 2 });
    const rates = estimateBaseRates(
      new Map([
        ["many", many],
        ["few", few],
      ]),
    );
    const alone = estimateBaseRates(new Map([["few", few]]));
    expect(rates.get("few")?.logOdds).toBeGreaterThan((alone.get("few")?.logOdds ?? 9) + 0.3);
    expect(Math.abs((rates.get("many")?.logOdds ?? 9) - 1.5)).toBeLessThan(0.4);
  });
});

describe("agreement", () => {
  const company = (agreeing: number, others = 3) => ({ agreeing, others });

  test("says nothing where answers never agree", () => {
    const model = fitAgreement(Array(100).fill(company(0)));
    expect(model.comparable).toBe(0);
    expect(agreementLogOdds(company(0), model)).toBe(0);
  });

  test("speaks for an answer the more, the more others come to the same", () => {
    const counts = [...Array(50).fill(0), ...Array(20).fill(1), ...Array(15).fill(2), ...Array(15).fill(3)];
    const model = fitAgreement(counts.map((count: number) => company(count)));
    const said = [0, 1, 2, 3].map((agreeing) => agreementLogOdds(company(agreeing), model));
    expect(said).toEqual([...said].sort((a, b) => a - b));
    expect(said[0]).toBeLessThan(-1);
    expect(said[3]).toBeGreaterThan(1.5);
  });

  test("finds the planted classes without a label", () => {
    const random = seeded(11);
    const companies = Array.from({ length: 3_000 }, () => {
      const agrees = random() < 0.4 ? 0.7 : 0.05;
      return company([1, 2, 3].filter(() => random() < agrees).length);
    });
    const { share, ifGood, ifBad } = fitAgreement(companies);
    expect(Math.abs(share - 0.4)).toBeLessThan(0.03);
    expect(Math.abs(ifGood - 0.7)).toBeLessThan(0.03);
    expect(Math.abs(ifBad - 0.05)).toBeLessThan(0.03);
  });

  test("where nearly all agree stays finite", () => {
    const model = fitAgreement(Array(1_000).fill(company(3)));
    expect(Number.isFinite(agreementLogOdds(company(0), model))).toBe(true);
    expect(agreementLogOdds(company(3), model)).toBeGreaterThan(agreementLogOdds(company(0), model));
  });
});
