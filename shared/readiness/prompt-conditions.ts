/** What speaks for mending the prompt, for retrieval, for another model; and whether enough is known at all. */
import { atLeast, atMost, type Condition, surelyAtLeast, surelyAtMost } from "./condition.ts";
import type { Findings } from "./findings.ts";
import { monthlyGrowth } from "./growth.ts";
import { type Interval, shareInterval } from "./interval.ts";
import type { FailureCluster } from "./task-facts.ts";

const DAY_MS = 24 * 3_600_000;
const UNKNOWN: Interval = { share: null, low: 0, high: 1, rows: 0 };

export function evidenceConditions({ facts, assumptions, callsPerDay, labelsPerDay }: Findings) {
  return {
    days: atLeast({
      name: "days",
      about: "days since the first call",
      value: facts.daysSeen,
      needed: assumptions.daysMin,
      perDay: 1,
    }),
    calls: atLeast({
      name: "calls",
      about: "calls",
      value: facts.calls,
      needed: assumptions.callsMin,
      perDay: callsPerDay,
    }),
    labels: atLeast({
      name: "labels",
      about: "exchanges that people spoke of",
      value: facts.labels.labelled,
      needed: assumptions.labelsMin,
      perDay: labelsPerDay.labelled,
    }),
  } satisfies Record<string, Condition>;
}

export function promptConditions(findings: Findings) {
  return { ...qualityConditions(findings), ...versionConditions(findings), ...clusterConditions(findings) };
}

function qualityConditions({ facts, assumptions, goodRate, callsPerDay, labelsPerDay }: Findings) {
  const { severalVoices, disagreeing } = facts.labels;
  const days = facts.byDay.flatMap(({ dayMs, inputTokens }) =>
    inputTokens === null ? [] : [{ dayMs, value: inputTokens }],
  );
  return {
    below_goal: surelyAtMost({
      name: "below_goal",
      about: "good rate, upper end",
      interval: goodRate,
      needed: assumptions.goodRateGoal,
      rowsPerDay: labelsPerDay.labelled,
    }),
    answers_cut: surelyAtLeast({
      name: "answers_cut",
      about: "share of answers cut off at the limit of their length, lower end",
      interval: shareInterval(facts.cutAnswers * facts.readShare, facts.calls * facts.readShare),
      needed: assumptions.cutShareMin,
      rowsPerDay: callsPerDay,
    }),
    several_voices: atLeast({
      name: "several_voices",
      about: "answers that two people or more spoke of",
      value: severalVoices,
      needed: assumptions.severalVoicesMin,
      perDay: labelsPerDay.severalVoices,
    }),
    people_disagree: surelyAtLeast({
      name: "people_disagree",
      about: "share of answers with several voices on which these contradict each other, lower end",
      interval: shareInterval(disagreeing, severalVoices),
      needed: assumptions.disagreementMin,
      rowsPerDay: labelsPerDay.severalVoices,
    }),
    context_grows: surelyAtLeast({
      name: "context_grows",
      about: "growth of the input tokens of a call in 30 days, lower end",
      interval: monthlyGrowth(days) ?? UNKNOWN,
      needed: assumptions.contextGrowthMin,
      rowsPerDay: 1,
    }),
  } satisfies Record<string, Condition>;
}

function versionConditions({ facts, assumptions, current, currentShare, worst, labelsPerDay }: Findings) {
  const age = current === null ? null : (facts.toMs - current.firstSeenMs) / DAY_MS;
  const varied = facts.templatedCalls > 0 ? facts.templateCount / (facts.templatedCalls * facts.readShare) : null;
  return {
    version_worse: surelyAtLeast({
      name: "version_worse",
      about: `points by which a version in use${worst === null ? "" : `, ${worst.template},`} is worse than the others, lower end`,
      interval: worst?.behind ?? UNKNOWN,
      needed: assumptions.versionGapMin,
      rowsPerDay: labelsPerDay.labelled,
    }),
    prompt_varies: atLeast({
      name: "prompt_varies",
      about: "different system prompts a call",
      value: varied,
      needed: assumptions.variedShareMin,
    }),
    prompt_moving: atMost({
      name: "prompt_moving",
      about: "days that the present version of the prompt has been in use",
      value: age,
      needed: assumptions.settledDays,
    }),
    prompt_settled: atLeast({
      name: "prompt_settled",
      about: "days that the present version of the prompt has been in use",
      value: age,
      needed: assumptions.settledDays,
      perDay: 1,
    }),
    template_common: atLeast({
      name: "template_common",
      about: "share of the calls of the last days that have the present version of the prompt",
      value: current === null ? null : currentShare,
      needed: assumptions.templateCommonMin,
    }),
  } satisfies Record<string, Condition>;
}

function clusterConditions({ facts, assumptions, labelsPerDay }: Findings) {
  const { read, clusters } = facts.failures;
  const old = (cluster: FailureCluster) => cluster.templates >= assumptions.outlivedVersions;
  const outlived = clusters.filter(old).reduce((sum, { failures }) => sum + failures, 0);
  const [largest] = clusters.filter((cluster) => !old(cluster)).toSorted(bySize);
  return {
    failures_young: atMost({
      name: "failures_young",
      about: `share of failures in clusters that outlived ${assumptions.outlivedVersions} versions of the prompt`,
      value: read > 0 ? outlived / read : 0,
      needed: assumptions.outlivedShareMax,
    }),
    failures_concentrated: surelyAtLeast({
      name: "failures_concentrated",
      about: `share of failures in the largest young cluster${largest === undefined ? "" : ` (${largest.key})`}, lower end`,
      interval: shareInterval(largest?.failures ?? 0, read),
      needed: assumptions.concentratedShareMin,
      rowsPerDay: labelsPerDay.bad + labelsPerDay.corrected,
    }),
  } satisfies Record<string, Condition>;
}

function bySize(a: FailureCluster, b: FailureCluster): number {
  return b.failures - a.failures || (a.key < b.key ? -1 : 1);
}

export function retrievalConditions({ facts, assumptions, labelsPerDay }: Findings) {
  const { read, addingFacts } = facts.corrections;
  return {
    corrections_read: atLeast({
      name: "corrections_read",
      about: "corrections that were compared with prompt and answer",
      value: read,
      needed: assumptions.correctionsReadMin,
      perDay: labelsPerDay.corrected,
    }),
    facts_missing: surelyAtLeast({
      name: "facts_missing",
      about: "share of corrections that bring a name or number which was in neither prompt nor answer, lower end",
      interval: shareInterval(addingFacts, read),
      needed: assumptions.addedFactsShareMin,
      rowsPerDay: labelsPerDay.corrected,
    }),
  } satisfies Record<string, Condition>;
}

export function modelConditions({ assumptions, cheaper, labelsPerDay }: Findings) {
  return {
    cheaper_model_tried: atLeast({
      name: "cheaper_model_tried",
      about: `share of a call's cost that a cheaper model${cheaper === null ? "" : `, ${cheaper.model.model},`} saves`,
      value: cheaper?.savingShare ?? null,
      needed: assumptions.cheaperByMin,
    }),
    cheaper_model_not_worse: surelyAtLeast({
      name: "cheaper_model_not_worse",
      about: "good rate of the cheaper model less that of the one used most, lower end",
      interval: cheaper?.difference ?? { ...UNKNOWN, low: -1 },
      needed: -assumptions.worseByMax,
      rowsPerDay: labelsPerDay.labelled,
    }),
  } satisfies Record<string, Condition>;
}
