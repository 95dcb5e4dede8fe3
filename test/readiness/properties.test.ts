/** What holds for any task. */
import { expect, test } from "vitest";
import { assessReadiness } from "../../shared/readiness/assess.ts";
import type { Answer } from "../../shared/readiness/rules.ts";
import type { GoodCount, TaskFacts } from "../../shared/readiness/task-facts.ts";
import fc from "../unit/property.ts";
import { arbitraryFacts } from "./arbitrary-facts.ts";
import { DEFAULTS, share } from "./scenarios.ts";

const TRAINING: Answer[] = ["sft", "dpo", "kto"];

/** As many times the labels, of the same kinds: all that was counted of what people said. */
function moreLabels(facts: TaskFacts, times: number): TaskFacts {
  const scaled = ({ good, rows }: GoodCount) => ({ good: good * times, rows: rows * times });
  const { failures, corrections } = facts;
  return {
    ...facts,
    labels: share(facts.labels, times),
    recent: { ...facts.recent, labels: share(facts.recent.labels, times) },
    templates: facts.templates.map((template) => ({ ...template, labels: scaled(template.labels) })),
    models: facts.models.map((model) => ({ ...model, labels: scaled(model.labels) })),
    failures: {
      read: failures.read * times,
      clusters: failures.clusters.map((cluster) => ({ ...cluster, failures: cluster.failures * times })),
    },
    corrections: { read: corrections.read * times, addingFacts: corrections.addingFacts * times },
  };
}

function trains(facts: TaskFacts): boolean {
  return TRAINING.includes(assessReadiness(facts, DEFAULTS).recommendation.answer);
}

test("more labels of the same kinds never turn a method of training into not yet", () => {
  let trained = 0;
  fc.assert(
    fc.property(arbitraryFacts, fc.integer({ min: 2, max: 20 }), (facts, times) => {
      if (!trains(facts)) return;
      trained++;
      expect(assessReadiness(moreLabels(facts, times), DEFAULTS).recommendation.answer).not.toBe("not_yet");
    }),
    { numRuns: 1_000 },
  );
  expect(trained).toBeGreaterThan(100);
});

test("more corrections, thumbs down or contradictions never turn a method of training into not yet", () => {
  let trained = 0;
  const kind = fc.constantFrom("corrected", "bad", "conflicting");
  fc.assert(
    fc.property(arbitraryFacts, kind, fc.integer({ min: 1, max: 2_000 }), (facts, added, more) => {
      if (!trains(facts)) return;
      trained++;
      const { labels, templates } = facts;
      const counts = { ...labels, [added]: labels[added] + more, labelled: labels.labelled + more };
      if (added === "corrected") counts.pairs += more;
      else if (added === "bad") counts.thumbsDown += more;
      else {
        counts.severalVoices += more;
        counts.disagreeing += more;
      }
      const spoken = templates.map((one) => ({
        ...one,
        labels: { good: one.labels.good, rows: one.labels.rows + more },
      }));
      const after = assessReadiness({ ...facts, labels: counts, templates: spoken }, DEFAULTS);
      expect(after.recommendation.answer).not.toBe("not_yet");
    }),
    { numRuns: 1_000 },
  );
  expect(trained).toBeGreaterThan(100);
});

test("more thumbs up turn a method of training into not yet only when answers are no longer surely below the goal", () => {
  const seen = { kept: 0, left: 0 };
  fc.assert(
    fc.property(arbitraryFacts, fc.integer({ min: 1, max: 5_000 }), (facts, more) => {
      if (!trains(facts)) return;
      const { labels, templates } = facts;
      const counts = {
        ...labels,
        labelled: labels.labelled + more,
        good: labels.good + more,
        thumbsUp: labels.thumbsUp + more,
      };
      const spoken = templates.map((one) => ({
        ...one,
        labels: { good: one.labels.good + more, rows: one.labels.rows + more },
      }));
      const { recommendation, conditions } = assessReadiness({ ...facts, labels: counts, templates: spoken }, DEFAULTS);
      const below = conditions.find(({ name }) => name === "below_goal")?.met;
      seen[recommendation.answer === "not_yet" ? "left" : "kept"]++;
      if (recommendation.answer === "not_yet") expect(below).toBe(false);
    }),
    { numRuns: 1_000 },
  );
  expect(Math.min(seen.kept, seen.left)).toBeGreaterThan(20);
});

test("what was met by labels stays met with more of the same kinds", () => {
  fc.assert(
    fc.property(arbitraryFacts, fc.integer({ min: 2, max: 20 }), (facts, times) => {
      const before = assessReadiness(facts, DEFAULTS).conditions.filter(({ met }) => met);
      const after = new Map(
        assessReadiness(moreLabels(facts, times), DEFAULTS).conditions.map((one) => [one.name, one]),
      );
      for (const { name } of before) expect([name, after.get(name)?.met]).toEqual([name, true]);
    }),
  );
});

test("the recommendation has all it needs, or there is none that has", () => {
  fc.assert(
    fc.property(arbitraryFacts, (facts) => {
      const { recommendation, ranking } = assessReadiness(facts, DEFAULTS);
      const able = ranking.filter(({ answer, met }) => met && answer !== "not_yet");
      expect(able.length === 0).toBe(recommendation.answer === "not_yet");
      if (able.length > 0) expect(able[0]?.answer).toBe(recommendation.answer);
      expect(recommendation.answer).toBe(ranking[0]?.answer);
    }),
  );
});

test("a condition misses nothing exactly when it is met, and takes no days exactly then", () => {
  fc.assert(
    fc.property(arbitraryFacts, (facts) => {
      for (const { name, met, missing, daysAtTodaysRate } of assessReadiness(facts, DEFAULTS).conditions) {
        if (met) expect([name, missing, daysAtTodaysRate]).toEqual([name, 0, 0]);
        else expect(missing === 0 ? "nothing is missing" : daysAtTodaysRate).not.toBe(0);
      }
    }),
  );
});

test("equal facts give equal bytes", () => {
  fc.assert(
    fc.property(arbitraryFacts, (facts) => {
      const again = structuredClone(facts);
      expect(JSON.stringify(assessReadiness(again, { ...DEFAULTS }))).toBe(
        JSON.stringify(assessReadiness(facts, DEFAULTS)),
      );
      expect(again).toEqual(facts);
    }),
  );
});
