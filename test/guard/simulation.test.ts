/** The guard against what it is for: `measure-guard.ts` prints the same over more seeds, sizes and temperatures. */
import { describe, expect, test } from "vitest";
import { corpora } from "./corpus.ts";
import { turn } from "./flywheel.ts";
import { honestNights } from "./honest-nights.ts";

const CORPORA = corpora();
const NAMES = Object.keys(CORPORA) as (keyof typeof CORPORA)[];
const SEEDS = [1]; // CI has minutes
const LOW = { temperature: 0.7, topK: 10 };

describe.each(NAMES)("a flywheel on %s", (name) => {
  const flywheel = { corpus: CORPORA[name], rows: 120, generations: 10, sampling: LOW, registered: false, feeds: true };

  test.each(SEEDS)(
    "that eats its own answers is held by the third generation, by its texts alone (seed %i)",
    async (seed) => {
      const results = await turn({ ...flywheel, seed });
      const first = results.findIndex(({ held }) => held);
      expect(first).toBeGreaterThanOrEqual(1);
      expect(first).toBeLessThanOrEqual(3);
      expect(results.slice(3).every(({ held }) => held)).toBe(true);
    },
  );

  test("is not held in ten generations where nothing is fed back", async () => {
    const results = await turn({ ...flywheel, seed: 3, feeds: false });
    expect(results.filter(({ held }) => held)).toEqual([]);
  });
});

describe("a flywheel whose fine-tunes are registered", () => {
  test("is held by its lineage in the second generation, however well its answers read", async () => {
    const kind = { temperature: 1, topK: 1_000 };
    const registered = {
      corpus: CORPORA.invented,
      seed: 4,
      rows: 60,
      generations: 3,
      sampling: kind,
      registered: true,
    };
    const results = await turn({ ...registered, feeds: true });
    const measures = results.map(({ reasons }) => reasons.map(({ measure }) => measure));
    expect(measures[1]).not.toContain("deepSelfWrittenShare");
    expect(measures[2]).toContain("deepSelfWrittenShare");
    expect(results[1]?.advice).toMatchObject({ selfWrittenRows: 60, missingRows: 60 });
  });
});

describe("fifty honest nights", () => {
  test.each(NAMES.flatMap((name) => SEEDS.map((seed) => [name, seed] as const)))(
    "of %s, of other sizes, topics and lengths each, give one false hold at most (seed %i)",
    async (name, seed) => {
      const corpus = CORPORA[name];
      const rowsMax = Math.min(2_000, Math.floor(corpus.length * 0.8));
      const results = await honestNights({ corpus, seed, nights: 50, rowsMax });
      const held = results.filter((result) => result.held).flatMap(({ reasons }) => reasons.map(({ text }) => text));
      expect(held.length, held.join("; ")).toBeLessThanOrEqual(1);
      expect(results.slice(4).every(({ compared }) => compared.some(({ measure }) => measure === "distinct2"))).toBe(
        true,
      );
    },
  );
});
