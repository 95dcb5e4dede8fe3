/** Keys, by forms: made, replaced, revoked. What POST, rotate and DELETE of /v1/keys do (keys.ts), with a line in the audit log. */
import { APP_FORM, makeKey, SCOPES, type Scope } from "../../../shared/core/keys.ts";
import { endKey, insertKey, readKey } from "../../../shared/store/keys.ts";
import { writeAudit } from "../audit.ts";
import { signerOf } from "../authorise.ts";
import type { PageContext, Session } from "../session.ts";

export type KeyOutcome = { ok: true; text: string; key?: string } | { ok: false; text: string };

type Fields = Record<string, string[]>;
const NAME_CHARS_MAX = 128;
/** How long a key that is replaced still works, in hours: what the form offers. */
export const OVERLAPS = [0, 1, 24, 168] as const;
const HOUR_MS = 3_600_000;

interface NewKey {
  app: string;
  name: string;
  scopes: readonly Scope[];
  endsAtMs: number | null;
}

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
  const { id, key } = await make(c, { app, name, scopes, endsAtMs });
  const detail = `for ${app}, ${scopes.join(", ")}${until === "" ? "" : `, until ${until}`}`;
  await writeAudit(c.env.DB, { app: session.app, actor: session.who, act: "made key", target: id, detail });
  return { ok: true, text: `Key ${id} of app ${app}.`, key };
}

export async function replaceByForm(c: PageContext, session: Session, fields: Fields): Promise<KeyOutcome> {
  const row = await readKey(c.env.DB, { app: session.app, id: fields.id?.[0] ?? "" });
  const hours = OVERLAPS.find((one) => String(one) === fields.hours?.[0]);
  const nowMs = Date.now();
  if (row === undefined || hours === undefined) return refused("There is no such key in this app.");
  if (row.endsAtMs !== null && row.endsAtMs <= nowMs) return refused(`Key ${row.id} has ended: make a new one.`);
  const { app, name, scopes } = row;
  const { id, key } = await make(c, { app, name, scopes, endsAtMs: null });
  await endKey(c.env.DB, { app, id: row.id, endsAtMs: nowMs + hours * HOUR_MS });
  const detail = `by ${id}; it works for ${hours} hours more`;
  await writeAudit(c.env.DB, { app, actor: session.who, act: "replaced key", target: row.id, detail });
  return { ok: true, text: `Key ${id} takes the place of ${row.id}, which works for ${hours} hours more.`, key };
}

export async function revokeByForm(c: PageContext, session: Session, fields: Fields): Promise<KeyOutcome> {
  const { app } = session;
  const id = fields.id?.[0] ?? "";
  if (!(await endKey(c.env.DB, { app, id, endsAtMs: Date.now() }))) return refused("There is no such key in this app.");
  await writeAudit(c.env.DB, { app, actor: session.who, act: "revoked key", target: id });
  return { ok: true, text: `Key ${id} is revoked. Every gateway knows within a minute.` };
}

async function make(c: PageContext, { app, name, scopes, endsAtMs }: NewKey): Promise<{ id: string; key: string }> {
  const id = newKeyId();
  const expiry = endsAtMs === null ? {} : { expiresAtMs: endsAtMs };
  const key = await makeKey({ app, keyId: id, scopes, ...expiry }, signerOf(c.env));
  await insertKey(c.env.DB, { id, app, name, scopes, createdAtMs: Date.now(), endsAtMs, key });
  return { id, key };
}

/** 12 characters of base 32: 60 random bits, so that two never meet. */
function newKeyId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => (byte & 31).toString(32)).join("");
}

function refused(text: string): KeyOutcome {
  return { ok: false, text };
}
