/** The shingles of what was exported, one object a batch in R2: `near/<app>/<task>/<batch>.bin`, for later nights to compare. */
import { sql } from "drizzle-orm";
import { fingerprint } from "../core/hash.ts";
import { NEAR_BATCHES_MAX, NEAR_ROWS_MAX } from "../core/limits.ts";
import { type KeptNearRow, nearFromBytes, nearToBytes } from "../dedupe/near-bytes.ts";
import { openDatabase } from "./database.ts";
import { batches } from "./schema.ts";

export interface NearOf {
  app: string;
  task: string;
}

export async function putNearRows(
  bucket: R2Bucket,
  options: NearOf & { batch: string; rows: readonly KeptNearRow[] },
): Promise<void> {
  await bucket.put(`${prefixOf(options)}${options.batch}.bin`, nearToBytes(options.rows));
}

/** What other published batches have exported, the newest first, one batch in memory at a time. */
export async function* readNearRows(
  store: { bucket: R2Bucket; d1: D1Database },
  options: NearOf & { batch: string },
): AsyncGenerator<KeptNearRow> {
  const keys = await newestKeys(store.bucket, prefixOf(options));
  const ids = keys.map((key) => key.slice(key.lastIndexOf("/") + 1, -".bin".length));
  const rows =
    ids.length === 0
      ? []
      : await openDatabase(store.d1)
          .select({ id: batches.id })
          .from(batches)
          .where(sql`${batches.id} in (select value from json_each(${JSON.stringify(ids)}))`);
  const published = new Set(rows.map(({ id }) => id));
  let count = 0;
  for (const [at, key] of keys.entries()) {
    const id = ids[at] ?? "";
    if (id === options.batch || !published.has(id)) continue;
    const object = await store.bucket.get(key);
    if (object === null) continue;
    for (const row of nearFromBytes(new Uint8Array(await object.arrayBuffer()))) {
      if (count++ >= NEAR_ROWS_MAX) return;
      yield row;
    }
  }
}

/** Batches are named in the order of time. */
async function newestKeys(bucket: R2Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await bucket.list({ prefix, ...(cursor !== undefined && { cursor }) });
    keys.push(...page.objects.map(({ key }) => key));
    if (!page.truncated) break;
    ({ cursor } = page);
  }
  return keys.sort().reverse().slice(0, NEAR_BATCHES_MAX);
}

function prefixOf({ app, task }: NearOf): string {
  return `near/${app}/${fingerprint(task)}/`;
}
