/** What could not be taken in: its bytes in R2 under dead/, sealed, and a row in D1 for the console. */
import { count } from "drizzle-orm";
import { fingerprint } from "../core/hash.ts";
import type { Sealer } from "../core/seal.ts";
import { toHex } from "../core/text.ts";
import { openDatabase } from "./database.ts";
import { deadLetters } from "./schema.ts";

export const DEAD_PREFIX = "dead/";

/** @param id of the message: the same message buried twice is one */
export async function bury(options: {
  bucket: R2Bucket;
  d1: D1Database;
  id: string;
  bytes: Uint8Array<ArrayBuffer>;
  sealer: Sealer;
  reason: string;
  nowMs: number;
}): Promise<void> {
  const { bucket, d1, id, bytes, sealer, reason, nowMs } = options;
  const key = `${DEAD_PREFIX}${/^[\w-]{1,64}$/.test(id) ? id : fingerprint(id + toHex(bytes.subarray(0, 64)))}`;
  await bucket.put(key, await sealer.seal(bytes), { customMetadata: { reason: reason.slice(0, 500) } });
  await openDatabase(d1)
    .insert(deadLetters)
    .values({ key, atMs: nowMs, bytes: bytes.byteLength })
    .onConflictDoNothing();
}

export async function countDeadLetters(d1: D1Database): Promise<number> {
  const row = await openDatabase(d1).select({ total: count() }).from(deadLetters).get();
  return row?.total ?? 0;
}
