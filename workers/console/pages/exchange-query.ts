/** The filters of the list of exchanges, as they stand in its address: read leniently, written back the same. */

import { SENT_KINDS } from "../../../shared/core/feedback.ts";
import { isUuidV7 } from "../../../shared/core/ids.ts";
import type { MacSigner } from "../../../shared/core/mac.ts";
import { hashUserId } from "../../../shared/core/user-id.ts";
import { VERDICT_CLASSES } from "../../../shared/verdict/verdict.ts";
import type { Wanted } from "./find-exchanges.ts";

export const FILTERS = ["task", "model", "user", "session", "verdict", "feedback", "text", "since", "until"] as const;
export type FilterName = (typeof FILTERS)[number];
export type Query = Partial<Record<FilterName | "after", string>>;

export const FEEDBACK_CHOICES = ["any", ...SENT_KINDS, "next", "review"] as const;
const CHARS_MAX = 300;

/** What is empty or too long is left out. */
export function readFilters(params: Record<string, string>): Query {
  const query: Query = {};
  for (const name of [...FILTERS, "after"] as const) {
    const value = params[name]?.trim();
    if (value && value.length <= CHARS_MAX) query[name] = value;
  }
  return query;
}

/** Problems name the field: a filter that cannot be read filters nothing. */
export async function wantedOf(
  query: Query,
  { app, nowMs, signer }: { app: string; nowMs: number; signer: MacSigner },
): Promise<{ wanted: Wanted; problems: string[] }> {
  const problems: string[] = [];
  const timeOf = (name: "since" | "until", otherwise: number) => {
    const value = query[name];
    if (value === undefined) return otherwise;
    const ms = Date.parse(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(value) ? `${value}Z` : value);
    if (Number.isNaN(ms)) problems.push(`${name}: ${value} is not a time such as 2026-11-23T00:00`);
    return Number.isNaN(ms) ? otherwise : ms;
  };
  const verdict = VERDICT_CLASSES.find((one) => one === query.verdict);
  if (query.verdict !== undefined && verdict === undefined) problems.push(`verdict: ${query.verdict} is none`);
  const feedback = FEEDBACK_CHOICES.find((one) => one === query.feedback);
  if (query.feedback !== undefined && feedback === undefined) problems.push(`feedback: ${query.feedback} is none`);
  const { task, session, model, text, user, after } = query;
  const wanted: Wanted = {
    ...{ app, task, session, model, verdict, feedback, text },
    users: user === undefined ? undefined : [user, await hashUserId(user, signer)],
    fromMs: timeOf("since", 0),
    toMs: timeOf("until", nowMs + CLOCK_MS),
    afterId: after !== undefined && isUuidV7(after) ? after : undefined,
  };
  return { wanted, problems };
}

/** How far the clock that made an id may be ahead. */
const CLOCK_MS = 24 * 3_600_000;

/** The address of the list with these filters. */
export function listPath(query: Query): string {
  const params = new URLSearchParams(Object.entries(query).filter((entry): entry is [string, string] => !!entry[1]));
  const text = params.toString();
  return `/console/exchanges${text === "" ? "" : `?${text}`}`;
}
