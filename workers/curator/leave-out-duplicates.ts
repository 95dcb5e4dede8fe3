/**
 * Takes exact duplicates out of a night's candidates: within the batch the row with the best P(good) stays, and what
 * another batch has exported is not exported again. The same prompt never stands on both sides of the split, be it in
 * this batch or in any before it.
 */
import type { Example } from "../../shared/core/example.ts";
import { exampleHash, promptHash } from "../../shared/dedupe/exact.ts";
import type { Side } from "../../shared/split/side.ts";
import { type ExportedHash, exportedBefore } from "../../shared/store/batches.ts";
import { byWorth, type Candidate, leaveOut, leaveOutAsLike } from "./candidate.ts";

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
  const evalPrompts = new Map(
    all.filter((one) => one.example.file === "eval").map((one) => [one.ownSide, one.example.provenance.exchangeId]),
  );
  const seen = new Map<string, string>();
  const exported: ExportedHash[] = [];
  for (const candidate of byWorth(candidates)) {
    const objections: Objection[] = [];
    const kept = (hashed.get(candidate) ?? []).filter((one) => {
      const objection = objectionTo(one, { own: candidate.id, before, evalPrompts, seen });
      if (objection === undefined) seen.set(one.hash, candidate.id);
      else objections.push(objection);
      return objection === undefined;
    });
    candidate.examples = kept.map((one) => one.example);
    const [first] = objections;
    if (kept.length === 0 && first !== undefined) leaveOutFor(candidate, first);
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

interface Objection {
  bucket: "exported_before" | "on_other_side" | "duplicate";
  /** The exchange that has it. */
  other: string;
}

function objectionTo(
  one: Hashed,
  known: {
    own: string;
    before: ReadonlyMap<string, string>;
    evalPrompts: ReadonlyMap<string, string>;
    seen: ReadonlyMap<string, string>;
  },
): Objection | undefined {
  // what an exchange has made itself it may make again, where that was taken back (late-feedback.ts)
  const before = known.before.get(one.hash) ?? known.own;
  if (before !== known.own) return { bucket: "exported_before", other: before };
  const across =
    known.before.get(one.otherSide) ?? (one.example.file === "eval" ? undefined : known.evalPrompts.get(one.otherSide));
  if (across !== undefined) return { bucket: "on_other_side", other: across };
  const twin = known.seen.get(one.hash);
  return twin === undefined ? undefined : { bucket: "duplicate", other: twin };
}

function leaveOutFor(candidate: Candidate, { bucket, other }: Objection): void {
  if (bucket === "on_other_side") {
    leaveOut(candidate, bucket, `the same was asked in ${other}, on the other side of the split`);
  } else {
    const since = bucket === "exported_before" ? ", exported before" : "";
    leaveOutAsLike(candidate, { bucket, like: other, reason: `the same as ${other}${since}` });
  }
}
