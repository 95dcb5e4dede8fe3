/**
 * What could not be taken in: its bytes in R2 under dead/, sealed, and a row in D1 for the console. What failed, as all does in an
 * outage, is taken up again by the sweep; what cannot be read waits for a person.
 */
import { asc, count, inArray, sql } from "drizzle-orm";
import { fingerprint } from "../core/hash.ts";
import { DEAD_LETTER_TRIES_MAX, DEAD_LETTER_WAIT_MS, INSERT_ROWS_MAX } from "../core/limits.ts";
import type { Sealer } from "../core/seal.ts";
import { toHex } from "../core/text.ts";
import { openDatabase } from "./database.ts";
import { deadLetters } from "./schema.ts";

export const DEAD_PREFIX = "dead/";

interface Stores {
  bucket: R2Bucket;
  d1: D1Database;
}

/** @param options.id of the message: the same message buried twice is one. @param options.again is it worth being tried again? */
export async function bury(
  options: Stores & {
    id: string;
    bytes: Uint8Array<ArrayBuffer>;
    sealer: Sealer;
    reason: string;
    again: boolean;
    nowMs: number;
  },
): Promise<void> {
  const { bucket, d1, id, bytes, sealer, reason, again, nowMs } = options;
  const key = `${DEAD_PREFIX}${/^[\w-]{1,64}$/.test(id) ? id : fingerprint(id + toHex(bytes.subarray(0, 64)))}`;
  await bucket.put(key, await sealer.seal(bytes), { customMetadata: { reason: reason.slice(0, 500) } });
  await openDatabase(d1)
    .insert(deadLetters)
    .values({ key, atMs: nowMs, bytes: bytes.byteLength, tries: again ? 0 : DEAD_LETTER_TRIES_MAX })
    .onConflictDoNothing();
}

export async function countDeadLetters(d1: D1Database): Promise<number> {
  const row = await openDatabase(d1).select({ total: count() }).from(deadLetters).get();
  return row?.total ?? 0;
}

export type DeadLetter = Pick<typeof deadLetters.$inferSelect, "key" | "tries">;

/** Those whose time has come, the least tried first. */
export async function dueLetters(
  d1: D1Database,
  { nowMs, rowsMax }: { nowMs: number; rowsMax: number },
): Promise<DeadLetter[]> {
  const { key, tries, atMs } = deadLetters;
  return openDatabase(d1)
    .select({ key, tries })
    .from(deadLetters)
    .where(sql`${tries} < ${DEAD_LETTER_TRIES_MAX} and ${atMs} + ${DEAD_LETTER_WAIT_MS} * (1 << ${tries}) <= ${nowMs}`)
    .orderBy(asc(tries), asc(atMs))
    .limit(rowsMax);
}

/** undefined: it is gone. @throws where it was sealed with another secret */
export async function openLetter(
  { bucket, sealer }: { bucket: R2Bucket; sealer: Sealer },
  key: string,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const object = await bucket.get(key);
  return object === null ? undefined : sealer.open(new Uint8Array(await object.arrayBuffer()));
}

/** They are taken in, or nobody wants them. R2 first: a row without its bytes is dropped when it is due. */
export async function dropLetters({ bucket, d1 }: Stores, keys: readonly string[]): Promise<void> {
  for (let at = 0; at < keys.length; at += INSERT_ROWS_MAX) {
    const some = keys.slice(at, at + INSERT_ROWS_MAX);
    await bucket.delete(some);
    await openDatabase(d1).delete(deadLetters).where(inArray(deadLetters.key, some));
  }
}

export async function countTries(
  d1: D1Database,
  { keys, isLast }: { keys: readonly string[]; isLast: boolean },
): Promise<void> {
  const tries = isLast ? DEAD_LETTER_TRIES_MAX : sql`${deadLetters.tries} + 1`;
  for (let at = 0; at < keys.length; at += IDS_A_WRITE) {
    await openDatabase(d1)
      .update(deadLetters)
      .set({ tries })
      .where(inArray(deadLetters.key, keys.slice(at, at + IDS_A_WRITE)));
  }
}

/** D1 takes a hundred parameters, and one or none is the count. */
const IDS_A_WRITE = 90;
