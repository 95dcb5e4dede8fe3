/**
 * May this feedback be taken? Asked only where a signed id was the permission: a stranger who holds a page's traffic has
 * the ids in it and no more. Where the page stands, and how often per exchange, address and app; nothing here reads D1.
 */
import type { ApiError } from "../../shared/core/api-error.ts";
import { appTag, tagOf } from "../../shared/core/app-tag.ts";
import type { FeedbackEvent } from "../../shared/core/feedback.ts";
import {
  FEEDBACK_ADDRESS_MINUTE_EVENTS_MAX,
  FEEDBACK_APP_MINUTE_EVENTS_MAX,
  FEEDBACK_EXCHANGE_MINUTE_EVENTS_MAX,
} from "../../shared/core/limits.ts";
import type { Refusal } from "./admit.ts";
import type { Isolate } from "./isolate.ts";

export interface FeedbackApplicant {
  events: readonly FeedbackEvent[];
  headers: Headers;
  isolate: Isolate;
}

export async function admitFeedback(applicant: FeedbackApplicant): Promise<Refusal | undefined> {
  const ids = idsOf(applicant.events);
  if (ids.length === 0) return undefined;
  const refused = checkOrigin(applicant, ids);
  return refused === undefined ? checkMinute(applicant, ids) : { error: refused };
}

/** Exchanges that were named by a signed id: a server's key speaks for its own app. */
function idsOf(events: readonly FeedbackEvent[]): string[] {
  return [...new Set(events.flatMap(({ ref, app }) => (app === null && "id" in ref ? [ref.id] : [])))];
}

/** Servers and apps send no origin; a page can't leave it out. */
function checkOrigin({ headers, isolate }: FeedbackApplicant, ids: readonly string[]): ApiError | undefined {
  const origin = headers.get("origin");
  if (origin === null) return undefined;
  const { apps } = isolate.settings;
  for (const tag of new Set(ids.map(tagOf))) {
    const allowed = [...apps].filter(([app]) => appTag(app) === tag).map(([, { origins }]) => origins);
    if (allowed.length === 0 || allowed.some((list) => list.length === 0 || list.includes(origin))) continue;
    return {
      code: "origin_refused",
      message: `pages of ${origin} may not send feedback for this app; add it to \`origins\` with PUT /v1/settings`,
    };
  }
  return undefined;
}

async function checkMinute(
  { headers, isolate }: FeedbackApplicant,
  ids: readonly string[],
): Promise<Refusal | undefined> {
  const address = headers.get("cf-connecting-ip");
  const tags = [...new Set(ids.map(tagOf))];
  const asked = [
    ...(address === null
      ? []
      : [{ key: `feedback:address:${address}`, perMinute: FEEDBACK_ADDRESS_MINUTE_EVENTS_MAX }]),
    ...tags.map((tag) => ({ key: `feedback:app:${tag}`, perMinute: FEEDBACK_APP_MINUTE_EVENTS_MAX })),
    ...ids.map((id) => ({ key: `feedback:exchange:${id}`, perMinute: FEEDBACK_EXCHANGE_MINUTE_EVENTS_MAX })),
  ];
  const taken = await Promise.all(asked.map((one) => isolate.feedbackLimiter.take(one)));
  const at = taken.findIndex((one) => !one.ok);
  const over = taken[at];
  if (over === undefined || over.ok) return undefined;
  const [, what = ""] = asked[at]?.key.split(":") ?? [];
  const message = `more than ${asked[at]?.perMinute} bodies of feedback a minute for one ${what}; send this one again in ${over.retryAfterS} s`;
  return { error: { code: "rate_limited", message }, retryAfterS: over.retryAfterS };
}
