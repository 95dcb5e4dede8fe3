/** For readiness: what the calls of a task come to, over all, by day and by model; and by version of the prompt. */
import { type ExchangeId, idLowerBound, idTimeMs } from "../core/ids.ts";
import type { DayFacts, ModelFacts, TemplateFacts } from "../readiness/task-facts.ts";
import type { Slices } from "./readiness-slices.ts";

const TEMPLATES_MAX = 50;
const MODELS_MAX = 20;

export interface CallsQuery extends Slices {
  app: string;
  task: string;
  /** Where "the last days" begin. */
  recentFromMs: number;
}

/** Counts are scaled up to the whole window where a part of it was read. */
export interface CallTotals {
  firstId: ExchangeId;
  calls: number;
  recentCalls: number;
  cutAnswers: number;
  templatedCalls: number;
  pricedCalls: number;
  inputTokens: number | null;
  cachedInputTokens: number | null;
  outputTokens: number | null;
  costUsdMicros: number | null;
}

/**
 * Slices come first, so that each is one range of ids. Calls that were not answered are left out: an error of the provider
 * says nothing of prompt or model.
 */
const ROWS = `from json_each(?1) as slice
 cross join exchanges on exchanges.id >= slice.value ->> 1 and exchanges.id < slice.value ->> 2
 where app = ?2 and task = ?3 and outcome <> 'upstream_error'`;

const COUNTS = ["calls", "recentCalls", "cutAnswers", "templatedCalls"] as const;
/** Each with the number of calls that have such a number at all, as means over several groups are made of both. */
const AMOUNTS = {
  costUsdMicros: "pricedCalls",
  inputTokens: "inputCalls",
  cachedInputTokens: "cachedInputCalls",
  outputTokens: "outputCalls",
} as const;
const SUMMED = [...COUNTS, ...Object.keys(AMOUNTS), ...Object.values(AMOUNTS)];

/** In one pass over the calls. Models are named by callers: but for the most used ones they are one group, without a name. */
const GROUPS = `with counted as materialized (
   select slice.value ->> 0 as dayMs, provider, model, min(exchanges.id) as firstId, count(*) as calls,
     coalesce(sum(exchanges.id >= ?4), 0) as recentCalls, coalesce(sum(finish_reason = 'length'), 0) as cutAnswers,
     count(template) as templatedCalls, count(cost_usd_micros) as pricedCalls, total(cost_usd_micros) as costUsdMicros,
     count(input_tokens) as inputCalls, total(input_tokens) as inputTokens,
     count(cached_input_tokens) as cachedInputCalls, total(cached_input_tokens) as cachedInputTokens,
     count(output_tokens) as outputCalls, total(output_tokens) as outputTokens ${ROWS}
   group by 1, 2, 3),
 named as materialized (
   select provider, model from counted where model is not null
   group by provider, model order by sum(calls) desc, provider, model limit ${MODELS_MAX})
 select dayMs, named.provider as provider, named.model as model, min(firstId) as firstId,
   ${SUMMED.map((name) => `sum(${name}) as ${name}`).join(", ")}
 from counted left join named on named.provider = counted.provider and named.model = counted.model
 group by 1, 2, 3 order by 1, 2, 3`;

/** The calls of one day with one model; both null: of all models that are not named. */
type Group = Record<(typeof COUNTS)[number] | keyof typeof AMOUNTS | (typeof AMOUNTS)[keyof typeof AMOUNTS], number> & {
  dayMs: number;
  provider: string | null;
  model: string | null;
  firstId: ExchangeId;
};

export interface Calls {
  totals: CallTotals;
  byDay: DayFacts[];
  /** The most used first. */
  models: Omit<ModelFacts, "labels">[];
}

/** undefined: there are none. */
export async function readCalls(d1: D1Database, query: CallsQuery): Promise<Calls | undefined> {
  const statement = d1.prepare(GROUPS).bind(...bound(query), idLowerBound(query.recentFromMs));
  const { results: groups } = await statement.all<Group>();
  if (groups.length === 0) return undefined;
  const whole = scale(query);
  const byDay = [...Map.groupBy(groups, ({ dayMs }) => dayMs)].map(([dayMs, own]) => ({
    dayMs,
    calls: whole(sum(own, "calls")),
    inputTokens: mean(own, "inputTokens"),
  }));
  return { totals: totalsOf(groups, whole), byDay, models: modelsOf(groups, whole) };
}

function totalsOf(groups: readonly Group[], whole: (count: number) => number): CallTotals {
  return {
    firstId: groups.map(({ firstId }) => firstId).reduce((a, b) => (a < b ? a : b)),
    calls: whole(sum(groups, "calls")),
    recentCalls: whole(sum(groups, "recentCalls")),
    cutAnswers: whole(sum(groups, "cutAnswers")),
    templatedCalls: whole(sum(groups, "templatedCalls")),
    pricedCalls: whole(sum(groups, "pricedCalls")),
    inputTokens: mean(groups, "inputTokens"),
    cachedInputTokens: mean(groups, "cachedInputTokens"),
    outputTokens: mean(groups, "outputTokens"),
    costUsdMicros: mean(groups, "costUsdMicros"),
  };
}

function modelsOf(groups: readonly Group[], whole: (count: number) => number): Calls["models"] {
  const models = Map.groupBy(groups, ({ provider, model }) => JSON.stringify([provider, model]));
  return [...models.values()]
    .flatMap((own) => {
      const { provider = null, model = null } = own[0] ?? {};
      if (provider === null || model === null) return [];
      return { provider, model, calls: whole(sum(own, "calls")), costUsdMicrosPerCall: mean(own, "costUsdMicros") };
    })
    .sort((a, b) => b.calls - a.calls || compare(a.provider, b.provider) || compare(a.model, b.model));
}

function sum(
  groups: readonly Group[],
  field: Exclude<keyof Group, "dayMs" | "provider" | "model" | "firstId">,
): number {
  return groups.reduce((total, group) => total + group[field], 0);
}

/** null: none of the calls has such a number. */
function mean(groups: readonly Group[], amount: keyof typeof AMOUNTS): number | null {
  const count = sum(groups, AMOUNTS[amount]);
  return count === 0 ? null : sum(groups, amount) / count;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

const TEMPLATES = `select template, min(exchanges.id) as firstId, max(exchanges.id) as lastId, count(*) as calls,
   coalesce(sum(exchanges.id >= ?4), 0) as recentCalls, count(*) over () as templateCount ${ROWS} and template is not null
 group by template order by calls desc, template limit ${TEMPLATES_MAX}`;

/** The commonest, and how many there are among the calls that were read. */
export async function readCallTemplates(
  d1: D1Database,
  query: CallsQuery,
): Promise<{ templates: Omit<TemplateFacts, "labels">[]; templateCount: number }> {
  type Row = {
    template: string;
    firstId: string;
    lastId: string;
    calls: number;
    recentCalls: number;
    templateCount: number;
  };
  const statement = d1.prepare(TEMPLATES).bind(...bound(query), idLowerBound(query.recentFromMs));
  const { results } = await statement.all<Row>();
  const whole = scale(query);
  const templates = results.map(({ template, firstId, lastId, calls, recentCalls }) => ({
    template,
    firstSeenMs: idTimeMs(firstId),
    lastSeenMs: idTimeMs(lastId),
    calls: whole(calls),
    recentCalls: whole(recentCalls),
  }));
  return { templates, templateCount: results[0]?.templateCount ?? 0 };
}

function bound({ slices, app, task }: CallsQuery): [string, string, string] {
  return [JSON.stringify(slices), app, task];
}

function scale({ readShare }: CallsQuery): (count: number) => number {
  return (count) => Math.round(count / readShare);
}
