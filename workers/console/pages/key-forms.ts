/** Keys, by forms: made, replaced, revoked (key-acts.ts). What POST, rotate and DELETE of /v1/keys do (keys.ts). */
import { APP_FORM, SCOPES } from "../../../shared/core/keys.ts";
import { readKey } from "../../../shared/store/keys.ts";
import { makeNewKey, replaceKey, revokeKey } from "../key-acts.ts";
import type { PageContext, Session } from "../session.ts";

export type KeyOutcome = { ok: true; text: string; key?: string } | { ok: false; text: string };

type Fields = Record<string, string[]>;
const NAME_CHARS_MAX = 128;
/** How long a key that is replaced still works, in hours: what the form offers. */
export const OVERLAPS = [0, 1, 24, 168] as const;
const HOUR_MS = 3_600_000;

export async function makeByForm(c: PageContext, session: Session, fields: Fields): Promise<KeyOutcome> {
  const app = fields.app?.[0]?.trim() || session.app;
  const name = fields.name?.[0]?.trim() ?? "";
  const scopes = SCOPES.filter((scope) => fields.scope?.includes(scope));
  const until = fields.until?.[0] ?? "";
  // the day is still one on which it works
  const endsAtMs = until === "" ? null : Date.parse(`${until}T00:00:00Z`) + 24 * HOUR_MS;
  if (!APP_FORM.test(app)) return refused(`App: ${app.slice(0, 40)} is not 1 to 32 of a-z 0-9 -.`);
  if (name.length > NAME_CHARS_MAX) return refused(`Name: is over ${NAME_CHARS_MAX} characters.`);
  if (scopes.length === 0) return refused("Scopes: choose one at least.");
  if (endsAtMs !== null && !(endsAtMs > Date.now())) return refused("Until: name a day that is not over, or none.");
  const { row, key } = await makeNewKey(c.env, session, { app, name, scopes, endsAtMs });
  return { ok: true, text: `Key ${row.id} of app ${app}.`, key };
}

export async function replaceByForm(c: PageContext, session: Session, fields: Fields): Promise<KeyOutcome> {
  const row = await readKey(c.env.DB, { app: session.app, id: fields.id?.[0] ?? "" });
  const hours = OVERLAPS.find((one) => String(one) === fields.hours?.[0]);
  const nowMs = Date.now();
  if (row === undefined || hours === undefined) return refused("There is no such key in this app.");
  if (row.endsAtMs !== null && row.endsAtMs <= nowMs) return refused(`Key ${row.id} has ended: make a new one.`);
  const made = await replaceKey(c.env, session, { row, overlapHours: hours });
  const text = `Key ${made.row.id} takes the place of ${row.id}, which works for ${hours} hours more.`;
  return { ok: true, text, key: made.key };
}

export async function revokeByForm(c: PageContext, session: Session, fields: Fields): Promise<KeyOutcome> {
  const id = fields.id?.[0] ?? "";
  if (!(await revokeKey(c.env, session, { app: session.app, id }))) return refused("There is no such key in this app.");
  return { ok: true, text: `Key ${id} is revoked. Every gateway knows within a minute.` };
}

function refused(text: string): KeyOutcome {
  return { ok: false, text };
}
