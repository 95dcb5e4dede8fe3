/** Keys that were made, in D1. The key itself is kept nowhere: its hash is, so that a lost one can be told by it. */
import { and, asc, eq, gt, isNotNull, isNull, or, sql } from "drizzle-orm";
import { sha256Hex } from "../core/hash.ts";
import type { Scope } from "../core/keys.ts";
import { ENDED_KEYS_MAX, PAGE_ROWS_MAX } from "../core/limits.ts";
import { openDatabase } from "./database.ts";
import { keys } from "./schema.ts";
import { bumpVersion } from "./settings.ts";

export type KeyRow = typeof keys.$inferSelect;

export interface NewKey {
  id: string;
  app: string;
  name: string;
  scopes: readonly Scope[];
  /** The key as it is shown: only its hash is written. */
  key: string;
  createdAtMs: number;
  endsAtMs: number | null;
}

export async function insertKey(d1: D1Database, { key, ...row }: NewKey): Promise<void> {
  const db = openDatabase(d1);
  await db.batch([db.insert(keys).values({ ...row, hash: sha256Hex(key) }), bumpVersion(db)]);
}

export async function listKeys(d1: D1Database, app: string): Promise<KeyRow[]> {
  return openDatabase(d1)
    .select()
    .from(keys)
    .where(eq(keys.app, app))
    .orderBy(asc(keys.createdAtMs))
    .limit(PAGE_ROWS_MAX);
}

/** Apps that keys were made for, and how many of those still work, by name: an app is there as soon as it has a key. */
export async function countKeysByApp(d1: D1Database, nowMs: number): Promise<Map<string, number>> {
  const works = sql<number>`sum(${keys.endsAtMs} is null or ${keys.endsAtMs} > ${nowMs})`;
  const rows = await openDatabase(d1)
    .select({ app: keys.app, working: works })
    .from(keys)
    .groupBy(keys.app)
    .orderBy(asc(keys.app))
    .limit(PAGE_ROWS_MAX);
  return new Map(rows.map(({ app, working }) => [app, working]));
}

export async function readKey(d1: D1Database, where: { app: string; id: string }): Promise<KeyRow | undefined> {
  return openDatabase(d1)
    .select()
    .from(keys)
    .where(and(eq(keys.id, where.id), eq(keys.app, where.app)))
    .get();
}

/** Never later than it ended already. @returns false where there is no such key */
export async function endKey(d1: D1Database, where: { app: string; id: string; endsAtMs: number }): Promise<boolean> {
  if ((await readKey(d1, where)) === undefined) return false;
  const db = openDatabase(d1);
  const lasts = or(isNull(keys.endsAtMs), gt(keys.endsAtMs, where.endsAtMs));
  await db.batch([
    db
      .update(keys)
      .set({ endsAtMs: where.endsAtMs })
      .where(and(eq(keys.id, where.id), eq(keys.app, where.app), lasts)),
    bumpVersion(db),
  ]);
  return true;
}

/** When keys end that end at all, by id: what an isolate must know, as a key verifies itself otherwise. */
export async function readKeyEnds(d1: D1Database): Promise<Map<string, number>> {
  const rows = await openDatabase(d1)
    .select({ id: keys.id, endsAtMs: sql<number>`${keys.endsAtMs}` })
    .from(keys)
    .where(isNotNull(keys.endsAtMs))
    .limit(ENDED_KEYS_MAX);
  return new Map(rows.map(({ id, endsAtMs }) => [id, endsAtMs]));
}
