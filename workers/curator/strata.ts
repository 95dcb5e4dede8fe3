/** What an exchange is drawn as: what people said of it, how long its answer is, and its template. */
import type { Feedback } from "../../shared/core/feedback.ts";
import type { SampledRow } from "../../shared/store/windows.ts";
import { classOf, type VerdictClass, verdictOf } from "../../shared/verdict/verdict.ts";

/** Templates of a task that are strata of their own; rarer ones are one stratum together. */
export const TEMPLATE_STRATA = 8;

/** Tokens up to which an answer is short, and medium: a sentence or two, and a page. */
const SHORT_TOKENS = 100;
const MEDIUM_TOKENS = 500;

/** Of these people spoke outright. */
const SPOKEN: ReadonlySet<string> = new Set<VerdictClass>(["corrected", "good", "bad", "conflicting"]);

/** `good/short/1f2e3d4c5b6a7980`: class of the verdict, length, template. */
export function stratumOf(
  row: SampledRow,
  known: { feedback: readonly Feedback[]; templates: ReadonlySet<string> },
): string {
  const { template } = row;
  const named = template === null ? "none" : known.templates.has(template) ? template : "other";
  return `${classOf(verdictOf(known.feedback))}/${lengthOf(row.outputTokens)}/${named}`;
}

export function isSpokenOf(stratum: string): boolean {
  return SPOKEN.has(stratum.slice(0, stratum.indexOf("/")));
}

function lengthOf(outputTokens: number | null): "unknown" | "short" | "medium" | "long" {
  if (outputTokens === null) return "unknown";
  if (outputTokens <= SHORT_TOKENS) return "short";
  return outputTokens <= MEDIUM_TOKENS ? "medium" : "long";
}
