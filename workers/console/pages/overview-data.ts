/** What the overview shows, from D1 and R2: every part of it of one app, and bounded in what it reads. */
import { and, desc, eq, isNull, or } from "drizzle-orm";
import type { Manifest } from "../../../shared/core/manifest.ts";
import { addFunnels, type Funnel } from "../../../shared/core/run.ts";
import { batchesOfRun, batchKey } from "../../../shared/store/batches.ts";
import { openDatabase } from "../../../shared/store/database.ts";
import { listExchanges } from "../../../shared/store/exchanges.ts";
import { runs } from "../../../shared/store/schema.ts";
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

export async function hasExchanges(d1: D1Database, { app, nowMs }: { app: string; nowMs: number }): Promise<boolean> {
  const window = { fromMs: 0, toMs: nowMs + 24 * 3_600_000, newestFirst: true, rowsMax: 1 };
  return (await listExchanges(d1, { app, ...window })).length > 0;
}
