/** A drawn exchange on its way through the night: what is known of it, its examples, or the bucket it ended in. */
import type { Sampled } from "../../shared/assemble/assemble.ts";
import type { Example } from "../../shared/core/example.ts";
import type { Message } from "../../shared/core/exchange.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import type { JudgedLine } from "../../shared/core/judged.ts";
import type { Drawn } from "../../shared/sample/draw.ts";
import type { Side } from "../../shared/split/side.ts";
import type { ExchangeRow } from "../../shared/store/exchanges.ts";

export interface Candidate {
  id: ExchangeId;
  row: ExchangeRow;
  stratum: string;
  drawn: Drawn;
  /** Not of tonight's window: something was said of it after it had made rows (late-feedback.ts). */
  isLate: boolean;
  /** Nothing is made of it but the pair in which a late one was chosen over it. */
  isBeside: boolean;
  judged: JudgedLine;
  /** Why there are no examples; "exported" where there are; null while it is on its way. */
  bucket: string | null;
  /** More of the reason, in words; null where the bucket says it all. */
  reason: string | null;
  /** The row that says the same or nearly the same and was taken instead, tonight or before; null: none. */
  like: ExchangeId | null;
  /** Earlier batches that hold rows of it, or take them back. */
  before: string[];
  /** The check that its answer fails, and what that has found; null: it is sound. */
  failed: { check: string; because: string | null } | null;
  side: Side | null;
  /** What its examples are made of; null where nothing can be. */
  sampled: Omit<Sampled, "side"> | null;
  examples: Example[];
  /** Of the audit slice, whatever became of it: what answers are like, liked or not. */
  auditAnswer: Message | null;
}

export function leaveOut(candidate: Candidate, bucket: string, reason: string | null = null): void {
  candidate.bucket = bucket;
  candidate.reason = reason;
  candidate.sampled = null;
  candidate.examples = [];
}

export function leaveOutAsLike(
  candidate: Candidate,
  { bucket, like, reason }: { bucket: string; like: string; reason: string },
): void {
  leaveOut(candidate, bucket, reason);
  candidate.like = like as ExchangeId;
}

function rankOf({ judged }: Candidate): number {
  return judged.rank ?? 0.5;
}

/** Those that are still on their way, the best first; of equals what a judge likes better, then the oldest, as ids are in the order of time. */
export function byWorth(candidates: readonly Candidate[]): Candidate[] {
  return candidates
    .filter(({ bucket }) => bucket === null || bucket === "exported")
    .sort((a, b) => b.judged.pGood - a.judged.pGood || rankOf(b) - rankOf(a) || (a.id < b.id ? -1 : 1));
}
