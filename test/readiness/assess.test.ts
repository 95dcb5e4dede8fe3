/** Which answer a task gets, and what is said with it. */
import { describe, expect, test } from "vitest";
import { assessReadiness } from "../../shared/readiness/assess.ts";
import type { Readiness } from "../../shared/readiness/readiness.ts";
import { ANSWERS } from "../../shared/readiness/rules.ts";
import { DEFAULTS, quiet, SCENARIOS, said } from "./scenarios.ts";

function assess(facts: Parameters<typeof quiet>[0], assumptions: Partial<typeof DEFAULTS> = {}): Readiness {
  return assessReadiness(quiet(facts), { ...DEFAULTS, ...assumptions });
}

function conditionOf(readiness: Readiness, name: string) {
  const found = readiness.conditions.find((condition) => condition.name === name);
  if (found === undefined) throw new Error(`no condition ${name}`);
  return found;
}

describe("each answer has a task that gets it", () => {
  test.each(Object.entries(SCENARIOS))("%s", (answer, facts) => {
    const readiness = assessReadiness(facts, DEFAULTS);
    expect(readiness.recommendation.answer).toBe(answer);
    expect(readiness.recommendation.reasons.length).toBeGreaterThan(0);
  });

  test("and every answer is ranked once, the recommended one first, each with its why", () => {
    for (const facts of Object.values(SCENARIOS)) {
      const { ranking, recommendation } = assessReadiness(facts, DEFAULTS);
      expect(ranking.map(({ answer }) => answer).toSorted()).toEqual([...ANSWERS].toSorted());
      expect(ranking.map(({ rank }) => rank)).toEqual(ANSWERS.map((_, at) => at + 1));
      expect(ranking[0]?.answer).toBe(recommendation.answer);
      for (const { why, met, unmet } of ranking) {
        expect(why.length).toBeGreaterThan(0);
        expect(unmet.length === 0).toBe(met);
      }
    }
  });
});

describe("failures that outlived versions of the prompt", () => {
  const versions = (count: number) => ({
    failures: { read: 150, clusters: [{ key: "refund", failures: 90, goodRate: 0.1, templates: count, days: 20 }] },
  });

  test("are not the prompt's any more: training comes instead", () => {
    const { labels } = SCENARIOS.sft;
    expect(assess({ labels, ...versions(2) }).recommendation.answer).toBe("fix_prompt");
    expect(assess({ labels, ...versions(3) }).recommendation.answer).toBe("sft");
  });
});

describe("not yet", () => {
  test("says what is missing and how long it takes at today's rate", () => {
    const readiness = assess({ labels: said({ good: 10, bad: 5 }) });
    expect(readiness.recommendation.because).toBe("too little is known of this task yet");
    const labels = conditionOf(readiness, "labels");
    expect(labels).toMatchObject({ value: 15, needed: 30, met: false, missing: 15, daysAtTodaysRate: 30 }); // 15 in 30 days
    expect(readiness.recommendation.reasons.join()).toContain("30 days at today's rate");
  });

  test("counts the days to the first answer that will have what it needs", () => {
    const readiness = assess({ labels: said({ good: 120, bad: 80, corrected: 50 }) });
    const waits = readiness.ranking.flatMap(({ answer, daysAtTodaysRate }) =>
      answer === "not_yet" || daysAtTodaysRate === null ? [] : [daysAtTodaysRate],
    );
    expect(readiness.recommendation.answer).toBe("not_yet");
    expect(readiness.recommendation.daysAtTodaysRate).toBe(Math.min(...waits));
    expect(conditionOf(readiness, "corrections").daysAtTodaysRate).toBe(30); // 50 came in 30 days
    expect(readiness.recommendation.reasons.join()).toContain("nearest is sft, 30 days at today's rate");
  });

  test("tells of every way to an answer why it is closed", () => {
    const fix = assess({})
      .ranking.find(({ answer }) => answer === "fix_prompt")
      ?.why.join("\n");
    for (const part of ["version in use", "cut off", "contradict", "different system prompts", "growth of the input"]) {
      expect(fix).toContain(part);
    }
  });

  test("has no number of days for what does not grow by itself", () => {
    const readiness = assess({});
    expect(conditionOf(readiness, "labels").daysAtTodaysRate).toBeNull();
    expect(conditionOf(readiness, "cheaper_model_tried")).toMatchObject({
      value: null,
      missing: null,
      daysAtTodaysRate: null,
    });
  });

  test("is the answer where the goal is reached and nothing is saved", () => {
    const { recommendation } = assess({ labels: said({ good: 990, bad: 10 }) });
    expect(recommendation.answer).toBe("not_yet");
    expect(recommendation.because).toContain("surely more than 0.9");
    expect(recommendation.because).toContain("nothing is saved");
  });

  test("leaves open what the interval leaves open", () => {
    const { recommendation, conditions } = assess({ labels: said({ good: 36, bad: 4 }) });
    expect(recommendation.because).toContain("whether answers reach 0.9 is open");
    expect(conditions.find(({ name }) => name === "below_goal")?.certainty).toBe("open");
  });

  test("is what an empty task gets, without a number that is not one", () => {
    const facts = quiet({
      calls: 0,
      byDay: [],
      templates: [],
      templateCount: 0,
      templatedCalls: 0,
      models: [],
      tokens: null,
      recent: { days: 1, calls: 0, labels: said({}) },
      cost: { usdMicrosPerCall: null, pricedCalls: 0, prices: null },
    });
    const readiness = assessReadiness(facts, DEFAULTS);
    expect(readiness.recommendation.answer).toBe("not_yet");
    const numbers = readiness.conditions.flatMap(({ value, missing }) => [value, missing]);
    for (const number of numbers) expect(number === null || Number.isFinite(number)).toBe(true);
  });
});

test("sure words are said of intervals that lie on one side, and of nothing else", () => {
  for (const facts of Object.values(SCENARIOS)) {
    for (const { certainty, interval, needed, comparison } of assessReadiness(facts, DEFAULTS).conditions) {
      if (certainty === null) expect(interval).toBeNull();
      if (interval === null || interval.share === null) continue;
      const above = interval.low >= needed;
      const below = interval.high <= needed;
      const side = comparison === "at_least" ? above : below;
      expect(certainty === "surely").toBe(side);
      if (certainty === "surely_not")
        expect(comparison === "at_least" ? interval.high < needed : interval.low > needed).toBe(true);
    }
  }
});

test("a cheaper model that may be worse is not recommended", () => {
  const [dear, cheap] = SCENARIOS.smaller_model.models;
  if (dear === undefined || cheap === undefined) throw new Error("the scenario has two models");
  const models = [dear, { ...cheap, labels: { good: 35, rows: 40 } }];
  const readiness = assess({ labels: SCENARIOS.smaller_model.labels, models });
  expect(readiness.recommendation.answer).not.toBe("smaller_model");
  expect(conditionOf(readiness, "cheaper_model_not_worse").certainty).toBe("open");
});

test("two people who differ once or twice are an accident", () => {
  const voices = (count: number) => said({ good: 40, conflicting: count, severalVoices: count, disagreeing: count });
  expect(assess({ labels: voices(9) }).recommendation.answer).toBe("not_yet");
  expect(assess({ labels: voices(10) }).recommendation.answer).toBe("fix_prompt");
});

test("an assumption moves the line that it draws", () => {
  const { labels } = SCENARIOS.sft;
  expect(assess({ labels }, { sftCorrectionsMin: 150 }).recommendation.answer).toBe("sft");
  expect(assess({ labels }, { sftCorrectionsMin: 151 }).recommendation.answer).not.toBe("sft");
  expect(assess({ labels }, { goodRateGoal: 0.4 }).recommendation.answer).toBe("not_yet");
});

test("showing corrections is priced at the cached price, for a month of calls", () => {
  const { manyShot } = assess(SCENARIOS.many_shot);
  const usdPerCall = (20 * 1_200 * 0.075) / 1e6;
  expect(manyShot).toMatchObject({ examples: 20, tokens: 24_000 });
  expect(manyShot?.usdPerCall).toBeCloseTo(usdPerCall, 12);
  expect(manyShot?.usdPerMonth).toBeCloseTo(usdPerCall * 30_000, 6);
});
