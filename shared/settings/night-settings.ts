/** What an app sets of its nights: how rows are chosen, and when a batch is held. What is left out keeps its default. */
import * as z from "zod";
import { RUN_BUDGET_ROWS_MAX, RUN_NIGHT_BUDGET_ROWS_MAX } from "../core/limits.ts";
import { DEFAULT_SETTINGS, type RunSettings } from "../core/run.ts";

const shareSchema = z.number().gt(0).max(1);

/** As in RunSettings (shared/core/run.ts). */
export const nightSettingsSchema = z.strictObject({
  budget: z.int().min(1).max(RUN_BUDGET_ROWS_MAX).optional(),
  nightBudget: z.int().min(1).max(RUN_NIGHT_BUDGET_ROWS_MAX).optional(),
  auditShare: z.number().min(0).max(1).optional(),
  pGoodMin: z.number().min(0.5).max(1).optional(),
  userShareMax: shareSchema.optional(),
  sessionShareMax: shareSchema.optional(),
  templateShareMax: shareSchema.optional(),
  clusterShareMax: shareSchema.optional(),
  checks: z.record(z.string().max(64), z.boolean()).optional(),
});
export type NightSettings = z.infer<typeof nightSettingsSchema>;

/** Over the defaults of shared/guard: thresholds.ts tells of each, stop-rule.ts of the two minima. */
export const guardSettingsSchema = z.strictObject({
  margins: z.record(z.string().max(64), z.number().min(0).max(10)).optional(),
  tailCoverageMin: z.number().min(0).max(1).optional(),
  deepSelfWrittenShareMax: z.number().min(0).max(1).optional(),
  groundedKeptMin: z.number().min(0).max(1).optional(),
  modelPromptShareMax: z.number().min(0).max(1).optional(),
  newRowsMin: z.int().min(1).max(RUN_BUDGET_ROWS_MAX).optional(),
  groundedRowsMin: z.int().min(0).max(RUN_BUDGET_ROWS_MAX).optional(),
});
export type GuardSettings = z.infer<typeof guardSettingsSchema>;

/** The defaults, what the app has set over them, and what this one run was given over that. */
export function runSettings(...over: readonly NightSettings[]): RunSettings {
  const settings: RunSettings = { ...DEFAULT_SETTINGS, checks: { ...DEFAULT_SETTINGS.checks } };
  for (const { checks, ...numbers } of over) {
    Object.assign(settings.checks, checks);
    for (const [name, value] of Object.entries(numbers))
      if (value !== undefined) Object.assign(settings, { [name]: value });
  }
  return settings;
}
