import { describe, expect, test } from "vitest";
import {
  orderQueue,
  REVIEW_REASONS,
  type ReviewCandidate,
  type ReviewReason,
} from "../../shared/review/order-queue.ts";
import fc from "../unit/property.ts";

function candidate(at: number, more: Partial<ReviewCandidate> = {}): ReviewCandidate {
  const id = `019a0000-0000-7000-8000-${String(at * 7_919).padStart(12, "0")}`;
  const plain = { isJudged: true, isConflicting: false, isHeld: false, isBlind: false, inclusionProbability: null };
  return { id, task: "mail", pGood: 0.95, ...plain, ...more };
}

const some = (count: number, more: (at: number) => Partial<ReviewCandidate>) =>
  Array.from({ length: count }, (_, at) => candidate(at, more(at)));

function order(candidates: readonly ReviewCandidate[], itemsMax = 100, seed = "s") {
  return orderQueue(candidates, { seed, itemsMax });
}

const anyCandidate = fc
  .record({
    at: fc.nat(10_000),
    task: fc.constantFrom("mail", "code", "sql"),
    pGood: fc.double({ min: 0.01, max: 0.99, noNaN: true }),
    isJudged: fc.boolean(),
    isConflicting: fc.boolean(),
    isHeld: fc.boolean(),
    isBlind: fc.boolean(),
    inclusionProbability: fc.option(fc.double({ min: 0.001, max: 1, noNaN: true })),
  })
  .map(({ at, ...more }) => candidate(at, more));
const anyCandidates = fc.uniqueArray(anyCandidate, { selector: ({ id }) => id, maxLength: 120 });

describe("the review queue", () => {
  test("is the same for the same candidates and seed, in whatever order they come", () => {
    const pair = anyCandidates.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(pair, ([all, shuffled]) => {
        expect(order(shuffled, 30)).toEqual(order(all, 30));
      }),
    );
  });

  test("has each exchange once at most, and never more than is asked for", () => {
    fc.assert(
      fc.property(anyCandidates, fc.integer({ min: 1, max: 60 }), (all, itemsMax) => {
        const picks = order(all, itemsMax);
        expect(new Set(picks.map(({ id }) => id)).size).toBe(picks.length);
        expect(picks.length).toBeLessThanOrEqual(itemsMax);
      }),
    );
  });

  test("gives a reason that holds", () => {
    fc.assert(
      fc.property(anyCandidates, (all) => {
        const byId = new Map(all.map((one) => [one.id, one]));
        const holds: Record<ReviewReason, (one: ReviewCandidate) => boolean> = {
          audit: ({ isBlind }) => isBlind,
          held: ({ isHeld }) => isHeld,
          conflicting: ({ isConflicting }) => isConflicting,
          influence: ({ inclusionProbability }) => (inclusionProbability ?? 1) < 1,
          uncertain: ({ isJudged, pGood }) => isJudged && pGood >= 0.25 && pGood <= 0.75,
        };
        for (const { id, reason } of order(all)) {
          const one = byId.get(id);
          expect(one !== undefined && holds[reason](one), `${id} ${reason}`).toBe(true);
        }
      }),
    );
  });

  test("leaves out what nobody would learn from: known well, undisputed, exported nowhere", () => {
    expect(order(some(50, () => ({})))).toEqual([]);
    expect(order(some(50, () => ({ pGood: 0.5, isJudged: false })))).toEqual([]);
  });

  test("lets the reasons take turns by their shares, so that the first items have some of each", () => {
    const all = [
      ...some(100, () => ({ isBlind: true })),
      ...Array.from({ length: 100 }, (_, at) => candidate(200 + at, { isHeld: true })),
      ...Array.from({ length: 100 }, (_, at) => candidate(400 + at, { isConflicting: true })),
      ...Array.from({ length: 100 }, (_, at) => candidate(600 + at, { inclusionProbability: 0.1 })),
      ...Array.from({ length: 100 }, (_, at) => candidate(800 + at, { pGood: 0.4 })),
    ];
    const picks = order(all, 100);
    const count = (reason: ReviewReason, of = picks) => of.filter((pick) => pick.reason === reason).length;
    expect(REVIEW_REASONS.map((reason) => count(reason))).toEqual([10, 25, 30, 15, 20]);
    expect(REVIEW_REASONS.map((reason) => count(reason, picks.slice(0, 10)) > 0)).toEqual([
      true,
      true,
      true,
      true,
      true,
    ]);
  });

  test("fills up with what there is when a reason runs dry", () => {
    const picks = order([...some(40, () => ({ isConflicting: true })), candidate(900, { isHeld: true })], 30);
    expect(picks).toHaveLength(30);
    expect(picks.filter(({ reason }) => reason === "held")).toHaveLength(1);
  });

  test("draws the audit before anything else, so that it holds disputed and quiet ones alike", () => {
    const all = some(200, (at) => ({ isBlind: true, isConflicting: at % 2 === 0 }));
    const audit = order(all, 400).filter(({ reason }) => reason === "audit");
    const disputed = audit.filter(({ id }) => all.find((one) => one.id === id)?.isConflicting === true);
    expect(audit).toHaveLength(40);
    expect(disputed.length).toBeGreaterThan(10);
    expect(disputed.length).toBeLessThan(30);
  });

  test("draws the audit otherwise by another seed", () => {
    const all = some(200, () => ({ isBlind: true }));
    expect(order(all, 100, "other").map(({ id }) => id)).not.toEqual(order(all, 100).map(({ id }) => id));
  });

  test("has tasks take turns within a reason, whatever their size", () => {
    const all = some(60, (at) => ({ isConflicting: true, task: at < 55 ? "large" : "small" }));
    const tasks = order(all, 10).map(({ task }) => task);
    expect(tasks.filter((task) => task === "small")).toHaveLength(5);
  });

  test("has the least likely good of a held batch first, and the most even of the disputed", () => {
    const held = some(9, (at) => ({ isHeld: true, pGood: 0.9 - at / 20 }));
    expect(order(held).map(({ pGood }) => pGood)).toEqual(held.map(({ pGood }) => pGood).toSorted((a, b) => a - b));
    const disputed = some(9, (at) => ({ isConflicting: true, pGood: (at + 1) / 10 }));
    expect(order(disputed)[0]?.pGood).toBe(0.5);
  });

  test("takes for influence what stands for most, at like doubt", () => {
    const all = some(9, (at) => ({ inclusionProbability: (at + 1) / 10 }));
    expect(order(all)[0]?.id).toBe(all[0]?.id);
    expect(order([candidate(1, { inclusionProbability: 1 })])).toEqual([]);
  });
});
