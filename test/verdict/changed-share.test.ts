import { expect, test } from "vitest";
import type { Feedback } from "../../shared/core/feedback.ts";
import { changedShare } from "../../shared/verdict/changed-share.ts";
import { weigh } from "../../shared/verdict/weights.ts";
import fc from "../unit/property.ts";

const ANSWER = "The parcel left our house on Monday, and will be with you within three days; its number is 1234.";

test.each<[string, string, number, number]>([
  ["nothing", ANSWER, 0, 0],
  ["case and white space", ANSWER.toUpperCase().replace(" ", "\n"), 0, 0],
  ["one word", ANSWER.replace("Monday,", "Tuesday,"), 0.05, 0.2],
  ["half of it", `${ANSWER.slice(0, 48)} but it came back, and nobody knows why.`, 0.3, 0.7],
  ["all of it", "No idea at all.", 1, 1],
  ["what was empty", "", 1, 1],
])("a correction that changes %s", (_what, correction, least, most) => {
  const share = changedShare(ANSWER, correction);
  expect(share).toBeGreaterThanOrEqual(least);
  expect(share).toBeLessThanOrEqual(most);
});

test("is in [0, 1], the same both ways, and 0 for what is equal", () => {
  fc.assert(
    fc.property(fc.lorem({ maxCount: 30 }), fc.lorem({ maxCount: 30 }), (one, other) => {
      const share = changedShare(one, other);
      expect(share).toBeGreaterThanOrEqual(0);
      expect(share).toBeLessThanOrEqual(1);
      expect(changedShare(other, one)).toBeCloseTo(share, 12);
      expect(changedShare(one, one)).toBe(0);
    }),
  );
});

test("the more it changes, the more a correction speaks against the answer, and mending a comma rather for it", () => {
  const weight = (changed?: number) => {
    const piece = { kind: "correction", name: "", value: true, text: "x", ...(changed !== undefined && { changed }) };
    return weigh(piece as Feedback).logOdds;
  };
  expect(weight(0.01)).toBeGreaterThan(0);
  expect(weight(0.2)).toBeLessThan(0);
  expect(weight(0.2)).toBeGreaterThan(weight(0.3));
  expect(weight(0.9)).toBe(weight());
});
