/** What an imported line says of who wrote its answer, and what the night makes of it. */
import { describe, expect, test } from "vitest";
import { metaOf, readImportLine } from "../../shared/import/import-line.ts";
import { lineageOf, type Origin } from "../../shared/lineage/lineage-of.ts";

const ORIGIN: Origin = { because: "thumb", model: "m", generation: 0, meta: null, promptIsAnswer: false };

/** Through the line's own check, as it is kept with the exchange. */
function tracedFrom(lineage: unknown, more: Partial<Origin> = {}) {
  const read = readImportLine({ provider: "openai", request: {}, response: {}, lineage } as never);
  if (!read.ok) return read.reason;
  return lineageOf({ ...ORIGIN, meta: metaOf(read.value) ?? null, ...more });
}

describe("an imported answer", () => {
  test("is a person's where the line says so, and a correction of it is edited", () => {
    expect(tracedFrom({ origin: "human" })).toEqual({ origin: "human" });
    expect(tracedFrom({ origin: "human-edited", promptOrigin: "model" })).toEqual({
      origin: "human-edited",
      promptOrigin: "model",
    });
    expect(tracedFrom({ origin: "human" }, { because: "correction" })).toEqual({ origin: "human-edited" });
  });

  test("of a fine-tune is at least of the generation that is known of its model", () => {
    const said = { origin: "model", model: "ours-3", generation: 2 };
    expect(tracedFrom(said)).toEqual(said);
    expect(tracedFrom(said, { generation: 4 })).toEqual({ ...said, generation: 4 });
  });

  test("of which nothing is said is the answering model's", () => {
    expect(tracedFrom(undefined)).toEqual({ origin: "model", model: "m" });
  });

  test("is refused where its lineage is none", () => {
    expect(tracedFrom({ origin: "robot" })).toBe("lineage.origin is human, human-edited or model");
    expect(tracedFrom({ origin: "model", generation: 1_001 })).toMatch(/^lineage\.generation /);
  });
});

test.each([[-1], [0.5], [1e9], ["2"]])("a call's own meta that gives generation %j is not believed", (generation) => {
  const meta = { lineage: { origin: "model", generation } };
  expect(lineageOf({ ...ORIGIN, meta })).toEqual({ origin: "model", model: "m" });
});
