import { describe, expect, test } from "vitest";
import type { DrawOptions } from "../../shared/sample/draw.ts";
import { shareOut } from "../../shared/sample/shares.ts";
import type { Item } from "../../shared/sample/window-items.ts";
import { drawNamed as draw } from "../sample/named-items.ts";
import fc from "./property.ts";
import { seeded } from "./seeded.ts";

/** `{a: 3, b: 1}` → a-0, a-1, a-2, b-0. */
function itemsOf(strata: Record<string, number>): Item[] {
  return Object.entries(strata).flatMap(([stratum, size]) =>
    Array.from({ length: size }, (_, index) => ({ id: `${stratum}-${index}`, stratum })),
  );
}

function idsOf(items: readonly Item[], options: DrawOptions): string[] {
  return [...draw(items, options).drawn.keys()].sort();
}

const someItems = fc
  .dictionary(
    fc.constantFrom("corrected", "good", "bad", "conflicting", "weak", "none"),
    fc.integer({ min: 1, max: 15 }),
  )
  .map(itemsOf);
const someOptions = fc.record({
  seed: fc.string(),
  budget: fc.nat(40),
  auditShare: fc.double({ min: 0, max: 1, noNaN: true }),
});

describe("ten thousand draws", () => {
  const DRAWS = 10_000;
  const items = itemsOf({ good: 12, bad: 6, weak: 2 });
  const options = { budget: 9, auditShare: 0.1 };
  const times = new Map<string, { drawn: number; audit: number }>(items.map(({ id }) => [id, { drawn: 0, audit: 0 }]));
  const stated = new Map<string, number>();
  for (let seed = 0; seed < DRAWS; seed++) {
    for (const [id, { inclusionProbability, audit }] of draw(items, { ...options, seed: `seed-${seed}` }).drawn) {
      const count = times.get(id);
      if (count === undefined) throw new Error(`${id} was drawn and never given`);
      count.drawn++;
      if (audit) count.audit++;
      stated.set(id, inclusionProbability);
    }
  }

  /** Standard errors between a share seen and the probability stated. */
  const distance = (count: number, probability: number) =>
    Math.abs(count / DRAWS - probability) / Math.sqrt((probability * (1 - probability)) / DRAWS);

  test.each(items.map(({ id }) => [id] as const))(
    "hold %s as often as it was stated, within 4 standard errors",
    (id) => {
      const probability = stated.get(id) ?? 0;
      expect(probability).toBeGreaterThan(0);
      const count = times.get(id)?.drawn ?? 0;
      if (probability === 1) expect(count).toBe(DRAWS);
      else expect(distance(count, probability), `${count} of ${DRAWS}, stated ${probability}`).toBeLessThan(4);
    },
  );

  test.each(items.map(({ id }) => [id] as const))("audit %s as often as any other", (id) => {
    expect(distance(times.get(id)?.audit ?? 0, 2 / 20)).toBeLessThan(4);
  });

  test("state 1 − (1 − n/N)(1 − m/M), with the shares of the budget", () => {
    expect(stated.get("weak-0")).toBe(1); // both of two
    expect(stated.get("bad-0")).toBeCloseTo(1 - (1 - 3 / 6) * (1 - 2 / 20), 12);
    expect(stated.get("good-0")).toBeCloseTo(1 - (1 - 4 / 12) * (1 - 2 / 20), 12);
  });

  test("of half of some items hold no pair more often than another", () => {
    // Simple random sampling: with 2 of 4 each pair has 1/6.
    const pairs = new Map<string, number>();
    for (let seed = 0; seed < DRAWS; seed++) {
      const pair = idsOf(itemsOf({ a: 4 }), { seed: `pair-${seed}`, budget: 2, auditShare: 0 }).join();
      pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    }
    expect(pairs.size).toBe(6);
    for (const [pair, count] of pairs) expect(distance(count, 1 / 6), pair).toBeLessThan(4);
  });
});

describe("a draw", () => {
  test("can be repeated, in whatever order the items come", () => {
    fc.assert(
      fc.property(someItems, someOptions, fc.nat(), (items, options, shuffleSeed) => {
        const next = seeded(shuffleSeed);
        const shuffled = items.map((item) => ({ item, at: next() })).sort((a, b) => a.at - b.at);
        const again = draw(
          shuffled.map(({ item }) => item),
          options,
        );
        const first = draw(items, options);
        expect(new Map([...again.drawn].sort(byId))).toEqual(new Map([...first.drawn].sort(byId)));
        expect(again.strata).toEqual(first.strata);
      }),
    );
  });

  test("is the same in every version: a night that is run again draws what it drew", () => {
    // Worked out by another program (Python's hashlib): points a whole number apart along the strata, in the order of
    // their numbers, and of all the smallest numbers for the audit.
    const { drawn } = draw(itemsOf({ good: 6, bad: 4 }), { seed: "golden", budget: 4, auditShare: 0.2 });
    expect([...drawn].map(([id, { audit, chosen }]) => [id, audit, chosen]).sort()).toEqual([
      ["bad-0", false, true],
      ["bad-2", true, true],
      ["good-1", false, true],
      ["good-2", false, true],
      ["good-5", true, false],
    ]);
  });

  test("is another with another seed", () => {
    const items = itemsOf({ a: 50 });
    const options = { budget: 10, auditShare: 0 };
    expect(idsOf(items, { ...options, seed: "1" })).not.toEqual(idsOf(items, { ...options, seed: "2" }));
  });

  test("takes no more than the budget from the strata, and all of it while there are items", () => {
    fc.assert(
      fc.property(someItems, someOptions, (items, options) => {
        const { drawn, strata } = draw(items, { ...options, auditShare: 0 });
        expect(drawn.size).toBe(Math.min(options.budget, items.length));
        expect(strata.reduce((sum, stratum) => sum + stratum.drawn, 0)).toBe(drawn.size);
      }),
    );
  });

  test("takes no more than the budget and the audit slice together", () => {
    fc.assert(
      fc.property(someItems, someOptions, (items, options) => {
        const { drawn, auditSize } = draw(items, options);
        expect(drawn.size).toBeLessThanOrEqual(options.budget + auditSize);
        expect([...drawn.values()].filter(({ audit }) => audit)).toHaveLength(auditSize);
      }),
    );
  });

  test("states a probability in (0, 1], the same within a stratum", () => {
    fc.assert(
      fc.property(someItems, someOptions, (items, options) => {
        const { drawn } = draw(items, options);
        const byStratum = new Map<string, number>();
        for (const { id, stratum } of items) {
          const probability = drawn.get(id)?.inclusionProbability;
          if (probability === undefined) continue;
          expect(probability).toBeGreaterThan(0);
          expect(probability).toBeLessThanOrEqual(1);
          expect(byStratum.get(stratum) ?? probability).toBe(probability);
          byStratum.set(stratum, probability);
        }
      }),
    );
  });

  test("counts every item in the stratum that it came in", () => {
    fc.assert(
      fc.property(someItems, someOptions, (items, options) => {
        const { strata } = draw(items, options);
        expect(strata.map(({ stratum }) => stratum)).toEqual([...new Set(items.map((item) => item.stratum))].sort());
        for (const { stratum, size, drawn } of strata) {
          expect(size).toBe(items.filter((item) => item.stratum === stratum).length);
          expect(drawn).toBeLessThanOrEqual(size);
        }
      }),
    );
  });

  test("of nothing is empty", () => {
    expect(draw([], { seed: "s", budget: 10, auditShare: 0.5 })).toEqual({
      budget: 10,
      places: [],
      drawn: new Map(),
      strata: [],
      auditSize: 0,
      probabilities: new Float64Array(),
    });
  });

  test("takes all when the budget is as large as they are many", () => {
    const { drawn } = draw(itemsOf({ a: 5, b: 1 }), { seed: "s", budget: 6, auditShare: 0 });
    expect([...drawn.values()]).toEqual(Array(6).fill({ inclusionProbability: 1, audit: false, chosen: true }));
  });

  test("takes the audit slice alone when there is no budget, and none when there is neither", () => {
    const items = itemsOf({ a: 30, b: 10 });
    const { drawn, auditSize } = draw(items, { seed: "s", budget: 0, auditShare: 0.1 });
    expect([drawn.size, auditSize]).toEqual([4, 4]);
    for (const one of drawn.values()) {
      expect(one.audit).toBe(true);
      expect(one.inclusionProbability).toBeCloseTo(0.1, 12);
    }
    expect(draw(items, { seed: "s", budget: 0, auditShare: 0 }).drawn.size).toBe(0);
  });

  test("audits one of the fewest, and all when asked to", () => {
    expect(draw(itemsOf({ a: 1 }), { seed: "s", budget: 0, auditShare: 0.05 }).auditSize).toBe(1);
    expect(draw(itemsOf({ a: 7 }), { seed: "s", budget: 0, auditShare: 1 }).auditSize).toBe(7);
  });
});

describe("the audit slice", () => {
  test("is blind: what is said of the exchanges changes nothing about who is in it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), someOptions, fc.nat(), (count, options, labelSeed) => {
        const next = seeded(labelSeed);
        const plain = Array.from({ length: count }, (_, index) => ({ id: `id-${index}`, stratum: "none" }));
        const told = plain.map(({ id }) => ({ id, stratum: next() < 0.5 ? "good" : "bad" }));
        const audited = (items: Item[]) =>
          [...draw(items, options).drawn].flatMap(([id, { audit }]) => (audit ? [id] : [])).sort();
        expect(audited(told)).toEqual(audited(plain));
      }),
    );
  });
});

describe("sharing a budget out", () => {
  const sizes = fc.array(fc.nat(100), { maxLength: 12 });

  test("gives no more than there is, and no one more than they can take", () => {
    fc.assert(
      fc.property(sizes, fc.nat(1_500), (sizes, budget) => {
        const shares = shareOut(sizes, budget);
        expect(shares).toHaveLength(sizes.length);
        expect(sum(shares)).toBeLessThanOrEqual(budget);
        shares.forEach((share, index) => {
          expect(Number.isInteger(share) && share >= 0 && share <= (sizes[index] ?? 0)).toBe(true);
        });
      }),
    );
  });

  test("leaves nothing over while someone could take it", () => {
    fc.assert(
      fc.property(sizes, fc.nat(1_500), (sizes, budget) => {
        expect(sum(shareOut(sizes, budget))).toBe(Math.min(budget, sum(sizes)));
      }),
    );
  });

  test("is even: who gets less than another by more than one has no more to give", () => {
    fc.assert(
      fc.property(sizes, fc.nat(1_500), (sizes, budget) => {
        const shares = shareOut(sizes, budget);
        const most = Math.max(0, ...shares);
        shares.forEach((share, index) => {
          if (share < most - 1) expect(share).toBe(sizes[index]);
        });
      }),
    );
  });

  test.each([
    [[], 5, []],
    [[3, 3], 0, [0, 0]],
    [[3, 3], 5, [2, 3]],
    [[1, 100, 100], 11, [1, 5, 5]],
    [[100, 1, 100], 12, [5, 1, 6]],
    [[2, 2, 2], 100, [2, 2, 2]],
    [[5, 0], 3, [3, 0]],
  ])("of %j and a budget of %d is %j", (sizes, budget, shares) => {
    expect(shareOut(sizes, budget)).toEqual(shares);
  });
});

function byId([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
