/** Any task's facts, as far as they can be true together. */
import type { TaskFacts } from "../../shared/readiness/task-facts.ts";
import fc from "../unit/property.ts";
import { DAY_MS, quiet, said, TO_MS } from "./scenarios.ts";

const some = (max: number) => fc.integer({ min: 0, max });
const price = fc.double({ min: 0, max: 20, noNaN: true });

const labels = fc
  .record({ good: some(800), bad: some(600), corrected: some(300), conflicting: some(60), siblings: some(700) })
  .chain((counts) =>
    some(counts.conflicting).map((disagreeing) =>
      said({ ...counts, pairs: counts.corrected + counts.siblings, severalVoices: counts.conflicting, disagreeing }),
    ),
  );

const cluster = fc.record({
  key: fc.constantFrom("refund", "invoice", "größe"),
  failures: some(50),
  goodRate: fc.double({ min: 0, max: 1, noNaN: true }),
  templates: some(5),
  days: some(30),
});

export const arbitraryFacts: fc.Arbitrary<TaskFacts> = fc
  .record({
    labels,
    calls: fc.integer({ min: 2_000, max: 1_000_000 }),
    age: fc.integer({ min: 1, max: 30 }),
    cutShare: fc.double({ min: 0, max: 0.1, noNaN: true }),
    cluster,
    addingShare: fc.double({ min: 0, max: 1, noNaN: true }),
    tokens: fc.option(fc.record({ input: some(8_000), cachedInput: some(8_000), output: some(2_000) })),
    prices: fc.option(fc.record({ input: price, cachedInput: price, output: price })),
  })
  .map(({ labels, calls, age, cutShare, cluster, addingShare, tokens, prices }) => {
    const plain = quiet({ labels, calls, tokens });
    const read = plain.corrections.read;
    const failures = {
      read: plain.failures.read,
      clusters: [{ ...cluster, failures: Math.min(cluster.failures, plain.failures.read) }],
    };
    return {
      ...plain,
      failures,
      cutAnswers: Math.floor(calls * cutShare),
      corrections: { read, addingFacts: Math.floor(read * addingShare) },
      templates: plain.templates.map((template) => ({ ...template, firstSeenMs: TO_MS - age * DAY_MS })),
      cost: { usdMicrosPerCall: null, pricedCalls: 0, prices },
    };
  });
