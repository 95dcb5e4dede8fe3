/**
 * What a judge is asked to look at. The default has a version; an app's own criteria are versioned by what they say, so
 * that a changed word asks everything anew.
 */
import type * as z from "zod";
import { fingerprint } from "../core/hash.ts";
import { canonicalJson } from "../core/json.ts";
import { criteriaSchema, type criterionSchema } from "../core/judge-criteria.ts";

export type Criterion = z.infer<typeof criterionSchema>;

export interface Rubric {
  version: string;
  criteria: readonly Criterion[];
}

/**
 * Four questions that hold for any task. Politeness and length are not among them, on purpose: both are what judges and
 * thumbs already reward too much.
 */
export const DEFAULT_RUBRIC: Rubric = {
  version: "winnow.rubric.1",
  criteria: [
    {
      name: "correct",
      question: "Is everything it states true and consistent with the conversation, without inventions?",
      weight: 3,
    },
    { name: "follows", question: "Does it do what was asked, within the limits that were set?", weight: 3 },
    { name: "complete", question: "Is nothing missing that the user needs, and nothing padded?", weight: 2 },
    { name: "form", question: "Has it the form that the conversation asks for (language, format, length)?", weight: 1 },
  ],
};

/** @throws ZodError when the criteria are not of the form */
export function rubricOf(criteria: unknown): Rubric {
  if (criteria === undefined || criteria === null) return DEFAULT_RUBRIC;
  const parsed = criteriaSchema.parse(criteria);
  return { version: `own.${fingerprint(canonicalJson(parsed))}`, criteria: parsed };
}
