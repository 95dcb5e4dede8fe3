/**
 * Takes exact duplicates out of a night's candidates: within the batch the row with the best P(good) stays, and what
 * another batch has exported is not exported again. The same prompt never stands on both sides of the split, be it in
 * this batch or in any before it.
 */
import type { Example } from "../../shared/core/example.ts";
import { exampleHash, promptHash } from "../../shared/dedupe/exact.ts";
import type { Side } from "../../shared/split/side.ts";
import { type ExportedHash, exportedBefore } from "../../shared/store/batches.ts";
import { byWorth, type Candidate, leaveOut } from "./candidate.ts";

interface Hashed {
  example: Example;
  hash: string;
  /** `train:<hash>` or `eval:<hash>` of what was asked. */
  ownSide: string;
  otherSide: string;
}

/**
 * Changes `candidates` in place: examples go, and a candidate that loses all of them gets its bucket.
 * @returns what the batch will have exported
 */
export async function leaveOutDuplicates(options: {
  d1: D1Database;
  app: string;
  batch: string;
  candidates: Candidate[];
}): Promise<ExportedHash[]> {
  const { d1, app, batch, candidates } = options;
  const hashed = new Map(
    candidates.map((candidate) => [candidate, candidate.examples.map((one) => hash(one, candidate.side ?? "train"))]),
  );
  const all = [...hashed.values()].flat();
  const hashes = [...new Set(all.flatMap((one) => [one.hash, one.otherSide]))];
  const before = await exportedBefore(d1, { app, hashes, batch });
  const evalPrompts = new Set(all.filter((one) => one.example.file === "eval").map((one) => one.ownSide));
  const seen = new Set<string>();
  const exported: ExportedHash[] = [];
  for (const candidate of byWorth(candidates)) {
    const reasons: string[] = [];
    const kept = (hashed.get(candidate) ?? []).filter((one) => {
      const reason = objection(one, { own: candidate.id, before, evalPrompts, seen });
      if (reason === undefined) seen.add(one.hash);
      else reasons.push(reason);
      return reason === undefined;
    });
    candidate.examples = kept.map((one) => one.example);
    const [reason] = reasons;
    if (kept.length === 0 && reason !== undefined) leaveOut(candidate, reason);
    for (const one of kept) {
      for (const text of [one.hash, one.ownSide]) exported.push({ hash: text, exchangeId: candidate.id, batch });
    }
  }
  return exported;
}

function hash(example: Example, side: Side): Hashed {
  const asked = promptHash(example.prompt);
  const other = side === "eval" ? "train" : "eval";
  return { example, hash: exampleHash(example), ownSide: `${side}:${asked}`, otherSide: `${other}:${asked}` };
}

function objection(
  one: Hashed,
  known: { own: string; before: ReadonlyMap<string, string>; evalPrompts: Set<string>; seen: Set<string> },
): string | undefined {
  // what an exchange has made itself it may make again, where that was taken back (late-feedback.ts)
  if ((known.before.get(one.hash) ?? known.own) !== known.own) return "exported_before";
  if (known.before.has(one.otherSide)) return "on_other_side";
  if (one.example.file !== "eval" && known.evalPrompts.has(one.otherSide)) return "on_other_side";
  return known.seen.has(one.hash) ? "duplicate" : undefined;
}
