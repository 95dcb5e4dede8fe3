/** Runs in D1, and their trails in R2. */
import { and, desc, eq, max } from "drizzle-orm";
import { gunzip, gzip } from "../core/gzip.ts";
import { fingerprint } from "../core/hash.ts";
import { idTimeMs } from "../core/ids.ts";
import { PAGE_ROWS_MAX, TRAIL_BYTES_MAX } from "../core/limits.ts";
import type { Funnel, TrailEntry } from "../core/run.ts";
import { toBytes, toText } from "../core/text.ts";
import { openDatabase } from "./database.ts";
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

/** Where the last finished cron run ended; 0 when there was none. */
export async function lastNightEndMs(d1: D1Database): Promise<number> {
  const row = await openDatabase(d1)
    .select({ toMs: max(runs.toMs) })
    .from(runs)
    .where(and(eq(runs.startedBy, "cron"), eq(runs.status, "done")))
    .get();
  return row?.toMs ?? 0;
}

function trailKey(options: { run: string; app: string; task: string }): string {
  return `runs/${options.run}/trail/${options.app}/${fingerprint(options.task)}.ndjson.gz`;
}

export async function writeTrail(
  bucket: R2Bucket,
  options: { run: string; app: string; task: string; entries: readonly TrailEntry[] },
): Promise<void> {
  const lines = options.entries.map((entry) => `${JSON.stringify(entry)}\n`).join("");
  await bucket.put(trailKey(options), await gzip(toBytes(lines)));
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
    const object = await store.bucket.get(trailKey({ run: run.id, app: exchange.app, task: exchange.task }));
    if (object === null) continue;
    const text = toText(await gunzip(new Uint8Array(await object.arrayBuffer()), TRAIL_BYTES_MAX));
    const at = text.indexOf(`{"id":"${exchange.id}"`);
    if (at !== -1) trail.push({ run: run.id, entry: JSON.parse(text.slice(at, text.indexOf("\n", at))) as TrailEntry });
  }
  return trail;
}
