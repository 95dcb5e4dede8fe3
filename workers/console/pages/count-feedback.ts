/** What people said of an app's calls in a time: how many calls, of which task and model, and what it comes to. */
import { type ExchangeId, idLowerBound } from "../../../shared/core/ids.ts";
import type { ExchangeRow } from "../../../shared/store/exchanges.ts";
import { readStandingFeedback } from "../../../shared/store/feedback.ts";
import { classOf, type VerdictClass, verdictOf } from "../../../shared/verdict/verdict.ts";
import type { CallFilter, Steps } from "./count-calls.ts";

/** Exchanges with feedback that are judged for one page; of more, the newest. */
export const JUDGED_MAX = 5_000;

export interface SpokenOf {
  id: ExchangeId;
  task: string;
  model: string | null;
  class: VerdictClass;
}

export interface FeedbackCount {
  spoken: SpokenOf[];
  /** More were there than were judged. */
  isCut: boolean;
}

const SPOKEN = `select e.id as id, e.app as app, e.user as user, e.task as task, e.model as model
 from (select distinct exchange_id from feedback where exchange_id >= ?1 and exchange_id < ?2
   order by exchange_id desc limit ${JUDGED_MAX + 1}) as said
 cross join exchanges as e on e.id = said.exchange_id
 where e.app = ?3 and (?4 is null or e.task = ?4) and (?5 is null or e.model = ?5)`;

export async function countFeedback(
  d1: D1Database,
  { steps, filter }: { steps: Steps; filter: CallFilter },
): Promise<FeedbackCount> {
  const { results } = await d1
    .prepare(SPOKEN)
    .bind(idLowerBound(steps.fromMs), idLowerBound(steps.toMs), filter.app, filter.task ?? null, filter.model ?? null)
    .all<Pick<ExchangeRow, "id" | "app" | "user" | "task" | "model">>();
  const rows = results.slice(0, JUDGED_MAX);
  const standing = await readStandingFeedback(d1, rows);
  const spoken = rows.flatMap(({ id, task, model }): SpokenOf[] => {
    const feedback = standing.get(id) ?? [];
    return feedback.length === 0 ? [] : [{ id, task, model, class: classOf(verdictOf(feedback)) }];
  });
  return { spoken, isCut: results.length > JUDGED_MAX };
}
