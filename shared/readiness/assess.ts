/**
 * Should this task be fine-tuned at all? A pure function of what was measured and what the user assumes: no clock, no
 * randomness, no storage. rules.ts is the table that decides.
 */
import { round6 } from "../core/probability.ts";
import type { Assumptions } from "./assumptions.ts";
import { basePricesOf, MONTH_DAYS } from "./break-even.ts";
import { cautionsOf } from "./cautions.ts";
import type { Condition } from "./condition.ts";
import { days, describeCondition, number } from "./describe.ts";
import { type Findings, findingsOf } from "./findings.ts";
import { type RankedAnswer, READINESS_SCHEMA, type Readiness } from "./readiness.ts";
import { ANSWERS, type Answer, type Conditions, conditionsOf, EVIDENCE, RULES, type Rule } from "./rules.ts";
import type { TaskFacts } from "./task-facts.ts";
import { manyShotTokens } from "./training-conditions.ts";

export function assessReadiness(facts: TaskFacts, assumptions: Assumptions): Readiness {
  const findings = findingsOf(facts, assumptions);
  const conditions = conditionsOf(findings);
  const tried = RULES.map((rule, order) => tryRule({ rule, order, conditions }));
  const chosen = tried.find(({ unmet }) => unmet.length === 0) ?? null;
  const ranking = rank({ tried, chosen, findings, conditions });
  return {
    schema: READINESS_SCHEMA,
    app: facts.app,
    task: facts.task,
    recommendation: {
      answer: chosen?.rule.answer ?? "not_yet",
      because: chosen?.rule.because ?? whyNotYet(findings, conditions),
      reasons: ranking[0]?.why ?? [],
      daysAtTodaysRate: chosen === null ? daysToAnything(conditions, ranking) : 0,
    },
    ranking,
    conditions: Object.values(conditions).map(tidy),
    goodRate: findings.goodRate,
    breakEven: findings.breakEven,
    manyShot: manyShotOf(findings),
    cautions: cautionsOf(findings),
    facts,
    assumptions,
  };
}

interface Tried {
  rule: Rule;
  order: number;
  needs: Condition[];
  unmet: Condition[];
  days: number | null;
}

function tryRule({ rule, order, conditions }: { rule: Rule; order: number; conditions: Conditions }): Tried {
  const needs = [...EVIDENCE, ...rule.needs].map((name): Condition => conditions[name]);
  const unmet = needs.filter(({ met }) => !met);
  return { rule, order, needs, unmet, days: longest(unmet) };
}

function longest(unmet: readonly Condition[]): number | null {
  let most = 0;
  for (const { daysAtTodaysRate } of unmet) {
    if (daysAtTodaysRate === null) return null;
    most = Math.max(most, daysAtTodaysRate);
  }
  return most;
}

interface Ranked {
  tried: readonly Tried[];
  chosen: Tried | null;
  findings: Findings;
  conditions: Conditions;
}

function rank({ tried, chosen, findings, conditions }: Ranked): RankedAnswer[] {
  const best = ANSWERS.flatMap(
    (answer) => tried.filter(({ rule }) => rule.answer === answer).toSorted(byNearness)[0] ?? [],
  );
  const others = best
    .filter(({ rule }) => rule.answer !== chosen?.rule.answer)
    .toSorted(byNearness)
    .map((one) => ({ ...rankedOf(one, chosen), ...(one.unmet.length > 0 && { why: whyNot(tried, one.rule.answer) }) }));
  const notYet = ranked(
    "not_yet",
    chosen === null ? whyNotYet(findings, conditions) : `${chosen.rule.answer} has all it needs`,
  );
  if (chosen === null) notYet.why = notYetReasons(conditions, soonest(others) ?? others[0]);
  const inOrder = chosen === null ? [notYet, ...others] : [rankedOf(chosen, chosen), ...others, notYet];
  return inOrder.map((one, at) => ({ ...one, rank: at + 1 }));
}

/** What is met in the order of the rules; then what lacks the least, the soonest first. */
function byNearness(a: Tried, b: Tried): number {
  const soonest = (a.days ?? Number.MAX_SAFE_INTEGER) - (b.days ?? Number.MAX_SAFE_INTEGER);
  return a.unmet.length - b.unmet.length || soonest || a.order - b.order;
}

function rankedOf(one: Tried, chosen: Tried | null): RankedAnswer {
  const { rule, needs, unmet } = one;
  const met = unmet.length === 0;
  const why = (met ? needs : unmet).map(describeCondition);
  if (met && chosen !== null && one !== chosen) why.unshift(`it would do, but ${chosen.rule.answer} comes first`);
  return {
    ...ranked(rule.answer, rule.because),
    ...{ met, why, needs: needs.map(({ name }) => name), unmet: unmet.map(({ name }) => name) },
    daysAtTodaysRate: one.days,
  };
}

function ranked(answer: Answer, because: string): RankedAnswer {
  return { rank: 0, answer, met: true, because, why: [because], needs: [], unmet: [], daysAtTodaysRate: 0 };
}

/** Of all rows that would give this answer. */
function whyNot(tried: readonly Tried[], answer: Answer): string[] {
  const unmet = tried.filter(({ rule }) => rule.answer === answer).flatMap((one) => one.unmet);
  return [...new Set(unmet.map(describeCondition))];
}

/** Until enough is known, where it isn't; else until the first answer has all it needs. */
function daysToAnything(conditions: Conditions, ranking: readonly RankedAnswer[]): number | null {
  const evidence = EVIDENCE.map((name): Condition => conditions[name]).filter(({ met }) => !met);
  return evidence.length > 0 ? longest(evidence) : (soonest(ranking)?.daysAtTodaysRate ?? null);
}

function soonest(ranking: readonly RankedAnswer[]): RankedAnswer | undefined {
  const inTime = ranking.filter(({ answer, daysAtTodaysRate }) => answer !== "not_yet" && daysAtTodaysRate !== null);
  return inTime.toSorted((a, b) => (a.daysAtTodaysRate ?? 0) - (b.daysAtTodaysRate ?? 0))[0];
}

function whyNotYet({ goodRate, assumptions, breakEven }: Findings, conditions: Conditions): string {
  if (EVIDENCE.some((name) => !conditions[name].met)) return "too little is known of this task yet";
  const goal = number(assumptions.goodRateGoal);
  const range = `between ${number(goodRate.low)} and ${number(goodRate.high)}`;
  if (conditions.below_goal.met)
    return `answers are good ${range} of the time, surely less than ${goal}; no remedy has all it needs yet`;
  const saving = conditions.pays_back.met
    ? "training would pay for itself, but lacks something else"
    : breakEven.because;
  if (conditions.below_goal.certainty === "surely_not") {
    return `answers are good ${range} of the time, surely more than ${goal}: there is no need; as for the cost, ${saving}`;
  }
  return `whether answers reach ${goal} is open, as they are good ${range} of the time; as for the cost, ${saving}`;
}

function notYetReasons(conditions: Conditions, nearest: RankedAnswer | undefined): string[] {
  const evidence = EVIDENCE.map((name): Condition => conditions[name]).filter(({ met }) => !met);
  if (evidence.length > 0) return evidence.map(describeCondition);
  if (nearest === undefined) return [];
  const wait = nearest.daysAtTodaysRate;
  const when = wait === null ? "which time alone does not bring" : `${days(wait)} at today's rate`;
  return [describeCondition(conditions.below_goal), `nearest is ${nearest.answer}, ${when}`, ...nearest.why];
}

function manyShotOf({ facts, assumptions, callsPerDay }: Findings): Readiness["manyShot"] {
  const examples = assumptions.manyShotExamples;
  const tokens = manyShotTokens(facts.tokens, examples);
  const prices = basePricesOf(facts.cost.prices, assumptions);
  if (tokens === null || prices === null) return null;
  const usdPerCall = (tokens * prices.cachedInput) / 1e6;
  return { examples, tokens, usdPerCall, usdPerMonth: usdPerCall * callsPerDay * MONTH_DAYS };
}

/** Six digits: the same text on every machine. */
function tidy(condition: Condition): Condition {
  const { value, missing, interval } = condition;
  return {
    ...condition,
    value: value === null ? null : round6(value),
    missing: missing === null ? null : round6(missing),
    interval: interval && {
      share: interval.share === null ? null : round6(interval.share),
      low: round6(interval.low),
      high: round6(interval.high),
      rows: interval.rows,
    },
  };
}
