/** Intervals, growth, counts of labels: what the conditions stand on. */
import { describe, expect, test } from "vitest";
import { surelyAtLeast, surelyAtMost } from "../../shared/readiness/condition.ts";
import { monthlyGrowth } from "../../shared/readiness/growth.ts";
import { differenceInterval, shareInterval } from "../../shared/readiness/interval.ts";
import { type LabelledRow, tallyGood, tallyLabels } from "../../shared/readiness/tally-labels.ts";
import { NO_LABELS } from "../../shared/readiness/task-facts.ts";
import fc from "../unit/property.ts";
import { seeded } from "../unit/seeded.ts";

const DAY_MS = 24 * 3_600_000;

describe("intervals", () => {
  test("hold the true share and the true difference about 95 times in 100", () => {
    const next = seeded(11);
    const draw = (rate: number, rows: number) => {
      let hits = 0;
      for (let at = 0; at < rows; at++) if (next() < rate) hits++;
      return shareInterval(hits, rows);
    };
    let [shares, differences] = [0, 0];
    const tries = 2_000;
    for (let at = 0; at < tries; at++) {
      const [a, b] = [draw(0.85, 60), draw(0.7, 90)];
      if (a.low <= 0.85 && 0.85 <= a.high) shares++;
      const { low, high } = differenceInterval(a, b);
      if (low <= 0.15 && 0.15 <= high) differences++;
    }
    for (const held of [shares, differences]) {
      expect(held / tries).toBeGreaterThan(0.93);
      expect(held / tries).toBeLessThan(0.98);
    }
  });

  test("say nothing where there are no rows", () => {
    expect(shareInterval(0, 0)).toEqual({ share: null, low: 0, high: 1, rows: 0 });
    expect(differenceInterval(shareInterval(0, 0), shareInterval(5, 5))).toMatchObject({
      share: null,
      low: -1,
      high: 1,
    });
  });

  test("become narrow enough in about the days that a condition says", () => {
    const [rows, rowsPerDay] = [100, 10];
    const ask = (count: number) => ({
      name: "n",
      about: "n",
      interval: shareInterval(0.8 * count, count),
      needed: 0.85,
      rowsPerDay,
    });
    const now = surelyAtMost(ask(rows));
    const days = now.daysAtTodaysRate ?? 0;
    expect(now).toMatchObject({ met: false, certainty: "open" });
    expect(surelyAtMost(ask(rows + days * rowsPerDay * 1.2)).met).toBe(true);
    expect(surelyAtMost(ask(rows + days * rowsPerDay * 0.6)).met).toBe(false);
    expect(surelyAtLeast(ask(rows)).daysAtTodaysRate).toBeNull(); // more of the same never leads there
  });
});

describe("growth", () => {
  const days = (value: (at: number) => number, count = 30) =>
    Array.from({ length: count }, (_, at) => ({ dayMs: at * DAY_MS, value: value(at) }));

  test("is found through noise, and noise alone is none", () => {
    const next = seeded(3);
    const growing = monthlyGrowth(days((at) => 1_000 * 2 ** (at / 30) * (0.9 + 0.2 * next())));
    expect(growing?.low).toBeGreaterThan(0.7);
    expect(growing?.high).toBeLessThan(1.35);
    const flat = Array.from({ length: 400 }, () => monthlyGrowth(days(() => 1_000 * (0.9 + 0.2 * next()))));
    const mistaken = flat.filter((one) => one === null || one.low > 0 || one.high < 0).length;
    expect(mistaken / flat.length).toBeLessThan(0.08); // at 95%: 5 in 100
  });

  test("is not said of less than a week, and is finite of any", () => {
    expect(monthlyGrowth(days((at) => at + 1, 6))).toBeNull();
    expect(monthlyGrowth(days(() => 0))).toBeNull();
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 7, maxLength: 90 }), (values) => {
        const growth = monthlyGrowth(values.map((value, at) => ({ dayMs: at * DAY_MS, value })));
        if (growth === null) return;
        expect([growth.share, growth.low, growth.high].every(Number.isFinite)).toBe(true);
        expect(growth.low).toBeLessThanOrEqual(growth.high);
      }),
    );
  });
});

describe("labels", () => {
  const row = (changes: Partial<LabelledRow>): LabelledRow => ({
    ...{ atMs: 0, template: "a", provider: "openai", model: "m", prompt: null, verdict: "good", thumb: null },
    ...{ voices: 1, disagreeing: false },
    ...changes,
  });

  test("are counted by what they say, and conflicts are no thumb and no rate", () => {
    const rows = [
      row({ thumb: "up" }),
      row({ verdict: "bad", thumb: "down" }),
      row({ verdict: "corrected", thumb: "down", template: "b" }),
      row({ verdict: "conflicting", thumb: "up", voices: 2, disagreeing: true }),
      row({ voices: 3 }),
    ];
    const counts = { labelled: 5, good: 2, bad: 1, corrected: 1, conflicting: 1, thumbsUp: 1, thumbsDown: 2, pairs: 1 };
    expect(tallyLabels(rows)).toEqual({ ...NO_LABELS, ...counts, severalVoices: 2, disagreeing: 1 });
    expect(tallyGood(rows, ({ template }) => template)).toEqual(
      new Map([
        ["a", { good: 2, rows: 3 }],
        ["b", { good: 0, rows: 1 }],
      ]),
    );
  });

  test("of siblings make as many pairs as there are good ones with a bad one to set against", () => {
    const siblings = [
      row({ prompt: "p" }),
      row({ prompt: "p" }),
      row({ prompt: "p", verdict: "bad" }),
      row({ prompt: "q" }),
    ];
    expect(tallyLabels(siblings).pairs).toBe(1);
    expect(tallyLabels([...siblings, row({ verdict: "bad" })]).pairs).toBe(1); // whose prompt nobody knows
  });
});
