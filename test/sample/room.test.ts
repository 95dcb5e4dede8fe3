/** A night takes what its memory has room for, and every probability is right all the same. */
import { describe, expect, test } from "vitest";
import { planDraw } from "../../shared/sample/plan.ts";
import { type Item, WindowItems } from "../../shared/sample/window-items.ts";
import { Room } from "../../workers/curator/room.ts";
import { seeded } from "../unit/seeded.ts";
import { drawNamed } from "./named-items.ts";

const random = seeded(3);
/** Long ones are one stratum, and one user's. */
const ITEMS = Array.from({ length: 200 }, (_, at): Item => {
  const long = at % 4 === 0;
  return {
    id: `e${String(at).padStart(3, "0")}`,
    stratum: long ? "none/long" : "none/short",
    user: long ? "loud" : `user-${at % 9}`,
    bytes: (long ? 9_000 : 500) + Math.floor(1_000 * random()),
  };
});
const OPTIONS = { budget: 80, auditShare: 0.1, caps: { user: 30 } };

function windowOf(items: readonly Item[]): WindowItems {
  const window = new WindowItems();
  for (const [at, item] of items.entries()) {
    window.add({ ...item, id: `00000000-0000-7000-8000-${String(at).padStart(12, "0")}` });
  }
  return window;
}

function expectedBytes(bytesMax: number): { bytes: number; budget: number } {
  const { probabilities, budget } = planDraw(windowOf(ITEMS), { ...OPTIONS, bytesMax });
  return { bytes: ITEMS.reduce((sum, { bytes = 0 }, at) => sum + bytes * (probabilities[at] ?? 0), 0), budget };
}

describe("what is drawn", () => {
  test("is all of the budget while there is room", () => {
    expect(expectedBytes(Number.POSITIVE_INFINITY).budget).toBe(80);
    expect(expectedBytes(10_000_000).budget).toBe(80);
  });

  test.each([200_000, 150_000, 100_000])("is expected to fit %i bytes, and to use most of them", (bytesMax) => {
    const { bytes, budget } = expectedBytes(bytesMax);
    expect(budget).toBeLessThan(80);
    expect(bytes).toBeLessThanOrEqual(1.1 * bytesMax); // rows are whole;
    expect(bytes).toBeGreaterThan(0.7 * bytesMax);
  });

  test("is drawn as often as is stated, within 4 standard errors", () => {
    const DRAWS = 2_000;
    const times = new Map<string, number>();
    const stated = new Map<string, number>();
    for (let seed = 0; seed < DRAWS; seed++) {
      const { drawn } = drawNamed(ITEMS, { ...OPTIONS, bytesMax: 100_000, seed: `${seed}` });
      for (const [id, { inclusionProbability }] of drawn) {
        times.set(id, (times.get(id) ?? 0) + 1);
        expect(stated.get(id) ?? inclusionProbability).toBe(inclusionProbability);
        stated.set(id, inclusionProbability);
      }
    }
    expect(times.size).toBe(ITEMS.length);
    for (const [id, count] of times) {
      const probability = stated.get(id) ?? 0;
      const error = Math.sqrt((probability * (1 - probability)) / DRAWS);
      expect(Math.abs(count / DRAWS - probability) / error, id).toBeLessThan(4);
    }
  });
});

test("what turns out longer is left out when the room is full, but never the first", () => {
  const room = new Room(100);
  expect(room.refusal(150)).toBeNull();
  expect(room.refusal(1)).toBe("1 bytes beside 150 are more than the 100 that a batch is made of");
  const other = new Room(100);
  expect([60, 40, 1].map((bytes) => other.refusal(bytes) === null)).toEqual([true, true, false]);
});
