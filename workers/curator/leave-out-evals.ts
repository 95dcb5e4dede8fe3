/** Keeps what overlaps with a registered eval set out of training. One set is in memory at a time. */
import type { Example } from "../../shared/core/example.ts";
import { findOverlaps } from "../../shared/dedupe/eval-overlap.ts";
import { readEvalSet } from "../../shared/dedupe/read-eval-set.ts";
import { listEvalSets, readEvalSetText } from "../../shared/store/eval-sets.ts";
import { type Candidate, leaveOut } from "./candidate.ts";
import { askedText, messageText } from "./conversation-text.ts";

/** Changes `candidates` in place. @returns the sets that were looked at, by name */
export async function leaveOutEvals(
  bucket: R2Bucket,
  { app, candidates }: { app: string; candidates: readonly Candidate[] },
): Promise<string[]> {
  const sets = await listEvalSets(bucket, app);
  const trained = candidates.filter(({ side, examples }) => side === "train" && examples.length > 0);
  const rows = trained.map(({ id, examples }) => ({
    id,
    asked: askedText(examples[0]?.prompt ?? []),
    answer: examples.flatMap(answersOf).join("\n"),
  }));
  for (const { name } of sets) {
    const read = readEvalSet((await readEvalSetText(bucket, { app, name })) ?? "");
    if (!read.ok) continue; // taken away since it was listed
    const overlaps = findOverlaps(read.rows, rows);
    for (const candidate of trained) {
      const overlap = overlaps.get(candidate.id);
      if (overlap !== undefined && candidate.bucket === "exported") {
        leaveOut(candidate, "in_eval_set", `${overlap.how} of ${name}, line ${overlap.line}`);
      }
    }
  }
  return sets.map(({ name }) => name);
}

function answersOf(example: Example): string[] {
  const answers = example.file === "preference" ? [example.chosen, example.rejected] : [example.completion];
  return answers.map(messageText);
}
