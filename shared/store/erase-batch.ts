/**
 * A batch that holds what was erased: its files with text go, and whoever asks for one is told so. A batch never changes, so that
 * it is not made again without these rows; the manifest stays, as it holds no text.
 */
import { fingerprint } from "../core/hash.ts";
import { nearFromBytes, nearToBytes } from "../dedupe/near-bytes.ts";
import { batchKey } from "./batches.ts";

interface BatchOf {
  id: string;
  app: string;
  task: string | null;
}

/** @returns did it hold any of these? */
export async function eraseBatch(
  bucket: R2Bucket,
  options: { batch: BatchOf; ids: ReadonlySet<string>; atMs: number },
): Promise<boolean> {
  const { batch, ids, atMs } = options;
  await forgetShingles(bucket, { batch, ids });
  if (await isErased(bucket, batch.id)) return (await erasedFrom(bucket, batch.id)).some((id) => ids.has(id));
  const provenance = await (await bucket.get(batchKey(batch.id, "provenance.winnow.jsonl")))?.text();
  const held = [...ids].filter((id) => provenance?.includes(id));
  if (held.length === 0) return false;
  const note = { at: new Date(atMs).toISOString(), exchanges: held };
  await bucket.put(batchKey(batch.id, "erased.json"), JSON.stringify(note));
  const { objects } = await bucket.list({ prefix: batchKey(batch.id, "") });
  await bucket.delete(objects.map(({ key }) => key).filter((key) => /\.(?:jsonl|parquet)$/.test(key)));
  return true;
}

export async function isErased(bucket: R2Bucket, batch: string): Promise<boolean> {
  return (await bucket.head(batchKey(batch, "erased.json"))) !== null;
}

async function erasedFrom(bucket: R2Bucket, batch: string): Promise<string[]> {
  const note = await (await bucket.get(batchKey(batch, "erased.json")))?.json<{ exchanges: string[] }>();
  return note?.exchanges ?? [];
}

async function forgetShingles(
  bucket: R2Bucket,
  { batch, ids }: { batch: BatchOf; ids: ReadonlySet<string> },
): Promise<void> {
  if (batch.task === null) return;
  const key = `near/${batch.app}/${fingerprint(batch.task)}/${batch.id}.bin`;
  const object = await bucket.get(key);
  if (object === null) return;
  const rows = [...nearFromBytes(new Uint8Array(await object.arrayBuffer()))];
  const kept = rows.filter(({ id }) => !ids.has(id));
  if (kept.length < rows.length) await bucket.put(key, nearToBytes(kept));
}
