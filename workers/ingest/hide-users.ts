/** Before anything is written: users become keyed hashes, in the row, in the body and in feedback. */
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import { type FeedbackEvent, REVIEWER } from "../../shared/core/feedback.ts";
import type { MacSigner } from "../../shared/core/mac.ts";
import { hashUserId } from "../../shared/core/user-id.ts";
import { renameUser } from "../../shared/parse/identity.ts";
import { type AppSettings, DEFAULT_APP_SETTINGS } from "../../shared/settings/app-settings.ts";

export type SettingsByApp = ReadonlyMap<string, AppSettings>;

export interface HideUsers {
  settings: SettingsByApp;
  signer: MacSigner;
}

export async function hideUser(record: ExchangeRecord, { settings, signer }: HideUsers): Promise<ExchangeRecord> {
  if (isPlain(settings, record.app)) return record;
  const hash = (user: string) => hashUserId(user, signer);
  return {
    ...record,
    user: record.user === null ? null : await hash(record.user),
    request: await renameUser(record.request, hash),
  };
}

/** Feedback from a browser does not say of which app it is: its actors are hidden in any case. Who reviews is no user. */
export async function hideActor(event: FeedbackEvent, { settings, signer }: HideUsers): Promise<FeedbackEvent> {
  if (event.actor === "" || event.actor.startsWith(REVIEWER) || (event.app !== null && isPlain(settings, event.app)))
    return event;
  return { ...event, actor: await hashUserId(event.actor, signer) };
}

function isPlain(settings: SettingsByApp, app: string): boolean {
  return (settings.get(app) ?? DEFAULT_APP_SETTINGS).userIds === "plain";
}
