/** Which part of a window is read. */
import { expect, test } from "vitest";
import { idTimeMs } from "../../shared/core/ids.ts";
import { type Slices, slicesOf } from "../../shared/store/readiness-slices.ts";
import fc from "../unit/property.ts";
import { DAY_MS, TO_MS } from "./scenarios.ts";

const HOUR_MS = 3_600_000;

const span = fc
  .record({ days: fc.integer({ min: 1, max: 90 }), offMs: fc.integer({ min: 0, max: DAY_MS }) })
  .map(({ days, offMs }) => ({ fromMs: TO_MS - offMs - days * DAY_MS, toMs: TO_MS - offMs }));

function timesOf({ slices }: Slices): { dayMs: number; fromMs: number; toMs: number }[] {
  return slices.map(([dayMs, from, to]) => ({ dayMs, fromMs: idTimeMs(from), toMs: idTimeMs(to) }));
}

test("all of a window is read by days, without a gap and nothing twice", () => {
  fc.assert(
    fc.property(span, (window) => {
      const times = timesOf(slicesOf(window, 1));
      let at = window.fromMs;
      for (const { dayMs, fromMs, toMs } of times) {
        expect(fromMs).toBe(at);
        expect(dayMs <= fromMs && toMs <= dayMs + DAY_MS).toBe(true);
        at = toMs;
      }
      expect(at).toBe(window.toMs);
    }),
  );
});

test("of a busy one the same share of every hour is read, each inside of its own hour and day", () => {
  fc.assert(
    fc.property(span, fc.double({ min: 0.001, max: 0.999, noNaN: true }), (window, share) => {
      const times = timesOf(slicesOf(window, share));
      const whole = times.slice(1, -1); // the first and the last hour may be cut by the window
      expect(whole.length).toBeGreaterThanOrEqual((window.toMs - window.fromMs) / HOUR_MS - 3);
      for (const { dayMs, fromMs, toMs } of whole) {
        expect(Math.abs(toMs - fromMs - share * HOUR_MS)).toBeLessThanOrEqual(2);
        expect(Math.floor(fromMs / HOUR_MS)).toBe(Math.floor((toMs - 1) / HOUR_MS));
        expect(dayMs).toBe(Math.floor(fromMs / DAY_MS) * DAY_MS);
      }
    }),
  );
});

test("where in its hour a part lies differs, and is the same when it is read again", () => {
  const window = { fromMs: TO_MS - 10 * DAY_MS, toMs: TO_MS };
  const slices = slicesOf(window, 0.1);
  expect(slicesOf(window, 0.1)).toEqual(slices);
  const tenths = new Set(timesOf(slices).map(({ fromMs }) => Math.floor((10 * (fromMs % HOUR_MS)) / HOUR_MS)));
  expect(tenths.size).toBeGreaterThanOrEqual(9);
});
