/** Every row of the table decides for some task, and not without each of the conditions that it names. */
import { describe, expect, test } from "vitest";
import { assessReadiness } from "../../shared/readiness/assess.ts";
import type { Assumptions } from "../../shared/readiness/assumptions.ts";
import type { Readiness } from "../../shared/readiness/readiness.ts";
import { type Answer, type ConditionName, EVIDENCE, RULES } from "../../shared/readiness/rules.ts";
import type { TaskFacts } from "../../shared/readiness/task-facts.ts";
import { DAY_MS, DEFAULTS, quiet, SCENARIOS, said, TO_MS } from "./scenarios.ts";

const HALF = said({ good: 200, bad: 200 });
const GOOD = said({ good: 990, bad: 10 });
const EXPENSIVE = { ...quiet().cost, prices: { input: 2.5, cachedInput: 1.25, output: 10 } };
const NEW = { template: "a", firstSeenMs: TO_MS - 2 * DAY_MS, lastSeenMs: TO_MS, calls: 3_000, recentCalls: 700 };
/** Failures with one word in common, in two versions of the prompt. */
const REFUNDS = { read: 150, clusters: [{ key: "refund", failures: 90, goodRate: 0.1, templates: 2, days: 20 }] };
const DISAGREEING = said({ good: 60, conflicting: 40, severalVoices: 60, disagreeing: 40 });
const GROWING = quiet().byDay.map((day, at) => ({ ...day, inputTokens: 1_000 * 1.03 ** at }));

/** In the order of the table. */
const TASKS: [because: string, answer: Answer, facts: TaskFacts][] = [
  ["a version of the prompt that is in use is worse", "fix_prompt", SCENARIOS.fix_prompt],
  ["answers run into the limit", "fix_prompt", quiet({ cutAnswers: 300, labels: GOOD })],
  ["people do not agree", "fix_prompt", quiet({ labels: DISAGREEING })],
  ["the system prompt differs from call to call", "fix_prompt", quiet({ templateCount: 2_500, labels: GOOD })],
  [
    "the prompt is still being changed",
    "fix_prompt",
    quiet({
      labels: HALF,
      templates: [{ ...NEW, labels: { good: 200, rows: 400 } }],
      failures: { ...REFUNDS, clusters: REFUNDS.clusters.map((cluster) => ({ ...cluster, failures: 20 })) },
    }),
  ],
  ["many failures have one thing in common", "fix_prompt", quiet({ labels: HALF, failures: REFUNDS })],
  ["corrections bring facts", "add_retrieval", SCENARIOS.add_retrieval],
  ["the context grows", "fix_prompt", quiet({ labels: GOOD, byDay: GROWING })],
  ["a cheaper model", "smaller_model", SCENARIOS.smaller_model],
  ["there are enough corrections", "sft", SCENARIOS.sft],
  ["a tuned model pays for itself", "sft", quiet({ calls: 300_000, labels: GOOD, cost: EXPENSIVE })],
  ["there are enough pairs", "dpo", SCENARIOS.dpo],
  ["too few corrections to train on", "many_shot", SCENARIOS.many_shot],
  ["there are thumbs alone", "kto", SCENARIOS.kto],
];

/** What makes each row decide, in its order; beside days, calls and labels. */
const NEEDS: ConditionName[][] = [
  ["version_worse"],
  ["answers_cut"],
  ["several_voices", "people_disagree"],
  ["prompt_varies"],
  ["below_goal", "prompt_moving", "failures_young"],
  ["below_goal", "failures_concentrated", "failures_young"],
  ["below_goal", "corrections_read", "facts_missing"],
  ["context_grows"],
  ["cheaper_model_tried", "cheaper_model_not_worse"],
  ["below_goal", "prompt_settled", "coverage", "corrections"],
  ["pays_back", "prompt_settled", "coverage", "approved"],
  ["below_goal", "prompt_settled", "coverage", "pairs"],
  ["below_goal", "prompt_settled", "template_common", "shots", "cache_warm", "prefix_cacheable", "prefix_fits"],
  ["below_goal", "prompt_settled", "coverage", "thumbs", "thumbs_both_ways"],
];

/** With these assumptions the condition is out of reach. */
const OUT_OF_REACH: Record<ConditionName, Partial<Assumptions>> = {
  days: { daysMin: 90 },
  calls: { callsMin: 1e7 },
  labels: { labelsMin: 1e7 },
  below_goal: { goodRateGoal: 0 },
  answers_cut: { cutShareMin: 1 },
  several_voices: { severalVoicesMin: 1e7 },
  people_disagree: { disagreementMin: 1 },
  context_grows: { contextGrowthMin: 100 },
  version_worse: { versionGapMin: 1 },
  prompt_varies: { variedShareMin: 1 },
  prompt_moving: { settledDays: 1 },
  prompt_settled: { settledDays: 90 },
  template_common: { templateCommonMin: 1 },
  failures_young: { outlivedVersions: 2, outlivedShareMax: 0 },
  failures_concentrated: { concentratedShareMin: 1 },
  corrections_read: { correctionsReadMin: 1e7 },
  facts_missing: { addedFactsShareMin: 1 },
  cheaper_model_tried: { cheaperByMin: 1 },
  cheaper_model_not_worse: { worseByMax: 0 },
  coverage: { labelsPerTemplateMin: 1e7 },
  corrections: { sftCorrectionsMin: 1e7 },
  approved: { sftApprovedMin: 1e7 },
  pays_back: { paysBackMonthsMax: 0.1 },
  pairs: { dpoPairsMin: 1e7 },
  thumbs: { ktoThumbsMin: 1e7 },
  thumbs_both_ways: { ktoSideMin: 1e7 },
  shots: { manyShotExamples: 2_000, manyShotTokensMax: 1e7 },
  cache_warm: { cacheCallsPerDayMin: 1e7 },
  prefix_cacheable: { cachePrefixTokensMin: 1e7 },
  prefix_fits: { manyShotTokensMax: 1 },
};

function assess(facts: TaskFacts, assumptions: Partial<Assumptions> = {}): Readiness {
  return assessReadiness(facts, { ...DEFAULTS, ...assumptions });
}

describe("each row of the table", () => {
  test.each(TASKS)("decides for a task: %s: %s", (because, answer, facts) => {
    const { recommendation } = assess(facts);
    expect(recommendation.answer).toBe(answer);
    expect(recommendation.because).toContain(because);
  });

  test("is tried by one of these tasks, in the order of the table", () => {
    expect(TASKS.map(([, , facts]) => assess(facts).recommendation.because)).toEqual(
      RULES.map(({ because }) => because),
    );
  });

  const needed = TASKS.flatMap(([because, , facts], at) =>
    [...EVIDENCE, ...(NEEDS[at] ?? [])].map((name) => [because, name, facts] as const),
  );

  test.each(needed)("does not decide without what it needs: %s, without %s", (because, name, facts) => {
    const { recommendation, conditions } = assess(facts, OUT_OF_REACH[name]);
    expect(conditions.find((condition) => condition.name === name)?.met).toBe(false);
    expect(recommendation.because).not.toContain(because);
  });

  test("says what it needs, and is met by its task in all of it", () => {
    expect(RULES.map(({ needs }) => needs)).toEqual(NEEDS);
    for (const [at, [, , facts]] of TASKS.entries()) {
      const names = new Set<string>([...EVIDENCE, ...(NEEDS[at] ?? [])]);
      const unmet = assess(facts).conditions.filter(({ name, met }) => names.has(name) && !met);
      expect(unmet).toEqual([]);
    }
  });
});
