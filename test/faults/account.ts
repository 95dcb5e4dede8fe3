/** What became of calls: by their ids, in what is stored, in dead letters, and in what the gateway said of its losses. */
import { unpackMessage } from "../../shared/capture/envelope.ts";
import type { LossReason } from "../../shared/core/loss.ts";
import { Sealer } from "../../shared/core/seal.ts";
import { DEAD_PREFIX, openLetter } from "../../shared/store/dead-letters.ts";
import { readExchanges } from "../../shared/store/exchanges.ts";
import { readLosses } from "../../shared/store/losses.ts";
import { readRecords } from "../../shared/store/segments.ts";
import type { Winnow } from "../../workers/local/launch.ts";
import { SECRET } from "../whole-way/captures.ts";

/** Of these an exchange is lost as a whole. */
const LOST: readonly LossReason[] = ["capture_refused", "capture_failed"];
const SEALER = new Sealer(SECRET);

export interface Account {
  stored: Set<string>;
  /** Rows of one id, or whose record cannot be read. */
  wrong: string[];
}

export async function accountOf(winnow: Winnow, ids: readonly string[]): Promise<Account> {
  const [d1, bucket] = [await winnow.db(), await winnow.bucket()];
  const rows = await readExchanges(d1, { app: "demo", ids });
  const stored = new Set(rows.map(({ id }) => id as string));
  const wrong = rows.length === stored.size ? [] : ["rows of one id"];
  for await (const { row, record } of readRecords(bucket, rows)) if (record?.id !== row.id) wrong.push(row.id);
  return { stored, wrong };
}

/** Of the captures that lie under dead/. */
export async function buriedIds(winnow: Winnow): Promise<Set<string>> {
  const bucket = await winnow.bucket();
  const ids = new Set<string>();
  for (const { key } of (await bucket.list({ prefix: DEAD_PREFIX })).objects) {
    const bytes = await openLetter({ bucket, sealer: SEALER }, key);
    const message = bytes && (await unpackMessage(bytes));
    if (message?.kind === "capture") ids.add(message.capture.header.id);
  }
  return ids;
}

/** By id, with the reason: the gateway's log names each exchange that it lost. */
export function lossesIn(lines: readonly string[]): Map<string, LossReason> {
  const told = lines.flatMap((line) => {
    const json = /\{"event":"capture_loss".*\}/.exec(line)?.[0];
    return json === undefined ? [] : [JSON.parse(json) as { reason: LossReason; id?: string }];
  });
  return new Map(told.flatMap(({ id, reason }) => (id === undefined || !LOST.includes(reason) ? [] : [[id, reason]])));
}

/**
 * Reasons of which D1 counts fewer than the log has told. It may count more: what it did and said to have failed is counted again.
 * @param before and now: D1's counts
 */
export function uncounted(
  told: ReadonlyMap<string, LossReason>,
  { before, now }: { before: Record<string, number>; now: Record<string, number> },
): string[] {
  return LOST.filter((reason) => {
    const logged = [...told.values()].filter((one) => one === reason).length;
    return (now[reason] ?? 0) - (before[reason] ?? 0) < logged;
  });
}

export async function countedLosses(winnow: Winnow): Promise<Record<string, number>> {
  return readLosses({ db: await winnow.db(), sinceMs: 0 });
}
