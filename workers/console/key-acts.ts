/** Keys made, replaced and revoked, by a form or over the API: the act, and its line in the audit log. */
import { makeKey, type Scope } from "../../shared/core/keys.ts";
import { endKey, insertKey, type KeyRow } from "../../shared/store/keys.ts";
import { type Actor, writeAudit } from "./audit.ts";
import { type ConsoleContext, signerOf } from "./authorise.ts";

export interface WantedKey {
  app: string;
  name: string;
  scopes: readonly Scope[];
  /** null: never. A key tells whole seconds. */
  endsAtMs: number | null;
}

export interface MadeKey {
  /** Shown this once. */
  key: string;
  row: Omit<KeyRow, "hash">;
}

type Env = ConsoleContext["Bindings"];
const HOUR_MS = 3_600_000;

export async function makeNewKey(env: Env, actor: Actor, wanted: WantedKey): Promise<MadeKey> {
  const made = await make(env, wanted);
  const { id, app, scopes, endsAtMs } = made.row;
  const until = endsAtMs === null ? "" : `, until ${new Date(endsAtMs).toISOString()}`;
  const detail = `for ${app}, ${scopes.join(", ")}${until}`;
  await writeAudit(env.DB, { app: actor.app, actor: actor.who, act: "made key", target: id, detail });
  return made;
}

/** Another one like it; the old one still works for so long. */
export async function replaceKey(
  env: Env,
  actor: Actor,
  { row, overlapHours }: { row: KeyRow; overlapHours: number },
): Promise<MadeKey> {
  const { app, name, scopes } = row;
  const made = await make(env, { app, name, scopes, endsAtMs: null });
  await endKey(env.DB, { app, id: row.id, endsAtMs: Date.now() + overlapHours * HOUR_MS });
  const detail = `by ${made.row.id}; it works for ${overlapHours} hours more${ofOther(app, actor)}`;
  await writeAudit(env.DB, { app: actor.app, actor: actor.who, act: "replaced key", target: row.id, detail });
  return made;
}

/** @returns false where there is no such key */
export async function revokeKey(env: Env, actor: Actor, { app, id }: Pick<KeyRow, "app" | "id">): Promise<boolean> {
  if (!(await endKey(env.DB, { app, id, endsAtMs: Date.now() }))) return false;
  const detail = ofOther(app, actor).slice(2);
  await writeAudit(env.DB, { app: actor.app, actor: actor.who, act: "revoked key", target: id, detail });
  return true;
}

function ofOther(app: string, actor: Actor): string {
  return app === actor.app ? "" : `, of app ${app}`;
}

async function make(env: Env, { app, name, scopes, endsAtMs: wantedMs }: WantedKey): Promise<MadeKey> {
  const id = newKeyId();
  const endsAtMs = wantedMs === null ? null : Math.floor(wantedMs / 1_000) * 1_000;
  const key = await makeKey(
    { app, keyId: id, scopes, ...(endsAtMs !== null && { expiresAtMs: endsAtMs }) },
    signerOf(env),
  );
  const row = { id, app, name, scopes, createdAtMs: Date.now(), endsAtMs };
  await insertKey(env.DB, { ...row, key });
  return { key, row };
}

/** 12 characters of base 32: 60 random bits, so that two never meet. */
function newKeyId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => (byte & 31).toString(32)).join("");
}
