/** How far an app's bodies and rows have been let go by their age: ids are in the order of time, so a mark is an id. */
import { and, asc, eq, gt, lt } from "drizzle-orm";
import type { ExchangeId } from "../core/ids.ts";
import { openDatabase } from "./database.ts";
import { exchanges, retention } from "./schema.ts";

export type Retention = typeof retention.$inferSelect;

export async function readRetention(d1: D1Database, app: string): Promise<Retention> {
  const row = await openDatabase(d1).select().from(retention).where(eq(retention.app, app)).get();
  return row ?? { app, bodiesTo: "", rowsTo: "" };
}

export async function keepRetention(d1: D1Database, marks: Retention): Promise<void> {
  const { app, ...set } = marks;
  await openDatabase(d1).insert(retention).values(marks).onConflictDoUpdate({ target: retention.app, set });
}

export interface Aged {
  id: ExchangeId;
  segment: string;
}

/** The oldest first. */
export async function agedRows(
  d1: D1Database,
  { app, after, before, rowsMax }: { app: string; after: string; before: string; rowsMax: number },
): Promise<Aged[]> {
  const { id, segment } = exchanges;
  return openDatabase(d1)
    .select({ id, segment })
    .from(exchanges)
    .where(and(eq(exchanges.app, app), gt(id, after as ExchangeId), lt(id, before as ExchangeId)))
    .orderBy(asc(id))
    .limit(rowsMax);
}

/** Numbers alone, from now on. */
export async function markBodiless(d1: D1Database, ids: readonly string[]): Promise<void> {
  await d1
    .prepare("update exchanges set capture = 'metadata' where id in (select value from json_each(?1))")
    .bind(JSON.stringify(ids))
    .run();
}
