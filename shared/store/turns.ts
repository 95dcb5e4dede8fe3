/** Exchanges as turns of conversations: which goes on from which (shared/split/conversations.ts). */
import { and, asc, sql } from "drizzle-orm";
import type { ExchangeId } from "../core/ids.ts";
import { INSERT_ROWS_MAX, TURN_PAGE_ROWS } from "../core/limits.ts";
import type { Turn } from "../split/conversations.ts";
import { openDatabase } from "./database.ts";
import { exchanges } from "./schema.ts";
import { inWindow, type WindowFilter } from "./windows.ts";

const { id, session, conversation, turn, responseId, follows, next, user, outcome } = exchanges;
const TURN_COLUMNS = { id, session, conversation, turn, responseId, follows, next, user, outcome };

/** Of a window, in the order of their ids. */
export async function listTurns(d1: D1Database, filter: WindowFilter): Promise<Turn[]> {
  const database = openDatabase(d1);
  const turns: Turn[] = [];
  for (let afterId: ExchangeId | undefined; ; afterId = turns.at(-1)?.id) {
    const page = await database
      .select(TURN_COLUMNS)
      .from(exchanges)
      .where(inWindow({ ...filter, afterId }))
      .orderBy(asc(id))
      .limit(TURN_PAGE_ROWS);
    turns.push(...page);
    if (page.length < TURN_PAGE_ROWS) return turns;
  }
}

/** Exchanges that end with one of these turns or response ids. Reads all rows of the time, as there is no index. */
export async function findTurns(
  d1: D1Database,
  options: { app: string; fromMs: number; toMs: number; keys: readonly string[] },
): Promise<Turn[]> {
  const { app, fromMs, toMs } = options;
  const keys = sql`(select value from json_each(${JSON.stringify(options.keys)}))`;
  return openDatabase(d1)
    .select(TURN_COLUMNS)
    .from(exchanges)
    .where(and(inWindow({ app, task: null, fromMs, toMs }), sql`(${turn} in ${keys} or ${responseId} in ${keys})`))
    .orderBy(asc(id));
}

/** Writes the conversations of these exchanges; a row written for each. */
export async function setConversations(d1: D1Database, found: ReadonlyMap<ExchangeId, string>): Promise<void> {
  const update = d1.prepare(`update exchanges set conversation = found.value ->> 1 from json_each(?1) as found
    where exchanges.id = found.value ->> 0`);
  const all = [...found];
  for (let at = 0; at < all.length; at += INSERT_ROWS_MAX) {
    await update.bind(JSON.stringify(all.slice(at, at + INSERT_ROWS_MAX))).run();
  }
}
