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
  /** Of the calls that were read. */
  templateCount: number;
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

const TOTALS = `select min(exchanges.id) as firstId, count(*) as calls, coalesce(sum(exchanges.id >= ?4), 0) as recentCalls,
   coalesce(sum(finish_reason = 'length'), 0) as cutAnswers, count(template) as templatedCalls,
   count(cost_usd_micros) as pricedCalls, count(distinct template) as templateCount, avg(input_tokens) as inputTokens,
   avg(cached_input_tokens) as cachedInputTokens, avg(output_tokens) as outputTokens,
   avg(cost_usd_micros) as costUsdMicros ${ROWS}`;

/** undefined: there are none. */
export async function readCallTotals(d1: D1Database, query: CallsQuery): Promise<CallTotals | undefined> {
  type Row = Omit<CallTotals, "firstId"> & { firstId: ExchangeId | null };
  const row = await d1
    .prepare(TOTALS)
    .bind(...bound(query), idLowerBound(query.recentFromMs))
    .first<Row>();
  if (row === null || row.firstId === null) return undefined;
  const whole = scale(query);
  return {
    ...row,
    firstId: row.firstId,
    calls: whole(row.calls),
    recentCalls: whole(row.recentCalls),
    cutAnswers: whole(row.cutAnswers),
    templatedCalls: whole(row.templatedCalls),
    pricedCalls: whole(row.pricedCalls),
  };
}

const DAYS = `select slice.value ->> 0 as dayMs, count(*) as calls, avg(input_tokens) as inputTokens ${ROWS}
 group by 1 order by 1`;

export async function readCallDays(d1: D1Database, query: CallsQuery): Promise<DayFacts[]> {
  const { results } = await d1
    .prepare(DAYS)
    .bind(...bound(query))
    .all<DayFacts>();
  return results.map((day) => ({ ...day, calls: scale(query)(day.calls) }));
}

const TEMPLATES = `select template, min(exchanges.id) as firstId, max(exchanges.id) as lastId, count(*) as calls,
   coalesce(sum(exchanges.id >= ?4), 0) as recentCalls ${ROWS} and template is not null
 group by template order by calls desc, template limit ${TEMPLATES_MAX}`;

export async function readCallTemplates(d1: D1Database, query: CallsQuery): Promise<Omit<TemplateFacts, "labels">[]> {
  type Row = { template: string; firstId: string; lastId: string; calls: number; recentCalls: number };
  const statement = d1.prepare(TEMPLATES).bind(...bound(query), idLowerBound(query.recentFromMs));
  const { results } = await statement.all<Row>();
  const whole = scale(query);
  return results.map(({ template, firstId, lastId, calls, recentCalls }) => ({
    template,
    firstSeenMs: idTimeMs(firstId),
    lastSeenMs: idTimeMs(lastId),
    calls: whole(calls),
    recentCalls: whole(recentCalls),
  }));
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
