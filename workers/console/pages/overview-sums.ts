/** Sums of the overview: series over time for the plots, rows by task and by model for the tables. Pure. */
import { VERDICT_CLASSES } from "../../../shared/verdict/verdict.ts";
import type { CallGroup, Latency, Quantiles, Steps } from "./count-calls.ts";
import type { SpokenOf } from "./count-feedback.ts";
import { wilson } from "./figures.ts";
import type { PlotData, PlotSeries } from "./plot.tsx";

/** Lines that can be told apart; the rest are one line together. */
const LINES_MAX = 5;
const UNKNOWN_MODEL = "not told";

export interface Totals {
  calls: number;
  errors: number;
  costUsdMicros: number;
  tokens: number;
}

export interface NamedTotals extends Totals {
  name: string;
  /** Calls that somebody spoke of, and what that says of all: 95%. */
  spoken: number;
  low: number;
  high: number;
  good: number;
  bad: number;
}

export function totalsOf(groups: readonly CallGroup[]): Totals {
  const totals = { calls: 0, errors: 0, costUsdMicros: 0, tokens: 0 };
  for (const group of groups) {
    totals.calls += group.calls;
    totals.errors += group.errors;
    totals.costUsdMicros += group.costUsdMicros;
    totals.tokens += group.inputTokens + group.outputTokens;
  }
  return totals;
}

type NameOf = (of: { task: string; model: string | null }) => string;
export const byTask: NameOf = ({ task }) => task;
export const byModel: NameOf = ({ model }) => model ?? UNKNOWN_MODEL;

/** Most calls first. */
export function tableOf(groups: readonly CallGroup[], spoken: readonly SpokenOf[], nameOf: NameOf): NamedTotals[] {
  const said = Map.groupBy(spoken, nameOf);
  const rows = [...Map.groupBy(groups, nameOf)].map(([name, own]) => {
    const totals = totalsOf(own);
    const words = said.get(name) ?? [];
    const good = words.filter((one) => one.class === "good").length;
    const bad = words.filter((one) => one.class === "bad" || one.class === "corrected").length;
    const trials = Math.max(Math.round(totals.calls), words.length);
    return { name, ...totals, spoken: words.length, ...wilson(words.length, trials), good, bad };
  });
  return rows.sort((a, b) => b.calls - a.calls || (a.name < b.name ? -1 : 1));
}

interface Spoken {
  steps: Steps;
  spoken: readonly SpokenOf[];
  stepOf: (id: string) => number;
}

export function plotsOf(options: Spoken & { groups: readonly CallGroup[]; latency: Latency }): PlotData[] {
  const { steps, groups, latency, spoken, stepOf } = options;
  const { startsMs } = steps;
  const plot = (title: string, unit: PlotData["unit"], series: PlotSeries[]) => ({ title, unit, startsMs, series });
  const calls = perStep(steps, groups, ({ calls }) => calls);
  const errors = perStep(steps, groups, (group) => group.errors);
  const said = startsMs.map(() => 0);
  for (const { id } of spoken) said[stepOf(id)] = (said[stepOf(id)] ?? 0) + 1;
  return [
    plot("Calls by task", "calls", linesOf({ steps, groups, nameOf: byTask, measure: ({ calls }) => calls })),
    plot(
      "Cost by model",
      "usd",
      linesOf({ steps, groups, nameOf: byModel, measure: (one) => one.costUsdMicros / 1e6 }),
    ),
    plot("Time to the whole answer", "ms", quantileLines(latency.whole)),
    plot("Time to the first byte", "ms", quantileLines(latency.firstByte)),
    plot("Errors and feedback, share of calls", "share", [
      { name: "errors", values: shares(errors, calls) },
      { name: "with feedback", values: shares(said, calls) },
    ]),
    plot("Verdicts", "calls", verdictLines({ steps, spoken, stepOf })),
  ];
}

function quantileLines(quantiles: readonly Quantiles[]): PlotSeries[] {
  return [
    { name: "median", values: quantiles.map(({ p50 }) => p50) },
    { name: "95%", values: quantiles.map(({ p95 }) => p95) },
  ];
}

function verdictLines({ steps, spoken, stepOf }: Spoken): PlotSeries[] {
  return VERDICT_CLASSES.filter((name) => name !== "none").map((name) => {
    const values = steps.startsMs.map(() => 0);
    for (const one of spoken) if (one.class === name) values[stepOf(one.id)] = (values[stepOf(one.id)] ?? 0) + 1;
    return { name, values };
  });
}

function linesOf(options: {
  steps: Steps;
  groups: readonly CallGroup[];
  nameOf: NameOf;
  measure: (group: CallGroup) => number;
}): PlotSeries[] {
  const { steps, groups, nameOf, measure } = options;
  const sums = [...Map.groupBy(groups, nameOf)].map(([name, own]) => ({
    name,
    own,
    total: own.reduce((sum, group) => sum + measure(group), 0),
  }));
  sums.sort((a, b) => b.total - a.total || (a.name < b.name ? -1 : 1));
  const lines = sums.slice(0, LINES_MAX).map(({ name, own }) => ({ name, values: perStep(steps, own, measure) }));
  const rest = sums.slice(LINES_MAX).flatMap(({ own }) => own);
  if (rest.length > 0) lines.push({ name: `${sums.length - LINES_MAX} more`, values: perStep(steps, rest, measure) });
  return lines;
}

function perStep(steps: Steps, groups: readonly CallGroup[], measure: (group: CallGroup) => number): number[] {
  const values = steps.startsMs.map(() => 0);
  for (const group of groups) values[group.step] = (values[group.step] ?? 0) + measure(group);
  return values;
}

function shares(parts: readonly number[], wholes: readonly number[]): (number | null)[] {
  return parts.map((part, at) => {
    const whole = wholes[at] ?? 0;
    return whole === 0 ? null : Math.min(1, part / whole);
  });
}
