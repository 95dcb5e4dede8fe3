/** For readiness: what the calls of a task come to, over all, by day, by version of the prompt and by model. */
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

/** Sums, as the totals are made of them; each beside how many calls have such a number at all. */
const DAYS = `select slice.value ->> 0 as dayMs, min(exchanges.id) as firstId, count(*) as calls,
   coalesce(sum(exchanges.id >= ?4), 0) as recentCalls, coalesce(sum(finish_reason = 'length'), 0) as cutAnswers,
   count(template) as templatedCalls, count(cost_usd_micros) as pricedCalls, sum(cost_usd_micros) as costUsdMicros,
   count(input_tokens) as inputCalls, sum(input_tokens) as inputTokens,
   count(cached_input_tokens) as cachedInputCalls, sum(cached_input_tokens) as cachedInputTokens,
   count(output_tokens) as outputCalls, sum(output_tokens) as outputTokens ${ROWS}
 group by 1 order by 1`;

interface DayRow {
  dayMs: number;
  firstId: ExchangeId;
  calls: number;
  recentCalls: number;
  cutAnswers: number;
  templatedCalls: number;
  pricedCalls: number;
  costUsdMicros: number | null;
  inputCalls: number;
  inputTokens: number | null;
  cachedInputCalls: number;
  cachedInputTokens: number | null;
  outputCalls: number;
  outputTokens: number | null;
}

/** undefined: there are none. */
export async function readCalls(
  d1: D1Database,
  query: CallsQuery,
): Promise<{ totals: CallTotals; byDay: DayFacts[] } | undefined> {
  const statement = d1.prepare(DAYS).bind(...bound(query), idLowerBound(query.recentFromMs));
  const { results: days } = await statement.all<DayRow>();
  const [first] = days;
  if (first === undefined) return undefined;
  const whole = scale(query);
  const byDay = days.map(({ dayMs, calls, inputTokens, inputCalls }) => ({
    dayMs,
    calls: whole(calls),
    inputTokens: meanOf(inputTokens, inputCalls),
  }));
  const sum = (of: (day: DayRow) => number | null) => days.reduce((total, day) => total + (of(day) ?? 0), 0);
  const count = (of: (day: DayRow) => number) => whole(sum(of));
  const totals: CallTotals = {
    firstId: first.firstId,
    calls: count(({ calls }) => calls),
    recentCalls: count(({ recentCalls }) => recentCalls),
    cutAnswers: count(({ cutAnswers }) => cutAnswers),
    templatedCalls: count(({ templatedCalls }) => templatedCalls),
    pricedCalls: count(({ pricedCalls }) => pricedCalls),
    inputTokens: meanOf(
      sum(({ inputTokens }) => inputTokens),
      sum(({ inputCalls }) => inputCalls),
    ),
    cachedInputTokens: meanOf(
      sum(({ cachedInputTokens }) => cachedInputTokens),
      sum(({ cachedInputCalls }) => cachedInputCalls),
    ),
    outputTokens: meanOf(
      sum(({ outputTokens }) => outputTokens),
      sum(({ outputCalls }) => outputCalls),
    ),
    costUsdMicros: meanOf(
      sum(({ costUsdMicros }) => costUsdMicros),
      sum(({ pricedCalls }) => pricedCalls),
    ),
  };
  return { totals, byDay };
}

function meanOf(sum: number | null, count: number): number | null {
  return count === 0 ? null : (sum ?? 0) / count;
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

const MODELS = `select provider, model, count(*) as calls, avg(cost_usd_micros) as costUsdMicrosPerCall ${ROWS}
   and model is not null
 group by provider, model order by calls desc, provider, model limit ${MODELS_MAX}`;

export async function readCallModels(d1: D1Database, query: CallsQuery): Promise<Omit<ModelFacts, "labels">[]> {
  const { results } = await d1
    .prepare(MODELS)
    .bind(...bound(query))
    .all<Omit<ModelFacts, "labels">>();
  return results.map((model) => ({ ...model, calls: scale(query)(model.calls) }));
}

function bound({ slices, app, task }: CallsQuery): [string, string, string] {
  return [JSON.stringify(slices), app, task];
}

function scale({ readShare }: CallsQuery): (count: number) => number {
  return (count) => Math.round(count / readShare);
}
