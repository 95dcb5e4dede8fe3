/**
 * Takes near-duplicates out of a night's candidates: of those that are nearly the same the best one stays, and what another
 * batch of the task has exported is not exported again in other words. Nearly the same question never stands on both sides of
 * the split, tonight or in any night before; evaluation has it.
 */
import type { ExchangeId } from "../../shared/core/ids.ts";
import type { Manifest } from "../../shared/core/manifest.ts";
import type { KeptNearRow } from "../../shared/dedupe/near-bytes.ts";
import { NearIndex, nearRow } from "../../shared/dedupe/near-duplicates.ts";
import { byWorth, type Candidate, leaveOut } from "./candidate.ts";
import { askedText, messageText } from "./conversation-text.ts";

/** A cluster of more rows than these, by number and by share of the candidates, is told of. */
const ALARM_ROWS = 20;
const ALARM_SHARE = 0.2;

export interface NearOutcome {
  /** What the batch will have exported. */
  kept: KeptNearRow[];
  alarms: Manifest["dedupe"]["alarms"];
}

/** Changes `candidates` in place. @param history what other batches have exported */
export async function leaveOutNear(
  candidates: readonly Candidate[],
  history: AsyncIterable<KeptNearRow>,
): Promise<NearOutcome> {
  const rows = new Map(byWorth(candidates).map((candidate) => [candidate.id as string, rowOf(candidate)]));
  const byId = new Map(candidates.map((candidate) => [candidate.id as string, candidate]));
  const keep = new NearIndex([...rows.values()]);
  await leaveOutEarlier(history, { keep, rows, byId });
  const sizes = new Map<string, number>();
  const kept: KeptNearRow[] = [];
  for (const candidate of evalFirst(byWorth(candidates))) {
    const row = rows.get(candidate.id);
    if (row === undefined || candidate.examples.length === 0) continue;
    const [twin] = keep.duplicatesOf(row);
    if (twin !== undefined) {
      sizes.set(twin.id, (sizes.get(twin.id) ?? 1) + 1);
      leaveOut(candidate, "near_duplicate", `nearly the same as ${twin.id}`);
    } else if (keep.askedAlike(row).some((other) => rows.get(other.id)?.side !== row.side)) {
      leaveOut(candidate, "on_other_side", "nearly the same was asked on the other side of the split");
    } else {
      keep.add(row);
      kept.push(row);
    }
  }
  return { kept, alarms: alarmsOf(sizes, rows.size) };
}

function rowOf({ id, sampled, side }: Candidate): KeptNearRow {
  const answer = sampled?.answer === undefined ? "" : messageText(sampled.answer);
  return { ...nearRow({ id, asked: askedText(sampled?.prompt ?? []), answer }), side: side ?? "train" };
}

/** Its index of all of tonight's rows is let go before another one grows. */
async function leaveOutEarlier(
  history: AsyncIterable<KeptNearRow>,
  now: { keep: NearIndex; rows: ReadonlyMap<string, KeptNearRow>; byId: ReadonlyMap<string, Candidate> },
): Promise<void> {
  const tonight = new NearIndex(now.keep);
  for (const row of now.rows.values()) tonight.add(row);
  for await (const before of history) compareWithBefore(before, { ...now, tonight });
}

function compareWithBefore(
  before: KeptNearRow,
  now: { tonight: NearIndex; rows: ReadonlyMap<string, KeptNearRow>; byId: ReadonlyMap<string, Candidate> },
): void {
  for (const { id } of now.tonight.askedAlike(before)) {
    const candidate = now.byId.get(id);
    if (candidate === undefined || id === before.id || now.rows.get(id)?.side === before.side) continue;
    leaveOut(candidate, "on_other_side", `nearly the same was asked in ${before.id}`);
  }
  for (const { id } of now.tonight.duplicatesOf(before)) {
    const candidate = now.byId.get(id);
    if (candidate === undefined || id === before.id || candidate.examples.length === 0) continue;
    leaveOut(candidate, "near_duplicate", `nearly the same as ${before.id}, exported before`);
  }
}

function evalFirst(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates.filter(({ side }) => side === "eval"), ...candidates.filter(({ side }) => side !== "eval")];
}

function alarmsOf(sizes: ReadonlyMap<string, number>, total: number): NearOutcome["alarms"] {
  return [...sizes].flatMap(([id, size]) => {
    const share = size / total;
    if (size < ALARM_ROWS || share < ALARM_SHARE) return [];
    return [{ exchangeId: id as ExchangeId, size, share: Math.round(share * 1e6) / 1e6 }];
  });
}
