/** What follows from the facts at once, and several conditions look at. */
import type { Assumptions } from "./assumptions.ts";
import { type BreakEven, breakEven } from "./break-even.ts";
import { differenceInterval, type Interval, shareInterval, TWO_SIDED_99 } from "./interval.ts";
import type { GoodCount, LabelCounts, ModelFacts, TaskFacts, TemplateFacts } from "./task-facts.ts";

export interface Findings {
  facts: TaskFacts;
  assumptions: Assumptions;
  goodRate: Interval;
  /** Of the last days. */
  callsPerDay: number;
  labelsPerDay: { [Name in keyof LabelCounts]: number };
  /** The version with the most calls of the last days; null where no call has a template. */
  current: TemplateFacts | null;
  /** Its share of the calls of the last days that have one of the templates listed. */
  currentShare: number;
  /** The version in use that is the most surely worse than all others together; null where there is none to compare. */
  worst: { template: string; behind: Interval } | null;
  /** The cheaper model that is the most surely not worse; null where no cheaper one was tried. */
  cheaper: CheaperModel | null;
  breakEven: BreakEven;
}

export interface CheaperModel {
  main: ModelFacts;
  model: ModelFacts;
  /** Its good rate less that of the model used most. */
  difference: Interval;
  /** Of the cost of a call, as it was billed. */
  savingShare: number;
}

export function findingsOf(facts: TaskFacts, assumptions: Assumptions): Findings {
  const { recent, labels } = facts;
  const perDay = (count: number) => (recent.days > 0 ? count / recent.days : 0);
  const inUse = facts.templates.filter(({ recentCalls }) => recentCalls > 0).toSorted(byUse);
  const current = inUse[0] ?? null;
  const recentCalls = inUse.reduce((sum, template) => sum + template.recentCalls, 0);
  return {
    facts,
    assumptions,
    goodRate: shareInterval(labels.good, labels.good + labels.bad + labels.corrected),
    callsPerDay: perDay(recent.calls),
    labelsPerDay: Object.fromEntries(
      Object.entries(recent.labels).map(([name, count]) => [name, perDay(count)]),
    ) as Findings["labelsPerDay"],
    current,
    currentShare: current === null ? 0 : current.recentCalls / recentCalls,
    worst: worstOf(facts.templates, inUse.slice(0, COMPARED_MAX)),
    cheaper: cheaperOf(facts.models, assumptions),
    breakEven: breakEven(facts, assumptions),
  };
}

/** At 99% each, five comparisons are right together at 95%. */
const COMPARED_MAX = 5;

function byUse(a: TemplateFacts, b: TemplateFacts): number {
  return b.recentCalls - a.recentCalls || b.calls - a.calls || (a.template < b.template ? -1 : 1);
}

function worstOf(all: readonly TemplateFacts[], inUse: readonly TemplateFacts[]): Findings["worst"] {
  const compared = inUse.flatMap(({ template, labels }) => {
    const others = all.filter((other) => other.template !== template).map((other) => other.labels);
    const behind = differenceInterval(goodOf(sumOf(others)), goodOf(labels));
    return behind.share === null ? [] : [{ template, behind }];
  });
  return compared.toSorted((a, b) => b.behind.low - a.behind.low)[0] ?? null;
}

function cheaperOf(models: readonly ModelFacts[], { cheaperByMin }: Assumptions): CheaperModel | null {
  const [main] = models; // the one with the most calls: the list is in that order
  const mainCost = main?.costUsdMicrosPerCall ?? 0;
  if (main === undefined || !(mainCost > 0)) return null;
  const tried = models.slice(0, 1 + COMPARED_MAX).flatMap((model): CheaperModel[] => {
    if (model === main || model.costUsdMicrosPerCall === null) return [];
    const savingShare = 1 - model.costUsdMicrosPerCall / mainCost;
    if (savingShare < cheaperByMin) return [];
    return [{ main, model, savingShare, difference: differenceInterval(goodOf(model.labels), goodOf(main.labels)) }];
  });
  return tried.toSorted((a, b) => b.difference.low - a.difference.low || b.savingShare - a.savingShare)[0] ?? null;
}

function goodOf({ good, rows }: GoodCount): Interval {
  return shareInterval(good, rows, TWO_SIDED_99);
}

function sumOf(counts: readonly GoodCount[]): GoodCount {
  return counts.reduce((sum, { good, rows }) => ({ good: sum.good + good, rows: sum.rows + rows }), {
    good: 0,
    rows: 0,
  });
}
