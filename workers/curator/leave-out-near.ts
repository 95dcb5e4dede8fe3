/**
 * Takes near-duplicates out of a night's candidates: of those that are nearly the same the best one stays, and what another
 * batch of the task has exported is not exported again in other words. Nearly the same question never stands on both sides of
 * the split, tonight or in any night before; evaluation has it. With other answers it may stand in a batch only so often.
 */
import type { KeptNearRow } from "../../shared/dedupe/near-bytes.ts";
import { NearIndex, nearRow } from "../../shared/dedupe/near-duplicates.ts";
import { byWorth, type Candidate, leaveOut, leaveOutAsLike } from "./candidate.ts";
import { askedText, messageText } from "./conversation-text.ts";

export interface NearOptions {
  /** What other batches have exported. */
  history: AsyncIterable<KeptNearRow>;
  /** Rows of nearly one question, at most. */
  clusterRowsMax: number;
}

/** Changes `candidates` in place. @returns what the batch will have exported */
export async function leaveOutNear(
  candidates: readonly Candidate[],
  { history, clusterRowsMax }: NearOptions,
): Promise<KeptNearRow[]> {
  const rows = new Map(byWorth(candidates).map((candidate) => [candidate.id as string, rowOf(candidate)]));
  const byId = new Map(candidates.map((candidate) => [candidate.id as string, candidate]));
  const keep = new NearIndex([...rows.values()]);
  await leaveOutEarlier(history, { keep, rows, byId });
  const kept: KeptNearRow[] = [];
  for (const candidate of evalFirst(byWorth(candidates))) {
    const row = rows.get(candidate.id);
    if (row === undefined || candidate.examples.length === 0) continue;
    if (!isLeftOut(candidate, { row, rows, keep, clusterRowsMax })) {
      keep.add(row);
      kept.push(row);
    }
  }
  return kept;
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

function isLeftOut(
  candidate: Candidate,
  among: { row: KeptNearRow; rows: ReadonlyMap<string, KeptNearRow>; keep: NearIndex; clusterRowsMax: number },
): boolean {
  const { row, rows, keep, clusterRowsMax } = among;
  const [twin] = keep.duplicatesOf(row);
  if (twin !== undefined) {
    leaveOutAsLike(candidate, { bucket: "near_duplicate", like: twin.id, reason: `nearly the same as ${twin.id}` });
    return true;
  }
  const alike = keep.askedAlike(row);
  const across = alike.find((other) => rows.get(other.id)?.side !== row.side);
  if (across !== undefined) {
    leaveOut(candidate, "on_other_side", `nearly the same was asked in ${across.id}, on the other side of the split`);
    return true;
  }
  if (alike.length < clusterRowsMax) return false;
  const first = alike[0]?.id;
  leaveOut(candidate, "over_cluster_share", `${alike.length} better rows ask nearly the same, as ${first} does`);
  return true;
}

function compareWithBefore(
  before: KeptNearRow,
  now: { tonight: NearIndex; rows: ReadonlyMap<string, KeptNearRow>; byId: ReadonlyMap<string, Candidate> },
): void {
  for (const { id } of now.tonight.askedAlike(before)) {
    const candidate = now.byId.get(id);
    if (candidate === undefined || id === before.id || now.rows.get(id)?.side === before.side) continue;
    leaveOut(candidate, "on_other_side", `nearly the same was asked in ${before.id}, on the other side of the split`);
  }
  for (const { id } of now.tonight.duplicatesOf(before)) {
    const candidate = now.byId.get(id);
    if (candidate === undefined || id === before.id || candidate.examples.length === 0) continue;
    const reason = `nearly the same as ${before.id}, exported before`;
    leaveOutAsLike(candidate, { bucket: "near_duplicate", like: before.id, reason });
  }
}

function evalFirst(candidates: readonly Candidate[]): Candidate[] {
  return [...candidates.filter(({ side }) => side === "eval"), ...candidates.filter(({ side }) => side !== "eval")];
}
