/** Whatever fails: every call of which a client saw the answer is stored once, or is counted. `node test/faults/faults.ts` runs more. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { FaultHarness } from "./run-seeds.ts";

let harness: FaultHarness;

beforeAll(async () => {
  harness = await FaultHarness.start();
});
afterAll(() => harness?.stop());

const SEEDS = [1, 2, 3, 4, 5, 6];

test.each(SEEDS)("seed %i leaves nothing unaccounted for", async (seed) => {
  const outcome = await harness.run(seed, 60);
  expect(outcome.answered).toBeGreaterThan(30);
  expect(outcome).toMatchObject({ unaccounted: [], wrong: [] });
  expect(outcome.stored + outcome.lost + outcome.buried).toBeGreaterThanOrEqual(outcome.answered);
});
