/**
 * Looks at a batch before it is published: nothing worth training on stops it, and what has drifted from generation 0 or from
 * the last batches, or was written by our own fine-tunes, holds it (shared/guard).
 */
import type { Example } from "../../shared/core/example.ts";
import type { JsonObject } from "../../shared/core/json.ts";
import type { GuardReport, Manifest } from "../../shared/core/manifest.ts";
import type { EarlierBatch } from "../../shared/guard/advice.ts";
import { guard } from "../../shared/guard/guard.ts";
import { measure } from "../../shared/guard/measure.ts";
import { type GuardMeasures, selfWritten } from "../../shared/guard/measures.ts";
import { DEFAULT_MINIMA, type Minima, stopRule } from "../../shared/guard/stop-rule.ts";
import { RECENT_MAX, type ThresholdSettings, type Thresholds, thresholdsWith } from "../../shared/guard/thresholds.ts";
import type { GuardSettings } from "../../shared/settings/night-settings.ts";
import { readReference, writeReference } from "../../shared/store/guard-references.ts";
import type { Candidate } from "./candidate.ts";
import type { CurateTask } from "./run-window.ts";

export type Guarded = { stopped: string } | { stopped: null; report: GuardReport | null };

export async function guardBatch(
  options: CurateTask,
  made: { batch: string; examples: readonly Example[]; candidates: readonly Candidate[]; earlier: readonly Manifest[] },
): Promise<Guarded> {
  const { env, app, task, window } = options;
  const { batch, examples, candidates, earlier } = made;
  if (examples.length === 0 || task === null) return { stopped: null, report: null };
  const uniform = candidates.flatMap(({ id, auditAnswer }) =>
    auditAnswer === null ? [] : [{ id, answer: auditAnswer }],
  );
  const measures = await measure({ examples, uniform, seed: window.seed });
  const groundedRows = examples.filter(isGrounded).length;
  const stop = stopRule({ newRows: examples.length, groundedRows, measures, minima: minimaOf(options.settings.guard) });
  if (stop.stop) return { stopped: stop.because };
  const stored = await readReference(env.STORE, { app, task });
  const reference = stored?.batch === batch ? undefined : stored;
  const result = guard({
    measures,
    generation0: (reference?.measures as GuardMeasures | undefined) ?? null,
    recent: earlier.slice(-RECENT_MAX).flatMap(measuresOf),
    thresholds: thresholdsOf(options.settings.guard),
    earlier: earlier.flatMap(offerOf),
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

function minimaOf({ newRowsMin, groundedRowsMin }: GuardSettings): Minima {
  const { newRows, groundedRows, ...others } = DEFAULT_MINIMA;
  return { newRows: newRowsMin ?? newRows, groundedRows: groundedRowsMin ?? groundedRows, ...others };
}

function thresholdsOf({ newRowsMin: _new, groundedRowsMin: _grounded, ...over }: GuardSettings): Thresholds {
  return thresholdsWith(over as ThresholdSettings);
}

/** Of those that were let out: what is held teaches nobody. */
function measuresOf({ status, guard: report }: Manifest): GuardMeasures[] {
  return status === "ready" && report != null ? [report.measures as unknown as GuardMeasures] : [];
}

/** What there is to mix in. */
function offerOf(manifest: Manifest): EarlierBatch[] {
  return measuresOf(manifest).map((measures) => {
    const { rows, groundedRows } = measures;
    const selfWrittenRows = Math.round(rows * selfWritten(measures, 1));
    return {
      id: manifest.id,
      groundedRows,
      selfWrittenRows,
      baseRows: Math.max(0, rows - groundedRows - selfWrittenRows),
    };
  });
}

/** A person wrote it, mended it or said something of it. */
function isGrounded({ provenance }: Example): boolean {
  return provenance.lineage.origin !== "model" || provenance.grounds.some(({ kind }) => PEOPLE.has(kind));
}

const PEOPLE = new Set(["thumb", "rating", "accepted", "correction", "review"]);
