import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lineageOf, type Origin } from "../../shared/lineage/lineage-of.ts";
import { type BatchMakers, generationOf, looksTuned, type RegistryEntry } from "../../shared/lineage/registry.ts";

const BATCHES: Record<string, BatchMakers> = {
  b0: { generation: 0, models: ["base"] },
  b1: { generation: 1, models: ["tuned-1", "base"] },
  late: { generation: 0, models: ["tuned-2"] },
  circle: { generation: 1, models: ["weekly"] },
};
const lookup = (batch: string) => BATCHES[batch] ?? null;
const REGISTRY: RegistryEntry[] = [
  { model: "tuned-1", batches: ["b0"] },
  { model: "tuned-2", batches: ["b0", "b1"] },
  { model: "tuned-3", batches: ["late"] },
  { model: "weekly", batches: ["b0", "circle"] },
  { model: "lost", batches: ["b0", "nowhere"] },
  { model: "told", batches: [], generation: 4 },
];
const generation = (model: string | null) => generationOf(model, REGISTRY, lookup);

describe("a model's generation", () => {
  test("is 0 for what nobody registered, and for no model at all", () => {
    expect(generation("base")).toEqual({ generation: 0, doubts: [] });
    expect(generation(null)).toEqual({ generation: 0, doubts: [] });
  });

  test("is one more than the greatest of what its batches are made of", () => {
    expect(generation("tuned-1").generation).toBe(1);
    expect(generation("tuned-2").generation).toBe(2);
  });

  test("counts a maker that was registered after its batch was made", () => {
    expect(generation("tuned-3")).toEqual({ generation: 3, doubts: [] });
  });

  test("is told with a doubt where a name is trained on its own answers", () => {
    const doubts = [{ reason: "model_in_own_batches", model: "weekly", batch: "circle" }];
    expect(generation("weekly")).toEqual({ generation: 2, doubts });
  });

  test("is told with a doubt where a batch is missing", () => {
    expect(generation("lost")).toEqual({
      generation: 1,
      doubts: [{ reason: "batch_missing", model: "lost", batch: "nowhere" }],
    });
  });

  test("is what the app says where that is more", () => {
    expect(generation("told").generation).toBe(4);
  });

  test("tells of unregistered names that look tuned", () => {
    const model = "ft:gpt-4o-mini:acme::abc";
    expect(generation(model)).toEqual({ generation: 0, doubts: [{ reason: "looks_tuned", model }] });
    expect(["gpt-4o", "accounts/fireworks/models/llama", "gemini-2.5-pro"].filter(looksTuned)).toEqual([]);
    expect(["accounts/acme/models/mine", "projects/1/locations/eu/endpoints/2"].filter(looksTuned)).toHaveLength(2);
  });

  test("ends the walk of a chain that is longer than any real one", () => {
    const registry = Array.from({ length: 300 }, (_, at) => ({ model: `m${at}`, batches: [`c${at + 1}`] }));
    const chain = (batch: string) => ({ generation: 0, models: [`m${batch.slice(1)}`] });
    const found = generationOf("m0", registry, chain);
    expect(found.doubts.map(({ reason }) => reason)).toEqual(["too_deep"]);
    expect(found.generation).toBeGreaterThan(90);
  });

  test("is found in any registry, however its models and batches are tied, in whatever order they stand", () => {
    const name = fc.constantFrom("a", "b", "c", "d");
    const entries = fc.array(fc.record({ model: name, batches: fc.array(name, { maxLength: 3 }) }), { maxLength: 6 });
    const makers = fc.dictionary(name, fc.record({ generation: fc.nat(3), models: fc.array(name, { maxLength: 3 }) }));
    fc.assert(
      fc.property(entries, makers, (registry, batches) => {
        const known = new Map(Object.entries(batches));
        const one = generationOf("a", registry, (batch) => known.get(batch) ?? null);
        const other = generationOf("a", [...registry].reverse(), (batch) => known.get(batch) ?? null);
        expect(other).toEqual(one);
        expect(one.generation > 0).toBe(registry.some(({ model }) => model === "a"));
      }),
    );
  });
});

describe("a row's lineage", () => {
  const model: Origin = { because: "verdict", model: "m", generation: 0, meta: null, promptIsAnswer: false };

  test("has the bytes it always had for a base model with a person's prompt", () => {
    expect(JSON.stringify(lineageOf(model))).toBe('{"origin":"model","model":"m"}');
  });

  test("names the generation of one's own fine-tune", () => {
    expect(lineageOf({ ...model, generation: 2 })).toEqual({ origin: "model", model: "m", generation: 2 });
  });

  test("is human-edited for a correction, and human where there was nothing to mend", () => {
    expect(lineageOf({ ...model, because: "correction" })).toEqual({ origin: "human-edited" });
    expect(lineageOf({ ...model, because: "correction", withoutAnswer: true })).toEqual({ origin: "human" });
  });

  test("marks a prompt that the app, or an earlier answer, shows to be a model's", () => {
    expect(lineageOf({ ...model, meta: { promptOrigin: "model" } }).promptOrigin).toBe("model");
    expect(lineageOf({ ...model, promptIsAnswer: true }).promptOrigin).toBe("model");
    expect(lineageOf({ ...model, meta: { promptOrigin: "human" } })).not.toHaveProperty("promptOrigin");
  });
});
