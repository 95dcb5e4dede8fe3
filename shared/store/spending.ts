/** What apps used, by UTC day: the accounting that daily limits look at. */
import { eq } from "drizzle-orm";
import { SETTINGS_APPS_MAX } from "../core/limits.ts";
import { openDatabase } from "./database.ts";
import { spending } from "./schema.ts";

export interface Spent {
  /** Input and output. */
  tokens: number;
  costUsdMicros: number;
}

/** `2026-11-23`, in UTC. */
export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

export async function readSpending(d1: D1Database, day: string): Promise<Map<string, Spent>> {
  const rows = await openDatabase(d1).select().from(spending).where(eq(spending.day, day)).limit(SETTINGS_APPS_MAX);
  return new Map(
    rows.map((row) => [row.app, { tokens: row.inputTokens + row.outputTokens, costUsdMicros: row.costUsdMicros }]),
  );
}
