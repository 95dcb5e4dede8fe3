/** What each condition measures, where the facts leave room for a mistake. */
import { expect, test } from "vitest";
import { assessReadiness } from "../../shared/readiness/assess.ts";
import type { TaskFacts } from "../../shared/readiness/task-facts.ts";
import { DAY_MS, DEFAULTS, quiet, SCENARIOS, said, share, TO_MS } from "./scenarios.ts";

function conditionOf(facts: TaskFacts, name: string) {
  const found = assessReadiness(facts, DEFAULTS).conditions.find((condition) => condition.name === name);
  if (found === undefined) throw new Error(`no condition ${name}`);
  return found;
}

const version = (template: string, calls: number, labels: { good: number; rows: number }) => ({
  ...{ template, firstSeenMs: TO_MS - 20 * DAY_MS, lastSeenMs: TO_MS },
  ...{ calls, recentCalls: calls / 10, labels },
});

test("coverage is the share of calls whose template has labels enough", () => {
  const templates = [
    version("a", 1_500, { good: 5, rows: 5 }),
    version("b", 1_000, { good: 4, rows: 4 }),
    version("c", 500, { good: 0, rows: 90 }),
  ];
  expect(conditionOf(quiet({ templates }), "coverage").value).toBeCloseTo(2_000 / 3_000, 6);
  expect(conditionOf(quiet({ templates, templatedCalls: 0 }), "coverage").value).toBeNull();
});

test("the version that is surely worse than the others is named, of all that are in use", () => {
  const templates = [
    version("fine", 1_500, { good: 180, rows: 200 }),
    version("bad", 1_000, { good: 60, rows: 200 }),
    version("few", 500, { good: 0, rows: 2 }),
    { ...version("gone", 400, { good: 0, rows: 300 }), recentCalls: 0 },
  ];
  const { about, met } = conditionOf(quiet({ templates: templates.slice(0, 3) }), "version_worse");
  expect([about.includes(", bad,"), met]).toEqual([true, true]);
  const old = [version("fine", 1_500, { good: 180, rows: 200 }), ...templates.slice(3)];
  expect(conditionOf(quiet({ templates: old }), "version_worse").met).toBe(false);
});

test("a cache is kept warm by the calls of one version alone", () => {
  const templates = [version("a", 1_600, { good: 0, rows: 0 }), version("b", 1_400, { good: 0, rows: 0 })];
  const perDay = (3_000 / 30) * (1_600 / 3_000);
  expect(conditionOf(quiet({ templates }), "cache_warm").value).toBeCloseTo(perDay, 6);
  expect(conditionOf(quiet({ templates }), "template_common").value).toBeCloseTo(1_600 / 3_000, 6);
});

test("thumbs are counted by the rarer kind, at that kind's rate", () => {
  const labels = said({ good: 300, bad: 30 });
  const facts = quiet({ labels, recent: { days: 7, calls: 700, labels: share(labels, 0.1) } });
  const { value, missing, daysAtTodaysRate } = conditionOf(facts, "thumbs_both_ways");
  expect([value, missing, daysAtTodaysRate]).toEqual([30, 20, Math.ceil(20 / (3 / 7))]);
});

test("what people mended is a good answer to copy as well", () => {
  expect(conditionOf(quiet({ labels: said({ good: 300, corrected: 200 }) }), "approved")).toMatchObject({
    value: 500,
    met: true,
  });
});

test("a model that is hardly cheaper is no cheaper model", () => {
  const [dear, cheap] = SCENARIOS.smaller_model.models;
  if (dear === undefined || cheap === undefined) throw new Error("the scenario has two models");
  const costing = (part: number) => ({
    ...SCENARIOS.smaller_model,
    models: [dear, { ...cheap, costUsdMicrosPerCall: 4_500 * part }],
  });
  expect(conditionOf(costing(0.79), "cheaper_model_tried")).toMatchObject({ value: 0.21, met: true });
  expect(conditionOf(costing(0.81), "cheaper_model_tried")).toMatchObject({ value: null, met: false });
});

test("where a part of the calls was read, an interval is as wide as that part allows", () => {
  const cut = (readShare: number) => conditionOf(quiet({ readShare, cutAnswers: 200 }), "answers_cut").interval;
  expect(cut(0.1)).toMatchObject({ rows: 300, share: 0.066667 });
  expect(cut(1)).toMatchObject({ rows: 3_000, share: 0.066667 });
  expect(conditionOf(quiet({ readShare: 0.1, templateCount: 60 }), "prompt_varies").value).toBeCloseTo(60 / 300, 6);
});

test("what was not read is said", () => {
  const cautions = (changes: Partial<TaskFacts>) => assessReadiness(quiet(changes), DEFAULTS).cautions.join("\n");
  expect(cautions({ readShare: 0.25 })).toContain("25% were read");
  expect(cautions({ labelsCut: true })).toContain("the newest was counted");
  expect(cautions({})).not.toMatch(/were read|was counted/);
  expect(cautions({ labels: said({ good: 9, bad: 300 }) })).toContain("of 300 failures the words of the newest 150");
});
