/** The exchanges of one task in a window, each with its feedback and its verdict. Reads D1 alone. */

import type { Feedback } from "../../shared/core/feedback.ts";
import { RUN_PAGE_ROWS } from "../../shared/core/limits.ts";
import { type ExchangeRow, listExchanges } from "../../shared/store/exchanges.ts";
import { readStandingFeedback } from "../../shared/store/feedback.ts";
import { classOf, type Verdict, verdictOf } from "../../shared/verdict/verdict.ts";

export interface Collected {
  row: ExchangeRow;
  feedback: Feedback[];
  verdict: Verdict;
  /** The class of its verdict. */
  stratum: string;
}

export async function collect(
  d1: D1Database,
  filter: { app: string; task: string; fromMs: number; toMs: number },
): Promise<Collected[]> {
  const collected: Collected[] = [];
  let afterId: string | undefined;
  for (;;) {
    const rows = await listExchanges(d1, { ...filter, afterId, rowsMax: RUN_PAGE_ROWS });
    const last = rows.at(-1);
    if (last === undefined) return collected;
    collected.push(...(await withFeedback(d1, rows)));
    if (rows.length < RUN_PAGE_ROWS) return collected;
    afterId = last.id;
  }
}

async function withFeedback(d1: D1Database, rows: readonly ExchangeRow[]): Promise<Collected[]> {
  const standing = await readStandingFeedback(d1, rows);
  return rows.map((row) => {
    const feedback = standing.get(row.id) ?? [];
    const verdict = verdictOf(feedback);
    return { row, feedback, verdict, stratum: classOf(verdict) };
  });
}
