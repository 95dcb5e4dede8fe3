/** What the overview shows, from D1 and R2: every part of it of one app, and bounded in what it reads. */
import { and, desc, eq, isNull, or } from "drizzle-orm";
import { idTimeMs } from "../../../shared/core/ids.ts";
import type { Manifest } from "../../../shared/core/manifest.ts";
import { addFunnels, type Funnel } from "../../../shared/core/run.ts";
import { batchesOfRun, batchKey } from "../../../shared/store/batches.ts";
import { openDatabase } from "../../../shared/store/database.ts";
import { countDeadLetters } from "../../../shared/store/dead-letters.ts";
import { listExchanges, newestExchange } from "../../../shared/store/exchanges.ts";
import { readLosses } from "../../../shared/store/losses.ts";
import { runs } from "../../../shared/store/schema.ts";
import { SPILL_PREFIX } from "../../../shared/store/spill.ts";
import type { Store } from "./find-exchanges.ts";

export interface LastNight {
  run: string;
  createdAtMs: number;
  funnel: Funnel;
  batches: string[];
}

/** One batch a task: more than this of them are not added up. */
const MANIFESTS_MAX = 40;

/** The newest night that came to its end, as far as it is this app's. */
export async function readLastNight({ d1, bucket }: Store, app: string): Promise<LastNight | undefined> {
  const run = await openDatabase(d1)
    .select()
    .from(runs)
    .where(and(eq(runs.status, "done"), or(isNull(runs.app), eq(runs.app, app))))
    .orderBy(desc(runs.createdAtMs))
    .limit(1)
    .get();
  if (run === undefined) return undefined;
  const batches = await batchesOfRun(d1, { run: run.id, app });
  const manifests = await Promise.all(batches.slice(0, MANIFESTS_MAX).map((id) => readManifest(bucket, id)));
  const funnel = addFunnels(manifests.flatMap((manifest) => (manifest === undefined ? [] : [manifest.funnel])));
  return { run: run.id, createdAtMs: run.createdAtMs, funnel, batches };
}

/** undefined: it isn't in storage. */
export async function readManifest(bucket: R2Bucket, id: string): Promise<Manifest | undefined> {
  const object = await bucket.get(batchKey(id, "manifest.json"));
  return object === null ? undefined : ((await object.json()) as Manifest);
}

export interface Health {
  losses: Record<string, number>;
  deadLetters: number;
  spilled: { objects: number; more: boolean };
  /** From the newest call to its place in storage; null: there is none. */
  lagMs: number | null;
  newestAtMs: number | null;
}

const LOSSES_AGE_MS = 7 * 24 * 3_600_000;
const SPILL_LISTED_MAX = 1_000;

/** Of all apps: what is lost is lost before it is known whose it is. */
export async function readHealth({ d1, bucket }: Store, nowMs: number): Promise<Health> {
  const [losses, deadLetters, newest, spilled] = await Promise.all([
    readLosses({ db: d1, sinceMs: nowMs - LOSSES_AGE_MS }),
    countDeadLetters(d1),
    newestExchange(d1),
    bucket.list({ prefix: SPILL_PREFIX, limit: SPILL_LISTED_MAX }),
  ]);
  const head = newest === undefined ? null : await bucket.head(newest.segment);
  const newestAtMs = newest === undefined ? null : idTimeMs(newest.id);
  return {
    losses,
    deadLetters,
    spilled: { objects: spilled.objects.length, more: spilled.truncated },
    lagMs: head === null || newestAtMs === null ? null : Math.max(0, head.uploaded.getTime() - newestAtMs),
    newestAtMs,
  };
}

export async function hasExchanges(d1: D1Database, { app, nowMs }: { app: string; nowMs: number }): Promise<boolean> {
  const window = { fromMs: 0, toMs: nowMs + 24 * 3_600_000, newestFirst: true, rowsMax: 1 };
  return (await listExchanges(d1, { app, ...window })).length > 0;
}
