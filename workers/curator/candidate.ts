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
  judged: JudgedLine;
  /** Why there are no examples; "exported" where there are; null while it is on its way. */
  bucket: string | null;
  /** More of the reason, in words; null where the bucket says it all. */
  reason: string | null;
  /** What the check that its answer fails has found; null: it is sound, or the name says it all. */
  failedBecause: string | null;
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

/** Those that are still on their way, the best first; of equals the oldest, as ids are in the order of time. */
export function byWorth(candidates: readonly Candidate[]): Candidate[] {
  return candidates
    .filter(({ bucket }) => bucket === null || bucket === "exported")
    .sort((a, b) => b.judged.pGood - a.judged.pGood || (a.id < b.id ? -1 : 1));
}
