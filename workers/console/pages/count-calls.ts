/**
 * How many calls, how dear, how slow, how often failed: of one app, by time, task and model, from D1. A range of ids is a
 * range of time, so only that range is read, and no more than ROWS_READ_MAX rows of it: of a busier time the beginning of each
 * step is read, and counts are scaled by how much that leaves out.
 */
import { and, gte, lte, sum } from "drizzle-orm";
import { idLowerBound } from "../../../shared/core/ids.ts";
import { openDatabase } from "../../../shared/store/database.ts";
import { spending } from "../../../shared/store/schema.ts";
import { dayOf } from "../../../shared/store/spending.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const RANGES = {
  "24h": { name: "24 hours", stepMs: HOUR_MS, steps: 24 },
  "7d": { name: "7 days", stepMs: 6 * HOUR_MS, steps: 28 },
  "30d": { name: "30 days", stepMs: DAY_MS, steps: 30 },
} as const;
export type RangeName = keyof typeof RANGES;

/** Of all apps: some 150 ms of SQLite for two readings. */
export const ROWS_READ_MAX = 250_000;
/** Tasks and models are a caller's to make up: so many groups at most come back. */
const GROUPS_MAX = 5_000;

export interface Steps {
  fromMs: number;
  toMs: number;
  stepMs: number;
  /** Starts, in order. */
  startsMs: number[];
  /** Of each step, how much of its time is read, from its start: in (0, 1]. */
  share: number;
}

export interface CallGroup {
  step: number;
  task: string;
  model: string | null;
  calls: number;
  errors: number;
  inputTokens: number;
  outputTokens: number;
  costUsdMicros: number;
}

/** Steps end with the one that `nowMs` is in, and begin at whole hours or days (UTC). */
export async function planSteps(d1: D1Database, { range, nowMs }: { range: RangeName; nowMs: number }): Promise<Steps> {
  const { stepMs, steps } = RANGES[range];
  const toMs = (Math.floor(nowMs / stepMs) + 1) * stepMs;
  const fromMs = toMs - steps * stepMs;
  const startsMs = Array.from({ length: steps }, (_, at) => fromMs + at * stepMs);
  const row = await openDatabase(d1)
    .select({ calls: sum(spending.calls) })
    .from(spending)
    .where(and(gte(spending.day, dayOf(fromMs)), lte(spending.day, dayOf(toMs))))
    .get();
  const rows = Number(row?.calls ?? 0);
  return { fromMs, toMs, stepMs, startsMs, share: Math.min(1, ROWS_READ_MAX / Math.max(rows, 1)) };
}

export interface CallFilter {
  app: string;
  task?: string | undefined;
  model?: string | undefined;
}

/** Each step as the range of ids that is read of it. */
const IN_STEPS = `from json_each(?1) as step cross join exchanges as e
  on e.id >= step.value ->> 0 and e.id < step.value ->> 1
  where e.app = ?2 and (?3 is null or e.task = ?3) and (?4 is null or e.model = ?4)`;

export async function countCalls(d1: D1Database, { steps, filter }: { steps: Steps; filter: CallFilter }) {
  const { results } = await d1
    .prepare(
      `select step.key as step, e.task as task, e.model as model, count(*) as calls,
        sum(e.status >= 400 or e.status = 0) as errors, total(e.input_tokens) as inputTokens,
        total(e.output_tokens) as outputTokens, total(e.cost_usd_micros) as costUsdMicros
       ${IN_STEPS} group by 1, 2, 3 order by calls desc limit ${GROUPS_MAX}`,
    )
    .bind(...parametersOf(steps, filter))
    .all<CallGroup>();
  const scale = 1 / steps.share;
  return results.map((group) => ({
    ...group,
    calls: group.calls * scale,
    errors: group.errors * scale,
    inputTokens: group.inputTokens * scale,
    outputTokens: group.outputTokens * scale,
    costUsdMicros: group.costUsdMicros * scale,
  }));
}

/** Bins of a logarithmic histogram: eight for each doubling, so a quantile is within 9% of the true one. */
const BINS_A_DOUBLING = 8;

export interface Quantiles {
  p50: number | null;
  p95: number | null;
}
export interface Latency {
  /** Whole answers, and their first bytes; of each step, then of all. */
  whole: Quantiles[];
  firstByte: Quantiles[];
  allWhole: Quantiles;
  allFirstByte: Quantiles;
}

export async function measureLatency(
  d1: D1Database,
  { steps, filter }: { steps: Steps; filter: CallFilter },
): Promise<Latency> {
  const bin = (column: string) => `cast(${BINS_A_DOUBLING} * log2(e.${column} + 1) as integer)`;
  const { results } = await d1
    .prepare(
      `select step.key as step, ${bin("duration_ms")} as whole, ${bin("first_byte_ms")} as firstByte, count(*) as calls
       ${IN_STEPS} and e.status between 200 and 299 group by 1, 2, 3`,
    )
    .bind(...parametersOf(steps, filter))
    .all<{ step: number; whole: number; firstByte: number; calls: number }>();
  const byStep = Map.groupBy(results, ({ step }) => step);
  const quantiles = (rows: typeof results, of: "whole" | "firstByte"): Quantiles => {
    const bins = rows.map((row) => ({ bin: row[of], calls: row.calls })).sort((a, b) => a.bin - b.bin);
    return { p50: quantile(bins, 0.5), p95: quantile(bins, 0.95) };
  };
  const each = (of: "whole" | "firstByte") => steps.startsMs.map((_, step) => quantiles(byStep.get(step) ?? [], of));
  return {
    whole: each("whole"),
    firstByte: each("firstByte"),
    allWhole: quantiles(results, "whole"),
    allFirstByte: quantiles(results, "firstByte"),
  };
}

/** @param bins in their order. @returns milliseconds: the middle of the bin in which the quantile lies */
export function quantile(bins: readonly { bin: number; calls: number }[], share: number): number | null {
  const total = bins.reduce((sum, { calls }) => sum + calls, 0);
  let seen = 0;
  for (const { bin, calls } of bins) {
    seen += calls;
    if (seen >= share * total) return Math.round(2 ** ((bin + 0.5) / BINS_A_DOUBLING) - 1);
  }
  return null;
}

function parametersOf(steps: Steps, { app, task, model }: CallFilter): [string, string, string | null, string | null] {
  const readMs = steps.stepMs * steps.share;
  const ranges = steps.startsMs.map((startMs) => [idLowerBound(startMs), idLowerBound(startMs + readMs)]);
  return [JSON.stringify(ranges), app, task ?? null, model ?? null];
}
