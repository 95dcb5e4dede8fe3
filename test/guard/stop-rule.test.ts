import { describe, expect, test } from "vitest";
import { DEFAULT_MINIMA, type StopInput, stopRule } from "../../shared/guard/stop-rule.ts";

const dozen: StopInput = {
  newRows: 12,
  groundedRows: 12,
  measures: { rows: 12, differentTexts: 12, selfWrittenShare: {} },
  minima: DEFAULT_MINIMA,
};

describe("the stop rule", () => {
  test("lets a first batch of a dozen, or of one, come out", () => {
    expect(stopRule(dozen)).toEqual({ stop: false });
    const one = { rows: 1, differentTexts: 1, selfWrittenShare: {} };
    expect(stopRule({ ...dozen, newRows: 1, groundedRows: 0, measures: one })).toEqual({ stop: false });
  });

  test("stops a night without a new row, and says so", () => {
    expect(stopRule({ ...dozen, newRows: 0 })).toMatchObject({ stop: true, because: expect.stringContaining("new") });
  });

  test("stops at one row under the minima that a team sets, and not at them", () => {
    const minima = { ...DEFAULT_MINIMA, newRows: 13, groundedRows: 13 };
    expect(stopRule({ ...dozen, minima }).stop).toBe(true);
    expect(stopRule({ ...dozen, newRows: 13, minima })).toMatchObject({ because: expect.stringContaining("grounded") });
    expect(stopRule({ ...dozen, newRows: 13, groundedRows: 13, minima }).stop).toBe(false);
  });

  test("stops where twenty rows teach the same text, and not where nineteen do or two texts are taught", () => {
    const same = (rows: number, differentTexts: number) =>
      stopRule({ ...dozen, measures: { rows, differentTexts, selfWrittenShare: {} } });
    expect(same(20, 1)).toMatchObject({ stop: true, because: expect.stringContaining("diverse") });
    expect(same(19, 1).stop).toBe(false);
    expect(same(20, 2).stop).toBe(false);
  });

  test("stops where one's own fine-tunes wrote all and nobody said a word, and not where somebody did", () => {
    const own = { rows: 10, differentTexts: 10, selfWrittenShare: { "1": 0.5, "2": 0.5 } };
    expect(stopRule({ ...dozen, groundedRows: 0, measures: own }).stop).toBe(true);
    expect(stopRule({ ...dozen, groundedRows: 1, measures: own }).stop).toBe(false);
    expect(stopRule({ ...dozen, groundedRows: 0, measures: { ...own, rows: 9 } }).stop).toBe(false);
    expect(stopRule({ ...dozen, groundedRows: 0, measures: { ...own, selfWrittenShare: { "1": 0.9 } } }).stop).toBe(
      false,
    );
  });
});
