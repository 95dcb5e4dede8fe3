/** Which rows of which batches exchanges have made: what feedback that comes later is held against. */
import { and, asc, eq, sql } from "drizzle-orm";
import { type ExchangeId, idLowerBound } from "../core/ids.ts";
import { openDatabase } from "./database.ts";
import { examples } from "./schema.ts";

export type ExampleRow = typeof examples.$inferSelect;

/** Bound parameters: D1 takes a hundred a statement, and a row has thirteen. */
const ROWS_A_WRITE = 7;
const IDS_A_READ = 500;

/** In the order of exchange and file. */
export async function readExamples(
  d1: D1Database,
  options: { app: string; ids: readonly string[] },
): Promise<ExampleRow[]> {
  const { app, ids } = options;
  const found: ExampleRow[] = [];
  for (let at = 0; at < ids.length; at += IDS_A_READ) {
    const some = JSON.stringify(ids.slice(at, at + IDS_A_READ));
    const rows = await openDatabase(d1)
      .select()
      .from(examples)
      .where(and(eq(examples.app, app), sql`${examples.exchangeId} in (select value from json_each(${some}))`))
      .orderBy(asc(examples.exchangeId), asc(examples.file));
    found.push(...rows);
  }
  return found;
}

/** As idLowerBound of `checked_at_ms`, in SQL. */
const CHECKED_BOUND =
  "substr(printf('%012x', e.checked_at_ms), 1, 8) || '-' || substr(printf('%012x', e.checked_at_ms), 9)";

function saidOf(column: "e.exchange_id" | "e.rejected_id"): string {
  return `select e.exchange_id as exchangeId, e.task as task from examples e
    join feedback f on f.exchange_id = ${column}
    where e.app = ?1 and e.exchange_id >= ?2 and (?3 is null or e.task = ?3) and (f.app = '' or f.app = e.app)
      and f.event_id >= ${CHECKED_BOUND} and f.event_id < ?4`;
}

export interface LateFilter {
  app: string;
  /** null: all. */
  task: string | null;
  /** Exchanges from then on. */
  fromMs: number;
  /** Feedback received until then. */
  toMs: number;
  rowsMax: number;
}

/** Exchanges that made rows, and of which, or of whose rejected answer, somebody said something since; the oldest first. */
export async function lateExchanges(
  d1: D1Database,
  filter: LateFilter,
): Promise<{ exchangeId: ExchangeId; task: string }[]> {
  const { app, task, fromMs, toMs, rowsMax } = filter;
  const { results } = await d1
    .prepare(`${saidOf("e.exchange_id")} union ${saidOf("e.rejected_id")} order by 1 limit ?5`)
    .bind(app, idLowerBound(fromMs), task, idLowerBound(toMs), rowsMax)
    .all<{ exchangeId: ExchangeId; task: string }>();
  return results;
}

/** Can be written again: the same rows make the same. */
export async function writeExamples(d1: D1Database, rows: readonly ExampleRow[]): Promise<void> {
  const db = openDatabase(d1);
  for (let at = 0; at < rows.length; at += ROWS_A_WRITE) {
    await db
      .insert(examples)
      .values(rows.slice(at, at + ROWS_A_WRITE))
      .onConflictDoUpdate({
        target: [examples.app, examples.exchangeId, examples.file],
        set: {
          exampleId: sql`excluded.example_id`,
          version: sql`excluded.version`,
          task: sql`excluded.task`,
          batch: sql`excluded.batch`,
          hash: sql`excluded.hash`,
          stratum: sql`excluded.stratum`,
          inclusionProbability: sql`excluded.inclusion_probability`,
          checkedAtMs: sql`excluded.checked_at_ms`,
          retractedBy: sql`excluded.retracted_by`,
          rejectedId: sql`excluded.rejected_id`,
        },
      });
  }
}
