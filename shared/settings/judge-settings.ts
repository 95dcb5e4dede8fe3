/** A judge that an app chooses: which model is asked at night what answers are worth, and for how much money. */
import * as z from "zod";
import { criteriaSchema } from "../core/judge-criteria.ts";
import { JUDGE_ROWS_MAX } from "../core/limits.ts";

export const judgeSettingsSchema = z.strictObject({
  /** A provider's name, as in a call's path. */
  provider: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "is the name of a provider"),
  model: z.string().min(1).max(256),
  /** Ending of the secret, as in `providerKeys`. */
  key: z
    .string()
    .regex(/^[A-Z0-9_]{1,40}$/, "is 1 to 40 of A-Z 0-9 _")
    .optional(),
  /** US dollars of one night. */
  budgetUsd: z.number().positive().max(10_000),
  /** Answers of one night. */
  rowsMax: z.int().min(1).max(JUDGE_ROWS_MAX).default(200),
  /** Left out: all. */
  tasks: z.array(z.string().min(1).max(128)).max(100).optional(),
  /** Left out: winnow's own. */
  rubric: criteriaSchema.optional(),
  /** Dollars for a million tokens, for a model that no price list has. */
  prices: z.strictObject({ inputUsd: z.number().min(0), outputUsd: z.number().min(0) }).optional(),
  /** Model → family, of deployments and fine-tunes whose names say nothing: a judge never judges its own. */
  families: z.record(z.string().max(256), z.string().min(1).max(64)).optional(),
});
export type JudgeSettings = z.infer<typeof judgeSettingsSchema>;
