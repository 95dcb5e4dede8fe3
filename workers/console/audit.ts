/**
 * The audit log: who signed in, who changed what, who took which file. Written with the act, whether a page's form or a key over
 * the API asked for it (key-acts.ts, change-settings.ts, release-batch.ts, runs.ts), and read by admins.
 */
import { and, desc, eq, lt } from "drizzle-orm";
import { makeUuidV7 } from "../../shared/core/ids.ts";
import type { KeyClaims } from "../../shared/core/keys.ts";
import { openDatabase } from "../../shared/store/database.ts";
import { audit } from "../../shared/store/schema.ts";

export const ACTS = [
  "signed in",
  "signed out",
  "made key",
  "replaced key",
  "revoked key",
  "changed settings",
  "took file",
  "released a batch",
  "started a run",
  "erased an exchange",
  "erased a user",
  "rebuilt the index",
] as const;
export type Act = (typeof ACTS)[number];

export type AuditRow = typeof audit.$inferSelect;

/** Somebody with a session, or a key over the API. */
export interface Actor {
  app: string;
  /** For people's eyes: `key k1`, `ann@example.com`. */
  who: string;
}

export function actorOf({ app, keyId }: KeyClaims): Actor {
  return { app, who: `key ${keyId}` };
}

export interface Acted {
  app: string;
  actor: string;
  act: Act;
  target?: string;
  detail?: string;
}

const DETAIL_CHARS_MAX = 2_000;

export async function writeAudit(d1: D1Database, { app, actor, act, target = "", detail = "" }: Acted): Promise<void> {
  const id = makeUuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  const row = { id, app, actor, act, target, detail: detail.slice(0, DETAIL_CHARS_MAX) };
  await openDatabase(d1).insert(audit).values(row);
}

/** Newest first; rows of other apps are read and left out. */
export async function listAudit(
  d1: D1Database,
  { app, beforeId, rowsMax }: { app: string; beforeId: string | undefined; rowsMax: number },
): Promise<AuditRow[]> {
  return openDatabase(d1)
    .select()
    .from(audit)
    .where(and(eq(audit.app, app), beforeId === undefined ? undefined : lt(audit.id, beforeId)))
    .orderBy(desc(audit.id))
    .limit(rowsMax);
}
