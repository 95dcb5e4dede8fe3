/** Numbers as people read them; quantiles of a histogram; colours that can be told from their ground. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quantile } from "../../workers/console/pages/count-calls.ts";
import { bytes, cut, dollars, duration, percent, time, wilson } from "../../workers/console/pages/figures.ts";
import { readText } from "../house/source-files.ts";

test.each([
  [duration(12.4), "12 ms"],
  [duration(999), "999 ms"],
  [duration(1_240), "1.2 s"],
  [duration(95_000), "2 min"],
  [duration(3 * 3_600_000), "3 h"],
  [duration(72 * 3_600_000), "3 d"],
  [dollars(null), "–"],
  [dollars(0), "$0"],
  [dollars(4.5), "$0.0000045"],
  [dollars(123_400), "$0.12"],
  [dollars(12_345_678_900), "$12,345.68"],
  [percent(0), "0%"],
  [percent(0.034), "3.4%"],
  [percent(0.5), "50%"],
  [bytes(999), "999 B"],
  [bytes(12_345), "12 KB"],
  [time(Date.UTC(2026, 10, 23, 4, 5, 6)), "2026-11-23 04:05:06"],
])("a figure is shown as %s", (shown, expected) => {
  expect(shown).toBe(expected);
});

test("a cut text is no longer than asked for, and is not cut through a character", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "🙂", "\ud83d", "ü") }), fc.nat(40), (text, charsMax) => {
      const kept = cut(text, charsMax);
      expect(kept.length).toBeLessThanOrEqual(Math.max(text.length <= charsMax ? text.length : charsMax + 1, 0));
      if (text.isWellFormed()) expect(kept.isWellFormed()).toBe(true);
    }),
  );
});

describe("the interval of a share", () => {
  test("is Wilson's: 10 of 100 is 5.5% to 17.4%, and none of none is anything", () => {
    const { low, high } = wilson(10, 100);
    expect([low, high].map((one) => Number(one.toFixed(3)))).toEqual([0.055, 0.174]);
    expect(wilson(0, 0)).toEqual({ low: 0, high: 1 });
  });

  test("lies within 0 and 1 and around the share, and narrows as more is known", () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), (yes, no) => {
        fc.pre(yes + no > 0);
        const { low, high } = wilson(yes, yes + no);
        const share = yes / (yes + no);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(share + 1e-12);
        expect(high).toBeGreaterThanOrEqual(share - 1e-12);
        const more = wilson(10 * yes, 10 * (yes + no));
        expect(more.high - more.low).toBeLessThan(high - low);
      }),
    );
  });
});

test("a quantile of the histogram is within 9% of the true one, and a millisecond", () => {
  const times = fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.95), (times, share) => {
      const sorted = times.toSorted((a, b) => a - b);
      const truth = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      const bins = sorted.map((ms) => ({ bin: Math.trunc(8 * Math.log2(ms + 1)), calls: 1 }));
      const found = quantile(bins, share) ?? Number.NaN;
      expect(Math.abs(found - truth)).toBeLessThanOrEqual(0.09 * truth + 1);
    }),
  );
  expect(quantile([], 0.5)).toBeNull();
});

describe("the colours", () => {
  const style = readText("workers/console/pages/style.css");
  const [light = "", dark = ""] = [...style.matchAll(/:root \{([^}]*)\}/g)].map(([, block = ""]) => block);
  const colour = (block: string, name: string) => new RegExp(`--${name}: (#[0-9a-f]{6})`).exec(block)?.[1] ?? "none";

  /** WCAG 2.2, relative luminance and contrast. */
  function luminance(hex: string): number {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }
  function contrast(a: string, b: string): number {
    const [dim = 0, bright = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (bright + 0.05) / (dim + 0.05);
  }

  const inks = ["ink", "soft", "accent", "good", "bad", "doubt"];
  const grounds = ["ground", "sheet", "tint"];
  const pairs = inks.flatMap((ink) => grounds.map((ground) => [ink, ground] as const));
  test.each([...pairs, ["accent-ink", "accent"], ["ink", "mark"]] as const)(
    "%s on %s has 4.5 to 1, light and dark",
    (ink, ground) => {
      for (const block of [light, dark]) {
        expect(contrast(colour(block, ink), colour(block, ground))).toBeGreaterThanOrEqual(4.5);
      }
    },
  );
});
