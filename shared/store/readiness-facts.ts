/**
 * What readiness looks at, measured: a few aggregates over the calls of a window, and what people said of them. All
 * reading is by ranges of ids and bounded in rows: of a busy window a share of each hour is read, and of what was said
 * the newest.
 */
import { idTimeMs } from "../core/ids.ts";
import { priceMicros } from "../parse/price.ts";
import { type LabelledRow, tallyGood, tallyLabels } from "../readiness/tally-labels.ts";
import type { CostFacts, ModelFacts, TaskFacts, TokenMeans, UnitPrices } from "../readiness/task-facts.ts";
import { type CallTotals, readCalls, readCallTemplates } from "./readiness-calls.ts";
import { listLabelled, readFailures, type TaskWindow } from "./readiness-labels.ts";
import { readSlices } from "./readiness-slices.ts";

const RECENT_DAYS = 7;
const DAY_MS = 24 * 3_600_000;

export interface FactStorage {
  d1: D1Database;
  bucket: R2Bucket;
}

/** undefined: there is no answered call of this task in the window. */
export async function readTaskFacts({ d1, bucket }: FactStorage, window: TaskWindow): Promise<TaskFacts | undefined> {
  const recentFromMs = Math.max(window.fromMs, window.toMs - RECENT_DAYS * DAY_MS);
  const { readShare, slices } = await readSlices(d1, window);
  const query = { ...window, recentFromMs, readShare, slices };
  const calls = await readCalls(d1, query);
  if (calls === undefined) return undefined;
  const { totals, byDay, models } = calls;
  const [{ templates, templateCount }, { labelled, cut }] = await Promise.all([
    readCallTemplates(d1, query),
    listLabelled(d1, window),
  ]);
  const tokens = tokensOf(totals);
  const main = models[0];
  const daysSeen = (window.toMs - idTimeMs(totals.firstId)) / DAY_MS;
  return {
    ...window,
    readShare,
    labelsCut: cut,
    daysSeen,
    calls: totals.calls,
    cutAnswers: totals.cutAnswers,
    byDay,
    labels: tallyLabels(labelled),
    recent: {
      days: Math.max(1, Math.min(daysSeen, RECENT_DAYS)), // of less than a day nobody knows its rate
      calls: totals.recentCalls,
      labels: tallyLabels(labelled.filter(({ atMs }) => atMs >= recentFromMs)),
    },
    templates: withLabels(templates, labelled, { of: templateOf, in: templateOf }),
    templateCount,
    templatedCalls: totals.templatedCalls,
    models: withLabels(models, labelled, { of: modelKey, in: modelKey }),
    tokens,
    cost: costOf(totals, main && tokens ? pricesOf(main, { tokens, atMs: window.toMs }) : null),
    ...(await readFailures({ d1, bucket }, labelled)),
  };
}

function templateOf({ template }: { template: string | null }): string | null {
  return template;
}

function modelKey({ provider, model }: { provider: string; model: string | null }): string | null {
  return model === null ? null : JSON.stringify([provider, model]);
}

/** Each with what was said of its own exchanges. */
function withLabels<Part>(
  parts: readonly Part[],
  labelled: readonly LabelledRow[],
  key: { of: (part: Part) => string | null; in: (row: LabelledRow) => string | null },
) {
  const counts = tallyGood(labelled, key.in);
  return parts.map((part) => ({ ...part, labels: counts.get(key.of(part) ?? "") ?? { good: 0, rows: 0 } }));
}

function tokensOf({ inputTokens, cachedInputTokens, outputTokens }: CallTotals): TokenMeans | null {
  if (inputTokens === null || outputTokens === null) return null;
  return { input: inputTokens, cachedInput: cachedInputTokens ?? 0, output: outputTokens };
}

function costOf({ costUsdMicros, pricedCalls }: CallTotals, prices: UnitPrices | null): CostFacts {
  return { usdMicrosPerCall: costUsdMicros, pricedCalls, prices };
}

/** At the size of a mean call, as some lists have a higher price for long ones. */
function pricesOf(
  { provider, model }: Pick<ModelFacts, "provider" | "model">,
  { tokens, atMs }: { tokens: TokenMeans; atMs: number },
): UnitPrices | null {
  const size = Math.max(1, Math.round(tokens.input));
  const priceOf = (cachedInputTokens: number, outputTokens: number) => {
    const usage = { inputTokens: size, cachedInputTokens, outputTokens, reasoningTokens: 0, estimated: false };
    const parts = { cacheWriteTokens: 0, audioInputTokens: 0, audioOutputTokens: 0, imageOutputTokens: 0 };
    return priceMicros({ provider, models: [model], tokens: { usage, ...parts }, atMs });
  };
  const [plain, cached, longer] = [priceOf(0, 0), priceOf(size, 0), priceOf(0, size)];
  if (plain === null || longer === null) return null;
  return { input: plain / size, cachedInput: (cached ?? plain) / size, output: (longer - plain) / size };
}
