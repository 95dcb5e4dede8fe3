/** What was erased, in D1: so that it stays out, and so that an erasure that was stopped goes on. */
import { and, asc, eq, isNull } from "drizzle-orm";
import type { ErasureState } from "../core/erasure.ts";
import { fingerprint } from "../core/hash.ts";
import type { ExchangeId } from "../core/ids.ts";
import { openDatabase } from "./database.ts";
import { erased, erasures } from "./schema.ts";

export type Erasure = typeof erasures.$inferSelect;

/** Again for the same id: nothing. */
export async function openErasure(d1: D1Database, erasure: Erasure): Promise<void> {
  await openDatabase(d1).insert(erasures).values(erasure).onConflictDoNothing();
}

export async function readErasure(d1: D1Database, of: { app: string; id: string }): Promise<Erasure | undefined> {
  return openDatabase(d1)
    .select()
    .from(erasures)
    .where(and(eq(erasures.id, of.id), eq(erasures.app, of.app)))
    .get();
}

export async function erasureOf(
  d1: D1Database,
  of: Pick<Erasure, "app" | "kind" | "subject">,
): Promise<Erasure | undefined> {
  return openDatabase(d1)
    .select()
    .from(erasures)
    .where(and(eq(erasures.app, of.app), eq(erasures.kind, of.kind), eq(erasures.subject, of.subject)))
    .limit(1)
    .get();
}

/** The oldest that is not done. */
export async function nextErasure(d1: D1Database): Promise<Erasure | undefined> {
  return openDatabase(d1)
    .select()
    .from(erasures)
    .where(isNull(erasures.doneAtMs))
    .orderBy(asc(erasures.id))
    .limit(1)
    .get();
}

export async function keepErasure(
  d1: D1Database,
  { id, state, doneAtMs }: { id: string; state: ErasureState; doneAtMs: number | null },
): Promise<void> {
  await openDatabase(d1).update(erasures).set({ state, doneAtMs }).where(eq(erasures.id, id));
}

export async function markErased(
  d1: D1Database,
  { ids, erasure }: { ids: readonly string[]; erasure: string },
): Promise<void> {
  await d1
    .prepare("insert or ignore into erased (exchange_id, erasure) select value, ?2 from json_each(?1)")
    .bind(JSON.stringify(ids), erasure)
    .run();
}

/**
 * What stands among the erased for another name of an exchange, `responseId:…`, `requestId:…` or `turn:…`: words that name it so
 * stay out too, and nobody reads the name.
 */
export function otherName(app: string, name: string): string {
  return `name:${fingerprint(`${app}\0${name}`)}`;
}

/** Exchanges, and their other names. */
export async function erasedBy(d1: D1Database, erasure: string): Promise<Set<string>> {
  const rows = await openDatabase(d1).select({ id: erased.exchangeId }).from(erased).where(eq(erased.erasure, erasure));
  return new Set(rows.map(({ id }) => id as string));
}

/** What went by its age need not be kept out: nobody sends it again. */
export async function forgetErased(d1: D1Database, erasure: string): Promise<void> {
  await openDatabase(d1).delete(erased).where(eq(erased.erasure, erasure));
}

/** Of these exchanges and other names, those that were erased. */
export async function erasedAmong(d1: D1Database, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { results } = await d1
    .prepare("select exchange_id from erased where exchange_id in (select value from json_each(?1))")
    .bind(JSON.stringify(ids))
    .all<{ exchange_id: ExchangeId }>();
  return new Set(results.map((row) => row.exchange_id));
}

/** Erased users of all apps, as `<app> <hash>`, with the time until which their exchanges go. */
export async function erasedUsers(d1: D1Database): Promise<Map<string, number>> {
  const rows = await openDatabase(d1)
    .select({ app: erasures.app, subject: erasures.subject, atMs: erasures.atMs })
    .from(erasures)
    .where(eq(erasures.kind, "user"))
    .orderBy(asc(erasures.atMs));
  return new Map(rows.map(({ app, subject, atMs }) => [`${app} ${subject}`, atMs]));
}
