/** Runs in D1, and what their trails say of an exchange. */
import { and, desc, eq, gt, inArray, isNull, lte, max, or } from "drizzle-orm";
import { idTimeMs } from "../core/ids.ts";
import { PAGE_ROWS_MAX } from "../core/limits.ts";
import type { Funnel, TrailEntry } from "../core/run.ts";
import { type BatchRow, batchesById } from "./batches.ts";
import { openDatabase } from "./database.ts";
import { readExamples } from "./examples.ts";
import { findRunLine, getDrawing } from "./run-files.ts";
import { runs } from "./schema.ts";

/** Of one exchange, whose nights are looked for. */
const VERSIONS_MAX = 20;

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
  /** Of the entry's batch, as it is now; null where there is none. */
  status: BatchRow["status"] | null;
}

interface TrailStore {
  d1: D1Database;
  bucket: R2Bucket;
}

/** What runs did with this exchange: the newest whose window held it, and those that looked at its rows again. */
export async function readTrail(
  store: TrailStore,
  exchange: { id: string; app: string; task: string },
): Promise<TrailOf[]> {
  const { d1, bucket } = store;
  const made = await readExamples(d1, { app: exchange.app, ids: [exchange.id] });
  const named = made.flatMap(({ batch, retractedBy }) => [batch, ...(retractedBy === null ? [] : [retractedBy])]);
  const atMs = idTimeMs(exchange.id);
  const inWindow = and(lte(runs.fromMs, atMs), gt(runs.toMs, atMs));
  const checked = inArray(runs.createdAtMs, [...new Set(made.map(({ checkedAtMs }) => checkedAtMs))]);
  const newest = await openDatabase(d1)
    .select()
    .from(runs)
    .where(or(inWindow, checked))
    .orderBy(desc(runs.createdAtMs))
    .limit(PAGE_ROWS_MAX);
  const trail = new Map<string, Found>();
  const look = async ({ run, createdAtMs }: Pick<BatchRow, "run" | "createdAtMs">) => {
    const entry = trail.has(run) ? undefined : await entryOf(bucket, { ...exchange, run });
    if (entry !== undefined) trail.set(run, { run, createdAtMs, entry });
  };
  for (const { id, createdAtMs } of newest) await look({ run: id, createdAtMs });
  for (const batch of await batchesById(d1, { app: exchange.app, ids: named })) await look(batch);
  await lookBack({ d1, app: exchange.app, trail, look });
  return inOrder(trail, await batchesById(d1, { app: exchange.app, ids: batchesIn(trail) }));
}

interface Found {
  run: string;
  createdAtMs: number;
  entry: TrailEntry;
}

/** Versions between the first and the last are known only to those that came after them. */
async function lookBack(options: {
  d1: D1Database;
  app: string;
  trail: ReadonlyMap<string, Found>;
  look: (batch: BatchRow) => Promise<void>;
}): Promise<void> {
  const { d1, app, trail, look } = options;
  const known = new Set<string>();
  for (let step = 0; step < VERSIONS_MAX; step++) {
    const before = [...trail.values()].flatMap(({ entry }) => entry.before ?? []);
    const ids = [...new Set(before)].filter((id) => !known.has(id));
    if (ids.length === 0) return;
    for (const id of ids) known.add(id);
    for (const batch of await batchesById(d1, { app, ids })) await look(batch);
  }
}

function batchesIn(trail: ReadonlyMap<string, Found>): string[] {
  return [...trail.values()].flatMap(({ entry }) => entry.batch ?? []);
}

/** The oldest first. */
function inOrder(trail: ReadonlyMap<string, Found>, batches: readonly BatchRow[]): TrailOf[] {
  const statuses = new Map(batches.map(({ id, status }) => [id, status]));
  return [...trail.values()]
    .sort((a, b) => a.createdAtMs - b.createdAtMs || (a.run < b.run ? -1 : 1))
    .map(({ run, entry }) => ({ run, entry, status: statuses.get(entry.batch ?? "") ?? null }));
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
