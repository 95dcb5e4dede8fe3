/**
 * Feedback that came after its exchange had made rows. The exchange is judged again with the night's others, outside of its
 * window and funnel, and so is the pair in which its answer was rejected: a row that would not be made today is retracted; one that would be made otherwise is retracted and
 * comes again, as its next version. What only weights or settings would change stays as it is.
 */
import type { Example } from "../../shared/core/example.ts";
import { RUN_LATE_AGE_MS_MAX, RUN_LATE_ROWS_MAX } from "../../shared/core/limits.ts";
import type { Retraction } from "../../shared/core/manifest.ts";
import { exampleHash } from "../../shared/dedupe/exact.ts";
import { type ExampleRow, lateExchanges, readExamples } from "../../shared/store/examples.ts";
import { getRunLines, putRunLines, type TaskOfRun } from "../../shared/store/run-files.ts";
import { type Candidate, leaveOut } from "./candidate.ts";

/** Writes down, once for the run, which exchanges of an app are to be looked at again. @returns their tasks */
export async function findLate(
  env: CuratorEnv,
  options: { run: string; createdAtMs: number; app: string; task: string | null },
): Promise<string[]> {
  const { run, createdAtMs, app, task } = options;
  const fromMs = Math.max(0, createdAtMs - RUN_LATE_AGE_MS_MAX);
  const late = await lateExchanges(env.DB, { app, task, fromMs, toMs: createdAtMs, rowsMax: RUN_LATE_ROWS_MAX });
  const byTask = Map.groupBy(late, (one) => one.task);
  for (const [ofTask, rows] of byTask) {
    const ids = rows.map(({ exchangeId }) => exchangeId);
    const made = await readExamples(env.DB, { app, ids });
    const rejected = new Set(made.flatMap(({ rejectedId }) => rejectedId ?? []));
    const values: LateLine[] = ids.map((id) => ({ id }));
    for (const id of rejected) if (!ids.includes(id)) values.push({ id, as: "rejected" });
    await putRunLines(env.STORE, { run, app, task: ofTask, kind: "late", values });
  }
  return [...byTask.keys()];
}

/** As "rejected" it is read only for the pair that another one's rows have it in. */
export interface LateLine {
  id: string;
  as?: "rejected";
}

export async function lateLinesOf(bucket: R2Bucket, of: TaskOfRun): Promise<LateLine[]> {
  return (await getRunLines<LateLine>(bucket, { ...of, kind: "late" })) ?? [];
}

/** What stands against a candidate: a row of it in an earlier batch. */
export interface Earlier {
  before: ExampleRow;
  /** Must it go? A row that stands as it is needs no word. */
  retract: boolean;
}

export type EarlierByExchange = ReadonlyMap<string, Earlier[]>;

/**
 * Compares what candidates would make today with what they made, and takes what stands already out of their examples.
 * Changes `candidates` in place.
 * @param late those of which something was said since; the others keep what they have made
 */
export function compareWithEarlier(
  candidates: readonly Candidate[],
  known: { earlier: readonly ExampleRow[]; late: ReadonlySet<string> },
): EarlierByExchange {
  const byExchange = Map.groupBy(known.earlier, (row) => row.exchangeId as string);
  const compared = new Map<string, Earlier[]>();
  for (const candidate of candidates) {
    const rows = byExchange.get(candidate.id);
    if (rows === undefined) continue;
    const isLate = known.late.has(candidate.id);
    candidate.before = [...new Set(rows.flatMap(({ batch, retractedBy }) => [batch, retractedBy ?? batch]))];
    compared.set(
      candidate.id,
      rows.map((before) => ({ before, retract: compare(candidate, before, isLate) })),
    );
    if (candidate.bucket === "exported" && candidate.examples.length === 0) leaveOut(candidate, "exported_before");
  }
  return compared;
}

/** @returns must the earlier row go? */
function compare(candidate: Candidate, before: ExampleRow, isLate: boolean): boolean {
  const now = candidate.examples.find(({ file }) => file === before.file);
  const stood = before.retractedBy === null;
  const isSame = now !== undefined && exampleHash(now) === before.hash;
  if (now !== undefined && (isLate ? isSame && stood : stood)) {
    candidate.examples = candidate.examples.filter((example) => example !== now);
  }
  return isLate && stood && !isSame;
}

/** The next version of a row says which one it takes the place of. */
export function nameVersions(candidate: Candidate, compared: EarlierByExchange): void {
  for (const example of candidate.examples) {
    const earlier = compared.get(candidate.id)?.find(({ before }) => before.file === example.file);
    if (earlier !== undefined) {
      const { batch, version } = earlier.before;
      example.provenance.amends = { batch, version };
    }
  }
}

/** After duplicates are out: what the batch takes back, and what is to be remembered of all of it. */
export function amendmentsOf(options: {
  candidates: readonly Candidate[];
  compared: EarlierByExchange;
  late: ReadonlySet<string>;
  batch: string;
  createdAtMs: number;
}): { retractions: Retraction[]; rows: ExampleRow[] } {
  const { candidates, compared, late, batch, createdAtMs } = options;
  const retractions: Retraction[] = [];
  const rows: ExampleRow[] = [];
  for (const candidate of candidates) {
    for (const { before, retract } of compared.get(candidate.id) ?? []) {
      const isAmended = candidate.examples.some(({ file }) => file === before.file);
      if (retract) retractions.push(retractionOf(before, isAmended ? "amended" : reasonOf(candidate)));
      if (isAmended || !late.has(candidate.id)) continue;
      rows.push({ ...before, checkedAtMs: createdAtMs, ...(retract && { retractedBy: batch }) });
    }
    for (const example of candidate.examples) rows.push(rowOf(example, { candidate, batch, createdAtMs }));
  }
  return { retractions, rows };
}

/** Its exchange may still make rows for other files, or have some that stand. */
function reasonOf({ bucket, like }: Candidate): string {
  const hasOthers = bucket === null || bucket === "exported" || (bucket === "exported_before" && like === null);
  return hasOthers ? "no_longer" : bucket;
}

function retractionOf({ exampleId, version, exchangeId, file, batch }: ExampleRow, reason: string): Retraction {
  return { exampleId, version, exchangeId, file, batch, reason };
}

function rowOf(
  example: Example,
  { candidate, batch, createdAtMs }: { candidate: Candidate; batch: string; createdAtMs: number },
): ExampleRow {
  const { row, stratum, drawn } = candidate;
  return {
    app: row.app,
    exchangeId: row.id,
    file: example.file,
    exampleId: example.id,
    version: 1 + (example.provenance.amends?.version ?? 0),
    task: row.task,
    batch,
    hash: exampleHash(example),
    stratum,
    inclusionProbability: drawn.inclusionProbability,
    checkedAtMs: createdAtMs,
    retractedBy: null,
    rejectedId: example.provenance.rejectedExchangeId ?? null,
  };
}
