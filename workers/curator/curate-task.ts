/**
 * One task of one run: from what was drawn and judged to a published batch. Done again, it gives the same bytes.
 *
 *     drawing, late feedback, judgements (R2) ─▶ candidates: body, checks ─▶ caps ─▶ side ─▶ examples ─▶ what stands already
 *     ─▶ dedupe ─▶ redact ─▶ publish
 *
 * Every exchange of the window ends in exactly one bucket of the funnel.
 */
import { assemble } from "../../shared/assemble/assemble.ts";
import { pairSiblings, type Sibling } from "../../shared/assemble/pair-siblings.ts";
import type { PreferenceExample } from "../../shared/core/example.ts";
import { sha256Hex } from "../../shared/core/hash.ts";
import { makeUuidV7 } from "../../shared/core/ids.ts";
import type { JudgedLine, LearnedVerdict } from "../../shared/core/judged.ts";
import type { Funnel } from "../../shared/core/run.ts";
import type { Drawing } from "../../shared/sample/drawing-bytes.ts";
import { type ExampleRow, readExamples } from "../../shared/store/examples.ts";
import { sidesOf } from "../../shared/store/fixed-sides.ts";
import { putNearRows, readNearRows } from "../../shared/store/near-rows.ts";
import { getDrawing, getRunLines, putRunLines } from "../../shared/store/run-files.ts";
import { rateOf } from "../../shared/verdict/rates.ts";
import { earlierManifests } from "./batch-history.ts";
import { type Candidate, leaveOut } from "./candidate.ts";
import { capAudit } from "./cap-audit.ts";
import { alarmsOf, clustersOf } from "./clusters.ts";
import { capsOf } from "./draw-tasks.ts";
import { guardBatch } from "./guard-batch.ts";
import { amendmentsOf, compareWithEarlier, type LateLine, lateLinesOf, nameVersions } from "./late-feedback.ts";
import { leaveOutDuplicates } from "./leave-out-duplicates.ts";
import { leaveOutEvals } from "./leave-out-evals.ts";
import { leaveOutNear } from "./leave-out-near.ts";
import { type CandidateEntry, makeCandidates } from "./make-candidates.ts";
import { publish } from "./publish.ts";
import { redactExamples } from "./redact-examples.ts";
import type { CurateTask } from "./run-window.ts";
import { trailOf } from "./trail.ts";

/** Calibrated: what is held out may be off by no more than this, on average. */
const CALIBRATION_ERROR_MAX = 0.05;
/** Batches before, which the guard compares with and the card draws. */
const HISTORY_BATCHES_MAX = 30;

export async function curateTask(options: CurateTask): Promise<{ batch: string; funnel: Funnel }> {
  const { env, window, app, task, learned } = options;
  const batch = batchId(options);
  const of = { run: window.run, app, task: task ?? "" };
  const drawing = await getDrawing(env.STORE, of);
  const late = await lateLinesOf(env.STORE, of);
  const all = await candidatesOf(options, { drawing, late });
  const candidates = all.filter(({ isBeside }) => !isBeside);
  const tonight = candidates.filter(({ isLate }) => !isLate);
  const goodRate = rateOf(tonight.map(({ judged, drawn }) => ({ ...drawn, pGood: judged.pGood })));
  const settings = { ...window.settings, budget: drawing?.head.budget ?? window.settings.budget };
  capAudit(tonight, settings);
  const pairs = pairCandidates(all);
  const sideOf = await sidesOf(env.DB, { app, groups: candidates.map(groupOf) });
  for (const candidate of candidates) {
    candidate.side = sideOf(groupOf(candidate));
    makeExamples(candidate, pairs.get(candidate.id));
  }
  const lateIds = new Set(late.flatMap(({ id, as }) => (as === undefined ? [id] : [])));
  const earlier = await readExamples(env.DB, { app, ids: candidates.map(({ id }) => id) });
  const compared = compareWithEarlier(candidates, {
    earlier: earlier.filter((row) => row.batch !== batch),
    late: lateIds,
  });
  for (const candidate of candidates) nameVersions(candidate, compared);
  const evalSets = await leaveOutEvals(env.STORE, { app, candidates });
  const exact = await leaveOutDuplicates({ d1: env.DB, app, batch, candidates });
  const near = await leaveOutNear(candidates, {
    history: readNearRows({ bucket: env.STORE, d1: env.DB }, { ...of, batch }),
    clusterRowsMax: capsOf(settings, 1).prompt,
  });
  const clusters = clustersOf(candidates);
  const redacted = redactExamples(candidates, options.settings.redaction);
  const history = await earlierManifests(env, { app, task, batch, rowsMax: HISTORY_BATCHES_MAX });
  const guarded = await guardBatch(options, { batch, examples: redacted.examples, candidates, earlier: history });
  if (guarded.stopped !== null) {
    for (const candidate of candidates)
      if (candidate.bucket === "exported") leaveOut(candidate, "stopped", guarded.stopped);
  }
  const { retractions, rows } = amendmentsOf({
    candidates,
    compared,
    late: lateIds,
    batch,
    createdAtMs: window.createdAtMs,
  });
  const exporting = new Set<string>(candidates.filter(({ examples }) => examples.length > 0).map(({ id }) => id));
  const kept = near.filter(({ id }) => exporting.has(id));
  if (kept.length > 0) await putNearRows(env.STORE, { ...of, batch, rows: kept });
  const left = new Set(kept.map(({ id }) => id));
  const made = {
    batch,
    alarms: alarmsOf(clusters),
    evalSets,
    earlier: history,
    funnel: funnelOf(drawing, tonight),
    drawing,
    exported: exact.filter(({ exchangeId }) => left.has(exchangeId)),
    goodRate,
    calibrated: isCalibrated(learned),
    retractions,
    rows,
    redacted: redacted.redacted,
    examples: guarded.stopped === null ? redacted.examples : [],
    stopped: guarded.stopped,
    guard: guarded.stopped === null ? guarded.report : null,
  };
  const { funnel } = made;
  const rowOf = await publish({ ...options, ...made });
  if (task !== null) {
    await putRunLines(env.STORE, {
      ...of,
      kind: "trail",
      values: trailOf(candidates, { batch, rowOf, clusters, retractions }),
    });
  }
  return { batch, funnel };
}

async function candidatesOf(
  options: CurateTask,
  known: { drawing: Drawing | undefined; late: readonly LateLine[] },
): Promise<Candidate[]> {
  const { env, window, app, task, learned } = options;
  const of = { run: window.run, app, task: task ?? "" };
  const lines = (await getRunLines<JudgedLine>(env.STORE, { ...of, kind: "judged" })) ?? [];
  const judged = new Map(lines.map((line) => [line.id, line]));
  const drawn = (known.drawing?.drawn() ?? []).flatMap(({ id, stratum, drawn }): CandidateEntry[] =>
    drawn === null ? [] : [{ id, stratum, drawn, isLate: false, isBeside: false }],
  );
  const tonight = new Set(drawn.map(({ id }) => id));
  const before = known.late.filter(({ id }) => !tonight.has(id));
  const ids = before.flatMap(({ id, as }) => (as === undefined ? [id] : []));
  const late = lateEntries(await readExamples(env.DB, { app, ids }));
  for (const { id, as } of before) if (as !== undefined) late.push({ id, ...BESIDE });
  return makeCandidates(options, { drawn: [...drawn, ...late], judged, gate: learned?.gate });
}

/** Makes no row of its own, so that it makes no difference how it was drawn. */
const BESIDE = {
  ...{ stratum: "", isLate: true, isBeside: true },
  drawn: { inclusionProbability: 1, audit: false, chosen: true },
};

/** As they were drawn when they made their rows. */
function lateEntries(rows: readonly ExampleRow[]): CandidateEntry[] {
  const entries = rows.map(({ exchangeId, stratum, inclusionProbability }): [string, CandidateEntry] => {
    const drawn = { inclusionProbability, audit: false, chosen: true };
    return [exchangeId, { id: exchangeId, stratum, drawn, isLate: true, isBeside: false }];
  });
  return [...new Map(entries).values()];
}

/** The same for the same run, app and task: a step that is done again publishes the same batch. */
function batchId({ window, app, task }: CurateTask): string {
  const hex = sha256Hex(`${window.run}\n${app}\n${task ?? ""}`);
  const random = Uint8Array.from({ length: 10 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
  return makeUuidV7(window.createdAtMs, random);
}

/** Held against people's words: by the scorer where it is used, else by base rate and agreement. */
function isCalibrated(learned: LearnedVerdict | null): boolean {
  const { scorer } = learned ?? {};
  const error = scorer?.used ? scorer.calibrationError : (scorer?.baseCalibrationError ?? null);
  return error !== null && error <= CALIBRATION_ERROR_MAX;
}

function pairCandidates(candidates: readonly Candidate[]): Map<string, PreferenceExample> {
  const siblings = candidates.flatMap(({ row, sampled }): Sibling[] =>
    sampled === null || row.prompt === null
      ? []
      : [{ prompt: row.prompt, parent: row.parent, conversation: row.conversation, sampled }],
  );
  return pairSiblings(siblings);
}

function groupOf({ row }: Candidate): string {
  return row.conversation ?? row.prompt ?? row.id;
}

function makeExamples(candidate: Candidate, pair: PreferenceExample | undefined): void {
  const { sampled, side, failed } = candidate;
  if (sampled === null || side === null) return;
  const made = assemble({ ...sampled, side });
  if (typeof made === "string") leaveOut(candidate, made, made === sampled.failed ? (failed?.because ?? null) : null);
  else {
    candidate.examples = pair !== undefined && side === "train" ? [...made, pair] : made;
    candidate.bucket = "exported";
  }
}

function funnelOf(drawing: Drawing | undefined, candidates: readonly Candidate[]): Funnel {
  const rows = drawing?.head.rows ?? 0;
  const funnel: Funnel = { window: rows };
  const add = (bucket: string, count: number) => {
    if (count > 0) funnel[bucket] = (funnel[bucket] ?? 0) + count;
  };
  add("not_sampled", rows - candidates.length);
  for (const { bucket } of candidates) add(bucket ?? "no_label", 1);
  return funnel;
}
