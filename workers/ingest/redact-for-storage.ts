/** For apps that want it so: personal data and secrets go before anything is written. */
import { appTag, tagOf } from "../../shared/core/app-tag.ts";
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import type { FeedbackEvent } from "../../shared/core/feedback.ts";
import { hashUserId } from "../../shared/core/user-id.ts";
import { redactRecord } from "../../shared/redact/redact-record.ts";
import { makeRedactor } from "../../shared/redact/redactor.ts";
import { DEFAULT_APP_SETTINGS } from "../../shared/settings/app-settings.ts";
import type { HideUsers, SettingsByApp } from "./hide-users.ts";

/** After fingerprints, usage and what was said next have been read from the text as it came. */
export function redactForStorage(record: ExchangeRecord, settings: SettingsByApp): ExchangeRecord {
  const { redaction } = settings.get(record.app) ?? DEFAULT_APP_SETTINGS;
  return redaction.at === "storage" ? redactRecord(record, makeRedactor(redaction)) : record;
}

/**
 * Whoever has but a signed id does not say of which app it is: the tag in the id tells of which it may be. An actor whose plain
 * name is private becomes a keyed hash: without a name of its own its word would be another one's.
 */
export async function redactEvent(event: FeedbackEvent, { settings, signer }: HideUsers): Promise<FeedbackEvent> {
  for (const [app, { redaction }] of settings) {
    if (redaction.at !== "storage" || !mayBeOf(event, app)) continue;
    const { text, actor } = event;
    const isPrivate = makeRedactor(redaction).text(actor) !== actor;
    return {
      ...event,
      text: text === null ? null : makeRedactor(redaction).text(text),
      actor: isPrivate ? await hashUserId(actor, signer) : actor,
    };
  }
  return event;
}

function mayBeOf({ app, ref }: FeedbackEvent, candidate: string): boolean {
  if (app !== null) return app === candidate;
  return "id" in ref && tagOf(ref.id) === appTag(candidate);
}
