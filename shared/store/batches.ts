/**
 * Batches: frozen files in R2, a row in D1 that lists them.
 *
 *     batches/<id>/manifest.json
 *     batches/<id>/canonical.jsonl          every format is made from it
 *     batches/<id>/<file>.<format>.jsonl    sft.openai.jsonl …; <file>.parquet
 *     batches/<id>/provenance.winnow.jsonl
 *     batches/<id>/README.md                the card; plots/*.svg, croissant.json, dataset_info.json beside it
 */
import { and, asc, desc, eq, gt, inArray, type SQL, sql } from "drizzle-orm";
import type { ExchangeId } from "../core/ids.ts";
import { openDatabase } from "./database.ts";
import { batches, exported } from "./schema.ts";

export type BatchRow = typeof batches.$inferSelect;
export type NewBatch = Omit<BatchRow, "seq">;

export function batchKey(id: string, name: string): string {
  return `batches/${id}/${name}`;
}

const CONTENT_TYPES: Record<string, string> = {
  json: "application/json",
  jsonl: "application/jsonl",
  md: "text/markdown; charset=utf-8",
  parquet: "application/vnd.apache.parquet",
  svg: "image/svg+xml",
};

export async function putBatchFile(
  bucket: R2Bucket,
  options: { batch: string; name: string; bytes: Uint8Array; sha256: string },
): Promise<void> {
  const contentType = CONTENT_TYPES[options.name.split(".").at(-1) ?? ""] ?? "application/octet-stream";
  await bucket.put(batchKey(options.batch, options.name), options.bytes, {
    httpMetadata: { contentType },
    customMetadata: { sha256: options.sha256 },
  });
}

/** Lists a batch: it is published from then on. Again for the same batch: nothing. */
export async function insertBatch(d1: D1Database, batch: NewBatch): Promise<void> {
  await openDatabase(d1).insert(batches).values(batch).onConflictDoNothing();
}

/**
 * A held batch becomes ready, and the last in the order of publication, so that whoever has read the list beyond it finds it
 * all the same. Again for a batch that is ready: nothing.
 */
export async function releaseBatch(d1: D1Database, options: { id: string; sha256: string }): Promise<void> {
  const { id, sha256 } = options;
  const next = sql`(select max(seq) + 1 from batches)`;
  await openDatabase(d1)
    .update(batches)
    .set({ status: "ready", sha256, seq: next })
    .where(and(eq(batches.id, id), eq(batches.status, "held")));
}

export async function readBatch(d1: D1Database, options: { app: string; id: string }): Promise<BatchRow | undefined> {
  return openDatabase(d1)
    .select()
    .from(batches)
    .where(and(eq(batches.id, options.id), eq(batches.app, options.app)))
    .get();
}

export async function batchesById(
  d1: D1Database,
  { app, ids }: { app: string; ids: readonly string[] },
): Promise<BatchRow[]> {
  const some = JSON.stringify(ids);
  return openDatabase(d1)
    .select()
    .from(batches)
    .where(and(eq(batches.app, app), sql`${batches.id} in (select value from json_each(${some}))`));
}

export async function batchesOfRun(d1: D1Database, options: { run: string; app: string }): Promise<string[]> {
  const rows = await openDatabase(d1)
    .select({ id: batches.id })
    .from(batches)
    .where(and(eq(batches.run, options.run), eq(batches.app, options.app)))
    .orderBy(asc(batches.seq));
  return rows.map((row) => row.id);
}

/** Apps that ever had a batch: they get one every night, if only an empty one. */
export async function appsWithBatches(d1: D1Database): Promise<string[]> {
  const rows = await openDatabase(d1).selectDistinct({ app: batches.app }).from(batches);
  return rows.map((row) => row.app);
}

export interface BatchFilter {
  app: string;
  task?: string | undefined;
  status?: "ready" | "held" | undefined;
  /** After this batch, in the order of publication. */
  sinceSeq?: number | undefined;
}

export async function listBatches(d1: D1Database, filter: BatchFilter & { rowsMax: number }): Promise<BatchRow[]> {
  return openDatabase(d1)
    .select()
    .from(batches)
    .where(and(...conditionsOf(filter)))
    .orderBy(asc(batches.seq))
    .limit(filter.rowsMax);
}

export async function latestBatch(d1: D1Database, filter: BatchFilter): Promise<BatchRow | undefined> {
  return openDatabase(d1)
    .select()
    .from(batches)
    .where(and(...conditionsOf(filter)))
    .orderBy(desc(batches.seq))
    .limit(1)
    .get();
}

/** Ready or held, the newest first. */
export async function newestBatches(d1: D1Database, filter: BatchFilter & { rowsMax: number }): Promise<BatchRow[]> {
  return openDatabase(d1)
    .select()
    .from(batches)
    .where(and(...conditionsOf(filter)))
    .orderBy(desc(batches.createdAtMs), desc(batches.seq))
    .limit(filter.rowsMax);
}

function conditionsOf(filter: BatchFilter): SQL[] {
  const conditions: SQL[] = [eq(batches.app, filter.app)];
  if (filter.task !== undefined) conditions.push(eq(batches.task, filter.task));
  if (filter.status !== undefined) conditions.push(eq(batches.status, filter.status));
  if (filter.sinceSeq !== undefined) conditions.push(gt(batches.seq, filter.sinceSeq));
  return conditions;
}

export interface ExportedHash {
  hash: string;
  exchangeId: ExchangeId;
  batch: string;
}

/** D1 takes a hundred bound parameters a statement; a row of `exported` has four. */
const HASHES_A_READ = 90;
const HASHES_A_WRITE = 25;

/** Of these hashes, the ones that another published batch has exported, and of which exchange. */
export async function exportedBefore(
  d1: D1Database,
  options: { app: string; hashes: readonly string[]; batch: string },
): Promise<Map<string, ExchangeId>> {
  const found = new Map<string, ExchangeId>();
  for (let at = 0; at < options.hashes.length; at += HASHES_A_READ) {
    const chunk = options.hashes.slice(at, at + HASHES_A_READ);
    const rows = await openDatabase(d1)
      .select({ hash: exported.hash, batch: exported.batch, exchangeId: exported.exchangeId })
      .from(exported)
      .innerJoin(batches, eq(batches.id, exported.batch))
      .where(and(eq(exported.app, options.app), inArray(exported.hash, chunk)));
    for (const row of rows) if (row.batch !== options.batch) found.set(row.hash, row.exchangeId);
  }
  return found;
}

/**
 * To be called before the batch is listed: until then the marks count for nothing. A mark that is there already belongs
 * to a batch that never was (or the hash would have been left out), so the new one takes its place.
 */
export async function markExported(
  d1: D1Database,
  options: { app: string; hashes: readonly ExportedHash[] },
): Promise<void> {
  const db = openDatabase(d1);
  for (let at = 0; at < options.hashes.length; at += HASHES_A_WRITE) {
    const rows = options.hashes.slice(at, at + HASHES_A_WRITE).map((row) => ({ app: options.app, ...row }));
    await db
      .insert(exported)
      .values(rows)
      .onConflictDoUpdate({
        target: [exported.app, exported.hash],
        set: { batch: sql`excluded.batch`, exchangeId: sql`excluded.exchange_id` },
      });
  }
}
