/** Tasks as they are met, each with the facts that tell it from the others. */
import { DEFAULT_ASSUMPTIONS } from "../../shared/readiness/assumptions.ts";
import { type LabelCounts, NO_LABELS, type TaskFacts } from "../../shared/readiness/task-facts.ts";

export const DAY_MS = 24 * 3_600_000;
export const TO_MS = Date.UTC(2026, 10, 23);
export const DEFAULTS = DEFAULT_ASSUMPTIONS;
const DAYS = 30;

/** A quiet task that nothing can be said against: 100 calls a day with one prompt and one cheap model, nobody speaks. */
export function quiet(changes: Partial<TaskFacts> = {}): TaskFacts {
  const calls = changes.calls ?? 3_000;
  const labels = changes.labels ?? NO_LABELS;
  const good = { good: labels.good, rows: labels.good + labels.bad + labels.corrected };
  const fromMs = TO_MS - DAYS * DAY_MS;
  return {
    app: "demo",
    task: "mail",
    fromMs,
    toMs: TO_MS,
    readShare: 1,
    labelsCut: false,
    daysSeen: DAYS,
    calls,
    cutAnswers: 0,
    byDay: Array.from({ length: DAYS }, (_, at) => ({
      dayMs: fromMs + at * DAY_MS,
      calls: calls / DAYS,
      inputTokens: 1_000 + (at % 3),
    })),
    labels,
    recent: { days: 7, calls: (calls * 7) / DAYS, labels: share(labels, 7 / DAYS) },
    templates: [
      { template: "a", firstSeenMs: fromMs, lastSeenMs: TO_MS, calls, recentCalls: (calls * 7) / DAYS, labels: good },
    ],
    templateCount: 1,
    templatedCalls: calls,
    models: [{ provider: "openai", model: "gpt-4o-mini", calls, costUsdMicrosPerCall: 270, labels: good }],
    tokens: { input: 1_000, cachedInput: 0, output: 200 },
    cost: { usdMicrosPerCall: 270, pricedCalls: calls, prices: { input: 0.15, cachedInput: 0.075, output: 0.6 } },
    failures: { read: Math.min(150, labels.bad + labels.corrected), clusters: [] },
    corrections: { read: Math.min(150, labels.corrected), addingFacts: 0 },
    ...changes,
  };
}

/** Good, bad and corrected ones; thumbs as the first two say. */
export function said(counts: Partial<LabelCounts>): LabelCounts {
  const { good = 0, bad = 0, corrected = 0, conflicting = 0 } = counts;
  return {
    ...NO_LABELS,
    labelled: good + bad + corrected + conflicting,
    thumbsUp: good,
    thumbsDown: bad,
    pairs: corrected,
    ...counts,
  };
}

export function share(labels: LabelCounts, part: number): LabelCounts {
  return Object.fromEntries(
    Object.entries(labels).map(([name, count]) => [name, count * part]),
  ) as unknown as LabelCounts;
}

/** A version of the prompt that has been in use for all of 30,000 calls, with a part of them. */
function inUse(template: string, part: number, labels: { good: number; rows: number }) {
  const [firstSeenMs, lastSeenMs] = [TO_MS - DAYS * DAY_MS, TO_MS];
  return { template, firstSeenMs, lastSeenMs, calls: 30_000 * part, recentCalls: 7_000 * part, labels };
}

/** One task for each answer. */
export const SCENARIOS = {
  fix_prompt: quiet({
    labels: said({ good: 200, bad: 200 }),
    templates: [
      {
        template: "new",
        firstSeenMs: TO_MS - 9 * DAY_MS,
        lastSeenMs: TO_MS,
        calls: 900,
        recentCalls: 700,
        labels: { good: 30, rows: 160 },
      },
      {
        template: "old",
        firstSeenMs: TO_MS - 30 * DAY_MS,
        lastSeenMs: TO_MS - 9 * DAY_MS,
        calls: 2_100,
        recentCalls: 0,
        labels: { good: 170, rows: 240 },
      },
    ],
    templateCount: 2,
  }),
  add_retrieval: quiet({
    labels: said({ good: 100, bad: 20, corrected: 60 }),
    corrections: { read: 60, addingFacts: 40 },
  }),
  smaller_model: quiet({
    labels: said({ good: 1_480, bad: 120 }),
    models: [
      {
        provider: "openai",
        model: "gpt-4o",
        calls: 2_000,
        costUsdMicrosPerCall: 4_500,
        labels: { good: 740, rows: 800 },
      },
      {
        provider: "openai",
        model: "gpt-4o-mini",
        calls: 1_000,
        costUsdMicrosPerCall: 270,
        labels: { good: 740, rows: 800 },
      },
    ],
  }),
  sft: quiet({ labels: said({ good: 200, bad: 50, corrected: 150 }) }),
  dpo: quiet({ labels: said({ good: 700, bad: 600, corrected: 60, pairs: 560 }) }),
  many_shot: quiet({
    calls: 30_000,
    labels: said({ good: 60, bad: 10, corrected: 40 }),
    templates: [inUse("present", 0.8, { good: 48, rows: 88 }), inUse("trial", 0.2, { good: 12, rows: 22 })],
    templateCount: 2,
  }),
  kto: quiet({ labels: said({ good: 500, bad: 200 }) }),
  not_yet: quiet({ labels: said({ good: 4, bad: 2 }) }),
} satisfies Record<string, TaskFacts>;
