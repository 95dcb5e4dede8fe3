/** What an app asks its judge to look at: settings and the judge both hold it to this. */
import * as z from "zod";

/** Criteria of one rubric: judges that are asked for more mix them up. */
const CRITERIA_MAX = 8;

export const criterionSchema = z.strictObject({
  /** The key in the judge's reply. */
  name: z.string().regex(/^[a-z][a-z0-9_]{0,31}$/, "is 1 to 32 of a-z 0-9 _, a letter first"),
  /** One line, in the words of the people who know the task. */
  question: z
    .string()
    .min(1)
    .max(300)
    .regex(/^[^\p{Cc}]*$/u, "is one line"),
  weight: z.number().positive().max(100).default(1),
});

/** For the settings of an app. */
export const criteriaSchema = z
  .array(criterionSchema)
  .min(1)
  .max(CRITERIA_MAX)
  .refine((criteria) => new Set(criteria.map(({ name }) => name)).size === criteria.length, "two of one name");
