/** Whatever fails: every call of which a client saw the answer is stored once, or is counted. `node test/faults/faults.ts` runs more. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { NO_FAULTS } from "./faulty.ts";
import { FaultHarness } from "./run-seeds.ts";

let harness: FaultHarness;

beforeAll(async () => {
  harness = await FaultHarness.start();
});
afterAll(() => harness?.stop());

/** Plans with refusals alone, with stalls, and with an outage. */
const SEEDS = [2, 5, 7];

test.each(SEEDS)("seed %i leaves nothing unaccounted for", async (seed) => {
  const outcome = await harness.run(seed, { exchanges: 60 });
  expect(outcome.answered).toBeGreaterThan(30);
  expect(outcome).toMatchObject({ unaccounted: [], wrong: [] });
});

test("a message that is dropped without a word is missed, whatever else was lost and counted", async () => {
  const plan = { ...NO_FAULTS, refused: 0.5, dropped: 0.2 };
  const { unaccounted, wrong } = await harness.run(8, { exchanges: 60, plan, quietMs: 5_000 });
  expect(unaccounted.length).toBeGreaterThan(0);
  expect(wrong).toEqual([]);
});
