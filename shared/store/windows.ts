/** The exchanges of a run's window, as far as it takes to plan the night. */
import { and, asc, desc, eq, gte, inArray, isNotNull, lt, lte, type SQL, sql } from "drizzle-orm";
import type { FeedbackKind } from "../core/feedback.ts";
import { type ExchangeId, idLowerBound, idTimeMs } from "../core/ids.ts";
import { openDatabase } from "./database.ts";
import type { ExchangeRow } from "./exchanges.ts";
import { type IdRange, inIdRange } from "./id-range.ts";
import { exchanges, feedback } from "./schema.ts";

const { id, app, task, user, session, conversation, template, prompt, outputTokens, segmentLength } = exchanges;

export interface WindowFilter extends IdRange {
  app: string | null;
  task: string | null;
}

export function inWindow(filter: WindowFilter): SQL | undefined {
  const conditions = [inIdRange(filter)];
  if (filter.app !== null) conditions.push(eq(exchanges.app, filter.app));
  if (filter.task !== null) conditions.push(eq(exchanges.task, filter.task));
  return and(...conditions);
}

/** The time at which a window holds `rowsMax` exchanges; undefined when it holds no more than that. */
export async function windowCutMs(
  d1: D1Database,
  filter: WindowFilter & { rowsMax: number },
): Promise<number | undefined> {
  const row = await openDatabase(d1)
    .select({ id: exchanges.id })
    .from(exchanges)
    .where(inWindow(filter))
    .orderBy(asc(exchanges.id))
    .limit(1)
    .offset(filter.rowsMax)
    .get();
  return row && idTimeMs(row.id);
}

/** The tasks in a window, in the order of their names. */
export async function tasksInWindow(d1: D1Database, filter: WindowFilter): Promise<{ app: string; task: string }[]> {
  return openDatabase(d1)
    .selectDistinct({ app: exchanges.app, task: exchanges.task })
    .from(exchanges)
    .where(inWindow(filter))
    .orderBy(asc(exchanges.app), asc(exchanges.task));
}

const SAMPLED_COLUMNS = { id, app, task, user, session, conversation, template, prompt, outputTokens, segmentLength };
export type SampledRow = Pick<ExchangeRow, keyof typeof SAMPLED_COLUMNS>;

/** Of a window, as far as it takes to draw from it, a page at a time in the order of their ids. */
export async function listSampled(d1: D1Database, filter: WindowFilter & { rowsMax: number }): Promise<SampledRow[]> {
  return openDatabase(d1)
    .select(SAMPLED_COLUMNS)
    .from(exchanges)
    .where(inWindow(filter))
    .orderBy(asc(id))
    .limit(filter.rowsMax);
}

/** Of each task in a window, the templates with the most exchanges. */
export async function commonTemplates(
  d1: D1Database,
  filter: WindowFilter & { rowsMax: number },
): Promise<Map<string, ReadonlySet<string>>> {
  const db = openDatabase(d1);
  const counted = db
    .select({
      task: sql<string>`${task}`.as("task"),
      template: sql<string>`${template}`.as("template"),
      place: sql<number>`row_number() over (partition by ${task} order by count(*) desc, ${template})`.as("place"),
    })
    .from(exchanges)
    .where(and(inWindow(filter), isNotNull(template)))
    .groupBy(task, template)
    .as("counted");
  const rows = await db.select().from(counted).where(lte(counted.place, filter.rowsMax));
  return new Map(
    [...Map.groupBy(rows, (row) => row.task)].map(([one, own]) => [one, new Set(own.map((row) => row.template))]),
  );
}

/** The newest exchanges of which people spoke outright, in the order of their ids. */
export async function listSpokenOf(
  d1: D1Database,
  filter: { app: string; fromMs: number; toMs: number; kinds: readonly FeedbackKind[]; rowsMax: number },
): Promise<ExchangeRow[]> {
  const { kinds, rowsMax, ...window } = filter;
  const said = openDatabase(d1)
    .selectDistinct({ exchangeId: feedback.exchangeId })
    .from(feedback)
    .where(
      and(
        gte(feedback.exchangeId, idLowerBound(window.fromMs) as ExchangeId),
        lt(feedback.exchangeId, idLowerBound(window.toMs) as ExchangeId),
        inArray(feedback.kind, [...kinds]),
      ),
    );
  const rows = await openDatabase(d1)
    .select()
    .from(exchanges)
    .where(and(inWindow({ ...window, task: null }), inArray(id, said)))
    .orderBy(desc(id))
    .limit(rowsMax);
  return rows.reverse();
}
