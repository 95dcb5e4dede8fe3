import { describe, expect, test } from "vitest";
import { addFunnels, type Funnel } from "../../shared/core/run.ts";
import fc from "./property.ts";

describe("funnels", () => {
  test("of no task are an empty window", () => {
    expect(addFunnels([])).toEqual({ window: 0 });
  });

  test("add up bucket by bucket, and stay partitions of their window", () => {
    const buckets = fc.dictionary(fc.constantFrom("exported", "duplicate", "no_label", "error"), fc.nat(1_000));
    const funnel = buckets.map((counts): Funnel => ({ ...counts, window: sum(Object.values(counts)) }));
    fc.assert(
      fc.property(fc.array(funnel), (funnels) => {
        const { window, ...counts } = addFunnels(funnels);
        expect(sum(Object.values(counts))).toBe(window);
        expect(counts.exported ?? 0).toBe(sum(funnels.map((one) => one.exported ?? 0)));
      }),
    );
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
