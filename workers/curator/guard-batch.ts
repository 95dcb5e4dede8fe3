/**
 * Looks at a batch before it is published: nothing worth training on stops it, and what has drifted from generation 0 or from
 * the last batches, or was written by our own fine-tunes, holds it (shared/guard).
 */
import type { Example } from "../../shared/core/example.ts";
import type { JsonObject } from "../../shared/core/json.ts";
import type { GuardReport, Manifest } from "../../shared/core/manifest.ts";
import { guard } from "../../shared/guard/guard.ts";
import { measure } from "../../shared/guard/measure.ts";
import type { GuardMeasures } from "../../shared/guard/measures.ts";
import { DEFAULT_MINIMA, stopRule } from "../../shared/guard/stop-rule.ts";
import { DEFAULT_THRESHOLDS, RECENT_MAX } from "../../shared/guard/thresholds.ts";
import { readReference, writeReference } from "../../shared/store/guard-references.ts";
import { earlierManifests } from "./batch-history.ts";
import type { Candidate } from "./candidate.ts";
import type { CurateTask } from "./run-window.ts";

export type Guarded = { stopped: string } | { stopped: null; report: GuardReport | null };

export async function guardBatch(
  options: CurateTask,
  made: { batch: string; examples: readonly Example[]; candidates: readonly Candidate[] },
): Promise<Guarded> {
  const { env, app, task, window } = options;
  const { batch, examples, candidates } = made;
  if (examples.length === 0 || task === null) return { stopped: null, report: null };
  const uniform = candidates.flatMap(({ id, auditAnswer }) =>
    auditAnswer === null ? [] : [{ id, answer: auditAnswer }],
  );
  const measures = await measure({ examples, uniform, seed: window.seed });
  const groundedRows = examples.filter(isGrounded).length;
  const stop = stopRule({ newRows: examples.length, groundedRows, measures, minima: DEFAULT_MINIMA });
  if (stop.stop) return { stopped: stop.because };
  const stored = await readReference(env.STORE, { app, task });
  const reference = stored?.batch === batch ? undefined : stored;
  const earlier = await earlierManifests(env, { app, task, batch, rowsMax: RECENT_MAX });
  const result = guard({
    measures,
    generation0: (reference?.measures as GuardMeasures | undefined) ?? null,
    recent: earlier.flatMap(measuresOf),
    thresholds: DEFAULT_THRESHOLDS,
  });
  if (result.becomesGeneration0) {
    await writeReference(env.STORE, { app, task, batch, measures: measures as unknown as JsonObject });
  }
  const report: GuardReport = {
    held: result.held,
    reasons: result.reasons.map(({ text }) => text),
    reference: reference?.batch ?? (result.becomesGeneration0 ? batch : null),
    result: result as unknown as JsonObject,
    measures: measures as unknown as JsonObject,
  };
  return { stopped: null, report };
}

/** Of those that were let out: what is held teaches nobody. */
function measuresOf({ status, guard: report }: Manifest): GuardMeasures[] {
  return status === "ready" && report != null ? [report.measures as unknown as GuardMeasures] : [];
}

/** A person wrote it, mended it or said something of it. */
function isGrounded({ provenance }: Example): boolean {
  return provenance.lineage.origin !== "model" || provenance.grounds.some(({ kind }) => PEOPLE.has(kind));
}

const PEOPLE = new Set(["thumb", "rating", "accepted", "correction", "review"]);
