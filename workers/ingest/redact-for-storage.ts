/** For apps that want it so: personal data and secrets go before anything is written. */
import { appTag, tagOf } from "../../shared/core/app-tag.ts";
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import type { FeedbackEvent } from "../../shared/core/feedback.ts";
import { redactRecord } from "../../shared/redact/redact-record.ts";
import { makeRedactor } from "../../shared/redact/redactor.ts";
import { type AppSettings, DEFAULT_APP_SETTINGS } from "../../shared/settings/app-settings.ts";

type SettingsByApp = ReadonlyMap<string, AppSettings>;

/** After fingerprints, usage and what was said next have been read from the text as it came. */
export function redactForStorage(record: ExchangeRecord, settings: SettingsByApp): ExchangeRecord {
  const { redaction } = settings.get(record.app) ?? DEFAULT_APP_SETTINGS;
  return redaction.at === "storage" ? redactRecord(record, makeRedactor(redaction)) : record;
}

/** Whoever has but a signed id does not say of which app it is: the tag in the id tells of which it may be. */
export function redactEvent(event: FeedbackEvent, settings: SettingsByApp): FeedbackEvent {
  if (event.text === null) return event;
  for (const [app, { redaction }] of settings) {
    if (redaction.at === "storage" && mayBeOf(event, app)) {
      return { ...event, text: makeRedactor(redaction).text(event.text) };
    }
  }
  return event;
}

function mayBeOf({ app, ref }: FeedbackEvent, candidate: string): boolean {
  if (app !== null) return app === candidate;
  return "id" in ref && tagOf(ref.id) === appTag(candidate);
}
