/**
 * What could be reviewed, with what is known of it: from the trails of each task's newest night and of held batches, and, of
 * what no night has come to, from the newest exchanges and what was said of them. Bounded in files and in rows.
 */
import { and, eq, isNotNull, sql } from "drizzle-orm";
import type { ExchangeId } from "../core/ids.ts";
import { PAGE_ROWS_MAX, REVIEW_BATCHES_MAX, REVIEW_NEWEST_ROWS_MAX } from "../core/limits.ts";
import type { TrailEntry } from "../core/run.ts";
import type { ReviewCandidate } from "../review/order-queue.ts";
import { isLearned, verdictOf } from "../verdict/verdict.ts";
import { isReview } from "../verdict/weights.ts";
import { type BatchRow, newestBatches } from "./batches.ts";
import { openDatabase } from "./database.ts";
import { type ExchangeRow, listExchanges, readExchanges } from "./exchanges.ts";
import { readStandingFeedback } from "./feedback.ts";
import { eachRunLine } from "./run-files.ts";
import { feedback } from "./schema.ts";

interface Store {
  d1: D1Database;
  bucket: R2Bucket;
}

/** The newest of each task, and those that are held; the newest of all comes first. */
export async function reviewedBatches(d1: D1Database, app: string): Promise<BatchRow[]> {
  const newest = await newestBatches(d1, { app, rowsMax: REVIEW_BATCHES_MAX });
  const tasks = new Set<string | null>();
  return newest.filter(({ task, status }) => {
    const isFirst = !tasks.has(task);
    tasks.add(task);
    return isFirst || status === "held";
  });
}

export async function readReviewCandidates(
  { d1, bucket }: Store,
  { app, batches, nowMs }: { app: string; batches: readonly BatchRow[]; nowMs: number },
): Promise<ReviewCandidate[]> {
  const candidates = new Map<string, ReviewCandidate>();
  for (const { run, task, status, id: batch } of batches.toReversed()) {
    if (task === null) continue;
    for (const entry of await eachRunLine<TrailEntry>(bucket, { run, app, task, kind: "trail" })) {
      const candidate = fromTrail(entry, { task, isHeld: status === "held" && entry.batch === batch });
      if (candidate === undefined) candidates.delete(entry.id);
      else candidates.set(entry.id, candidate);
    }
  }
  for (const candidate of await newestOf(d1, { app, nowMs })) {
    if (!candidates.has(candidate.id)) candidates.set(candidate.id, candidate);
  }
  return [...candidates.values()];
}

/** Buckets of which nobody can see what was said. */
const UNSEEN = new Set(["metadata_only", "body_missing", "not_understood"]);

/** undefined: there is nothing to look at, or somebody has. */
function fromTrail(
  { id, bucket, pGood, grounds, rows, audit, inclusionProbability }: TrailEntry,
  { task, isHeld }: { task: string; isHeld: boolean },
): ReviewCandidate | undefined {
  if (pGood === null || UNSEEN.has(bucket) || grounds.some(isReview)) return undefined;
  return {
    ...{ id, task, pGood, inclusionProbability },
    isJudged: grounds.length > 0,
    isConflicting: bucket === "conflicting",
    isHeld: isHeld && rows.length > 0,
    isBlind: audit,
  };
}

/** Of none of them the sampling has chosen any: by lot they are as good as an audit slice. */
async function newestOf(d1: D1Database, { app, nowMs }: { app: string; nowMs: number }): Promise<ReviewCandidate[]> {
  const found: ReviewCandidate[] = [];
  const window = { app, fromMs: 0, toMs: nowMs, newestFirst: true, rowsMax: PAGE_ROWS_MAX };
  let afterId: ExchangeId | undefined;
  for (let read = 0; read < REVIEW_NEWEST_ROWS_MAX; read += PAGE_ROWS_MAX) {
    const rows = await listExchanges(d1, { ...window, afterId });
    const said = await readStandingFeedback(d1, rows);
    for (const row of rows.filter(canBeSeen)) {
      const pieces = said.get(row.id) ?? [];
      if (pieces.some(isReview)) continue;
      const { pGood, conflicting, grounds } = verdictOf(pieces);
      const isJudged = grounds.some(({ kind, logOdds }) => logOdds !== 0 && !isLearned(kind));
      const { id, task } = row;
      const known = { isJudged, isConflicting: conflicting, isHeld: false, isBlind: true };
      found.push({ id, task, pGood, ...known, inclusionProbability: null });
    }
    if (rows.length < PAGE_ROWS_MAX) break;
    afterId = rows.at(-1)?.id;
  }
  return found;
}

function canBeSeen({ capture, status }: Pick<ExchangeRow, "capture" | "status">): boolean {
  return capture === "full" && status >= 200 && status < 300;
}

/** Of these, the ones that are still there to be seen and that nobody has reviewed. */
export async function stillToReview(
  d1: D1Database,
  { app, ids }: { app: string; ids: readonly string[] },
): Promise<Set<string>> {
  const reviewed = await openDatabase(d1)
    .select({ id: feedback.exchangeId })
    .from(feedback)
    .where(
      and(
        sql`${feedback.exchangeId} in (select value from json_each(${JSON.stringify(ids)}))`,
        eq(feedback.kind, "review"),
        eq(feedback.app, app),
        isNotNull(feedback.value),
        sql`${feedback.value} <> 'null'`,
      ),
    );
  const rows = await readExchanges(d1, { app, ids });
  const open = new Set<string>(rows.filter(canBeSeen).map(({ id }) => id));
  for (const { id } of reviewed) open.delete(id);
  return open;
}
