/** What is kept of a user, by the names under which it may be. Reads whole tables: there is no index on users. */
import { and, asc, eq, gt, inArray, or } from "drizzle-orm";
import type { ExchangeId } from "../core/ids.ts";
import { openDatabase } from "./database.ts";
import type { ExchangeRow } from "./exchanges.ts";
import { exchanges, feedback } from "./schema.ts";

export async function listExchangesOf(
  d1: D1Database,
  { app, names, after, rowsMax }: { app: string; names: readonly string[]; after: ExchangeId; rowsMax: number },
): Promise<ExchangeRow[]> {
  return openDatabase(d1)
    .select()
    .from(exchanges)
    .where(and(eq(exchanges.app, app), inArray(exchanges.user, [...names]), gt(exchanges.id, after)))
    .orderBy(asc(exchanges.id))
    .limit(rowsMax);
}

/** What the user said, of whichever exchange. */
export async function listWordsOf(d1: D1Database, { app, names }: { app: string; names: readonly string[] }) {
  return openDatabase(d1)
    .select()
    .from(feedback)
    .where(and(inArray(feedback.actor, [...names]), or(eq(feedback.app, app), eq(feedback.app, ""))))
    .orderBy(asc(feedback.exchangeId), asc(feedback.kind));
}
