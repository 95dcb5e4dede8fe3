import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KTO_RATIO_MAX, KTO_RATIO_MIN, ktoWeights } from "../../shared/export/kto-weights.ts";

const count = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1_000_000 }));

describe("ktoWeights", () => {
  it("keeps the weighted ratio between 1 and 4/3, with one weight at 1 and none below", () => {
    fc.assert(
      fc.property(count, count, (desirableCount, undesirableCount) => {
        const weights = ktoWeights({ desirableCount, undesirableCount });
        if (weights === null) throw new Error("both sides have rows");
        const { desirable, undesirable } = weights;
        const ratio = (desirable * desirableCount) / (undesirable * undesirableCount);
        expect(ratio).toBeGreaterThanOrEqual(KTO_RATIO_MIN);
        expect(ratio).toBeLessThanOrEqual(KTO_RATIO_MAX);
        expect(Math.min(desirable, undesirable)).toBe(1);
        expect(weights).toMatchObject({ desirableCount, undesirableCount });
      }),
    );
  });

  it("does not make TRL's own check warn, which rounds its bounds to two digits and says 1.33", () => {
    const twoDigits = (value: number) => Math.round(value * 100) / 100;
    fc.assert(
      fc.property(count, count, (good, bad) => {
        const { desirable, undesirable } = ktoWeights({ desirableCount: good, undesirableCount: bad }) ?? {
          desirable: 0,
          undesirable: 0,
        };
        const base = (bad * undesirable) / good;
        const other = (good * desirable) / bad;
        const desirableFits = twoDigits(base) <= desirable && desirable <= twoDigits(base * 1.33);
        const undesirableFits = twoDigits(other / 1.33) <= undesirable && undesirable <= twoDigits(other);
        expect(good === bad || desirableFits || undesirableFits).toBe(true);
      }),
    );
  });

  it.each([
    [100, 100, 1, 1],
    [4, 3, 1, 1],
    [3, 4, 1.56, 1],
    [10, 100, 11.67, 1],
    [100, 10, 1, 8.57],
  ])(
    "gives %i good and %i bad rows the weights %f and %f",
    (desirableCount, undesirableCount, desirable, undesirable) => {
      expect(ktoWeights({ desirableCount, undesirableCount })).toEqual({
        desirable,
        undesirable,
        desirableCount,
        undesirableCount,
      });
    },
  );

  it("gives none where one side is empty", () => {
    expect(ktoWeights({ desirableCount: 0, undesirableCount: 5 })).toBeNull();
    expect(ktoWeights({ desirableCount: 5, undesirableCount: 0 })).toBeNull();
  });

  it.each([-1, 1.5, Number.NaN])("throws on a count of %f", (desirableCount) => {
    expect(() => ktoWeights({ desirableCount, undesirableCount: 1 })).toThrow("a count of KTO rows cannot be");
  });
});
