/** Runs in D1, and what their trails say of an exchange. */
import { and, desc, eq, isNull, max, or } from "drizzle-orm";
import { idTimeMs } from "../core/ids.ts";
import { PAGE_ROWS_MAX } from "../core/limits.ts";
import type { Funnel, TrailEntry } from "../core/run.ts";
import { openDatabase } from "./database.ts";
import { findRunLine, getDrawing } from "./run-files.ts";
import { runs } from "./schema.ts";

export type RunRow = typeof runs.$inferSelect;

/** Can be called again for the same run: the first word stays. */
export async function openRun(d1: D1Database, run: Omit<RunRow, "status" | "funnel" | "error">): Promise<void> {
  await openDatabase(d1)
    .insert(runs)
    .values({ ...run, status: "running", funnel: null, error: null })
    .onConflictDoNothing();
}

export async function closeRun(
  d1: D1Database,
  end: { id: string } & ({ status: "done"; funnel: Funnel } | { status: "failed"; error: string }),
): Promise<void> {
  const { id, ...set } = end;
  await openDatabase(d1).update(runs).set(set).where(eq(runs.id, id));
}

export async function readRun(d1: D1Database, id: string): Promise<RunRow | undefined> {
  return openDatabase(d1).select().from(runs).where(eq(runs.id, id)).get();
}

/** Of all apps or of this one, the newest first. */
export async function newestRuns(d1: D1Database, of: { app: string; rowsMax: number }): Promise<RunRow[]> {
  return openDatabase(d1)
    .select()
    .from(runs)
    .where(or(isNull(runs.app), eq(runs.app, of.app)))
    .orderBy(desc(runs.createdAtMs), desc(runs.id))
    .limit(of.rowsMax);
}

/** Where the last finished cron run ended; 0 when there was none. */
export async function lastNightEndMs(d1: D1Database): Promise<number> {
  const row = await openDatabase(d1)
    .select({ toMs: max(runs.toMs) })
    .from(runs)
    .where(and(eq(runs.startedBy, "cron"), eq(runs.status, "done")))
    .get();
  return row?.toMs ?? 0;
}

export interface TrailOf {
  run: string;
  entry: TrailEntry;
}

/** What the newest runs whose window held this exchange did with it. */
export async function readTrail(
  store: { d1: D1Database; bucket: R2Bucket },
  exchange: { id: string; app: string; task: string },
): Promise<TrailOf[]> {
  const atMs = idTimeMs(exchange.id);
  const rows = await openDatabase(store.d1).select().from(runs).orderBy(desc(runs.createdAtMs)).limit(PAGE_ROWS_MAX);
  const trail: TrailOf[] = [];
  for (const run of rows.reverse()) {
    if (atMs < run.fromMs || atMs >= run.toMs) continue;
    const entry = await entryOf(store.bucket, { ...exchange, run: run.id });
    if (entry !== undefined) trail.push({ run: run.id, entry });
  }
  return trail;
}

/** The trail has what was drawn; of the others the drawing knows all there is to know. */
async function entryOf(
  bucket: R2Bucket,
  exchange: { id: string; app: string; task: string; run: string },
): Promise<TrailEntry | undefined> {
  const found = await findRunLine<TrailEntry>(bucket, { ...exchange, kind: "trail" });
  if (found !== undefined) return found;
  const entry = (await getDrawing(bucket, exchange))?.find(exchange.id);
  if (entry === undefined || entry.drawn !== null) return undefined;
  const { id, stratum, inclusionProbability } = entry;
  return { id, bucket: "not_sampled", inclusionProbability, stratum, ...NOTHING_MORE };
}

const NOTHING_MORE = { audit: false, pGood: null, interval: null, grounds: [], side: null, batch: null, rows: [] };
