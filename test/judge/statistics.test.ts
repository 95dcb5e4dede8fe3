/** Agreement with people, and what it permits: published numbers, planted truths, seeded simulations. */
import { describe, expect, test } from "vitest";
import { combineOrders } from "../../shared/judge/both-orders.ts";
import { LABELS_MIN, LABELS_OF_EACH_MIN } from "../../shared/judge/bounds.ts";
import { cohensKappa, type Labelled } from "../../shared/judge/kappa.ts";
import { lengthSlope } from "../../shared/judge/length-slope.ts";
import { judgeStanding, standingOf } from "../../shared/judge/standing.ts";
import { seeded } from "../unit/seeded.ts";

const SEED = 20_261_123;

/** `good`/`bad` counts of judge × people. */
function table(counts: { bothGood: number; judgeGood: number; peopleGood: number; bothBad: number }): Labelled[] {
  const rows = (count: number, judge: string, people: string) =>
    Array.from({ length: count }, () => ({ judge, people }));
  return [
    ...rows(counts.bothGood, "good", "good"),
    ...rows(counts.judgeGood, "good", "bad"),
    ...rows(counts.peopleGood, "bad", "good"),
    ...rows(counts.bothBad, "bad", "bad"),
  ];
}

/** A judge that says what people say with probability `honesty`, and otherwise throws a coin. */
function simulate(next: () => number, { n, honesty }: { n: number; honesty: number }): Labelled[] {
  return Array.from({ length: n }, () => {
    const people = next() < 0.6 ? "good" : "bad";
    const coin = next() < 0.6 ? "good" : "bad";
    return { people, judge: next() < honesty ? people : coin };
  });
}

describe("kappa", () => {
  test("is what it is by hand: 20, 5, 10, 15", () => {
    // observed .7, chance .5·.6 + .5·.4 = .5
    const kappa = cohensKappa(table({ bothGood: 20, judgeGood: 5, peopleGood: 10, bothBad: 15 }));
    expect(kappa.agreement).toBeCloseTo(0.7, 10);
    expect(kappa.kappa).toBeCloseTo(0.4, 10);
    // the large-sample error of this table is 0.1261; half a count more in each cell changes it little
    expect((kappa.high - kappa.low) / (2 * 1.96)).toBeCloseTo(0.126, 2);
  });

  test("has an interval that holds the truth about as often as it says", () => {
    const next = seeded(SEED);
    for (const honesty of [0.2, 0.5, 0.8]) {
      let held = 0;
      for (let trial = 0; trial < 500; trial++) {
        const { low, high } = cohensKappa(simulate(next, { n: 120, honesty }));
        if (low <= honesty && honesty <= high) held++;
      }
      expect(held / 500).toBeGreaterThan(0.92);
      expect(held / 500).toBeLessThan(0.98);
    }
  });

  test("of few rows that all agree is 1, and far from sure", () => {
    const kappa = cohensKappa(table({ bothGood: 3, judgeGood: 0, peopleGood: 0, bothBad: 2 }));
    expect(kappa.kappa).toBe(1);
    expect(kappa.low).toBeLessThan(0.3);
  });

  test("is undefined without rows, and where all are of one label", () => {
    expect(cohensKappa([])).toEqual({ n: 0, agreement: null, kappa: null, low: -1, high: 1 });
    const one = cohensKappa(table({ bothGood: 50, judgeGood: 0, peopleGood: 0, bothBad: 0 }));
    expect(one).toMatchObject({ kappa: null, agreement: 1, low: -1, high: 1 });
  });

  test("does not depend on the order of rows", () => {
    const rows = simulate(seeded(SEED), { n: 80, honesty: 0.5 });
    expect(cohensKappa(rows.toReversed())).toEqual(cohensKappa(rows));
  });
});

describe("a judge's standing", () => {
  const agreeing = (n: number) => table({ bothGood: n / 2, judgeGood: 0, peopleGood: 0, bothBad: n / 2 });

  test("is calibrated from enough labels that agree, and not one below", () => {
    expect(judgeStanding(agreeing(LABELS_MIN))).toMatchObject({ calibrated: true, because: "agrees" });
    const fewer = judgeStanding(agreeing(LABELS_MIN).slice(1));
    expect(fewer).toMatchObject({ calibrated: false, because: "too_few_labels", n: LABELS_MIN - 1 });
  });

  test("needs labels of each kind", () => {
    const bad = LABELS_OF_EACH_MIN - 1;
    const oneSided = table({ bothGood: 200, judgeGood: 0, peopleGood: 0, bothBad: bad });
    expect(judgeStanding(oneSided)).toMatchObject({ calibrated: false, because: "labels_of_one_kind" });
    const enough = table({ bothGood: 200, judgeGood: 0, peopleGood: 0, bothBad: bad + 1 });
    expect(judgeStanding(enough).calibrated).toBe(true);
  });

  test("is never given to a coin", () => {
    const next = seeded(SEED);
    for (let trial = 0; trial < 500; trial++) {
      const standing = judgeStanding(simulate(next, { n: 100 + Math.floor(next() * 400), honesty: 0 }));
      expect(standing).toMatchObject({ calibrated: false, because: "agreement_not_sure" });
    }
  });

  test("is given to one that agrees as well as people do with each other, in most cases", () => {
    const next = seeded(SEED);
    const given = Array.from({ length: 100 }, () => judgeStanding(simulate(next, { n: 300, honesty: 0.65 })));
    expect(given.filter(({ calibrated }) => calibrated).length).toBeGreaterThan(90);
  });

  test("counts what was judged again once, by its newest word", () => {
    const old = { kind: "points", id: "1", score: 0.1, people: "good" } as const;
    const newer = { ...old, score: 0.9 };
    const other = { kind: "pair", id: "1", preferred: "first", people: "second" } as const;
    const standing = standingOf({ compared: [old, newer, other], judged: [] });
    expect(standing.points).toMatchObject({ n: 1, agreement: 1 });
    expect(standing.pairs).toMatchObject({ n: 1, agreement: 0 });
  });
});

describe("both orders", () => {
  test.each([
    ["A", "B", "first", true, null],
    ["B", "A", "second", true, null],
    ["tie", "tie", "tie", true, null],
    ["A", "A", "tie", false, "A"],
    ["B", "B", "tie", false, "B"],
    ["A", "tie", "tie", false, null],
    ["tie", "A", "tie", false, null],
  ] as const)("%s and then %s is %s", (forward, backward, preferred, consistent, placeWon) => {
    expect(combineOrders({ forward, backward })).toEqual({ preferred, consistent, placeWon });
  });

  test("are counted, with the place that won the flips", () => {
    const judged = (["A", "A", "B", "tie"] as const).map((forward) => ({
      preference: combineOrders({ forward, backward: "A" }),
      firstChars: 10,
      secondChars: 20,
    }));
    expect(standingOf({ compared: [], judged }).swap).toEqual({ n: 4, consistent: 1, placeAWon: 2, placeBWon: 0 });
  });
});

describe("the length slope", () => {
  function preferences(next: () => number, slope: number) {
    return Array.from({ length: 600 }, () => {
      const firstChars = Math.round(20 * Math.exp(4 * next()));
      const secondChars = Math.round(20 * Math.exp(4 * next()));
      const odds = Math.exp(0.3 + slope * Math.log(firstChars / secondChars));
      return { prefersFirst: next() < odds / (1 + odds), firstChars, secondChars };
    });
  }

  test.each([0, 0.5, 1.5, -1])("finds what was planted: %d", (planted) => {
    const next = seeded(SEED);
    for (let trial = 0; trial < 20; trial++) {
      const { slope, error, n } = lengthSlope(preferences(next, planted));
      expect(n).toBe(600);
      expect(Math.abs((slope ?? Number.NaN) - planted)).toBeLessThan(4 * (error ?? 0));
      expect(error).toBeLessThan(0.2);
    }
  });

  test("is finite where length decides everything", () => {
    const rows = Array.from({ length: 50 }, (_, at) => ({
      prefersFirst: at % 2 === 0,
      firstChars: at % 2 === 0 ? 200 : 20,
      secondChars: 60,
    }));
    const { slope, error } = lengthSlope(rows);
    expect(slope).toBeGreaterThan(1);
    expect(Number.isFinite(slope) && Number.isFinite(error)).toBe(true);
  });

  test("is unknown with less than two pairs of different lengths", () => {
    const row = { prefersFirst: true, firstChars: 10, secondChars: 0 };
    expect(lengthSlope([])).toEqual({ n: 0, slope: null, error: null });
    expect(lengthSlope([row])).toEqual({ n: 1, slope: null, error: null });
    expect(lengthSlope([row, row, row])).toEqual({ n: 3, slope: null, error: null });
  });
});
