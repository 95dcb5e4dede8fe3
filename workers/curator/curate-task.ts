/**
 * One task of one run: from the exchanges of the window to a published batch. Done again, it gives the same bytes.
 *
 *     collect (D1) ─▶ draw ─▶ judge each drawn one: body from R2, checks, side, examples ─▶ dedupe ─▶ publish
 *
 * Every exchange of the window ends in exactly one bucket of the funnel.
 */
import { assemble } from "../../shared/assemble/assemble.ts";
import { type CheckSwitches, failedCheck } from "../../shared/check/checks.ts";
import type { Example } from "../../shared/core/example.ts";
import { sha256Hex } from "../../shared/core/hash.ts";
import { makeUuidV7 } from "../../shared/core/ids.ts";
import type { Funnel, TrailEntry } from "../../shared/core/run.ts";
import { conversationOf } from "../../shared/parse/messages-of.ts";
import { type Draw, type Drawn, draw } from "../../shared/sample/draw.ts";
import { sideOf } from "../../shared/split/side.ts";
import { writeTrail } from "../../shared/store/runs.ts";
import { readRecord } from "../../shared/store/segments.ts";
import { type Collected, collect } from "./collect.ts";
import { type Candidate, leaveOutDuplicates } from "./leave-out-duplicates.ts";
import { publish } from "./publish.ts";
import type { CurateTask, RunWindow } from "./run-window.ts";

/** Bodies read at once: R2 allows six connections. */
const READS_AT_ONCE = 6;

export async function curateTask(options: CurateTask): Promise<{ batch: string; funnel: Funnel }> {
  const { env, window, app, task } = options;
  const batch = batchId(options);
  const items = task === null ? [] : await collect(env.DB, { app, task, fromMs: window.fromMs, toMs: window.toMs });
  const drawing = drawItems(items, window);
  const candidates = await judgeDrawn({ items, drawing, options });
  const exported = await leaveOutDuplicates({ d1: env.DB, app, batch, candidates });
  const trail = trailOf({ items, drawing, candidates, batch });
  const funnel = funnelOf(trail);
  if (task !== null) await writeTrail(env.STORE, { run: window.run, app, task, entries: trail });
  const examples = candidates.flatMap((candidate) => candidate.examples);
  await publish({ ...options, batch, funnel, drawing, examples, exported });
  return { batch, funnel };
}

/** The same for the same run, app and task: a step that is done again publishes the same batch. */
function batchId({ window, app, task }: CurateTask): string {
  const hex = sha256Hex(`${window.run}\n${app}\n${task ?? ""}`);
  const random = Uint8Array.from({ length: 10 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
  return makeUuidV7(window.createdAtMs, random);
}

function drawItems(items: readonly Collected[], window: RunWindow): Draw {
  const { budget, auditShare } = window.settings;
  return draw(
    items.map(({ row, stratum }) => ({ id: row.id, stratum })),
    { seed: window.seed, budget, auditShare },
  );
}

async function judgeDrawn(task: {
  items: readonly Collected[];
  drawing: Draw;
  options: CurateTask;
}): Promise<Candidate[]> {
  const { items, drawing, options } = task;
  const work = items.flatMap((item) => {
    const drawn = drawing.drawn.get(item.row.id);
    return drawn === undefined ? [] : [{ item, drawn }];
  });
  const candidates: Candidate[] = [];
  for (let at = 0; at < work.length; at += READS_AT_ONCE) {
    const group = work.slice(at, at + READS_AT_ONCE);
    candidates.push(...(await Promise.all(group.map((one) => judge({ ...one, options })))));
  }
  return candidates;
}

/** Reads the body of one drawn exchange and makes its examples, or says why there are none. */
async function judge(one: { item: Collected; drawn: Drawn; options: CurateTask }): Promise<Candidate> {
  const { item, drawn, options } = one;
  const { row, verdict, feedback, stratum } = item;
  const side = sideOf({ app: row.app, group: row.conversation ?? row.prompt ?? row.id });
  const without = (bucket: string): Candidate => ({ id: row.id, pGood: verdict.pGood, bucket, side, examples: [] });
  if (row.capture === "metadata") return without("metadata_only");
  const place = { id: row.id, segment: row.segment, offset: row.segmentOffset, length: row.segmentLength };
  const record = await readRecord(options.env.STORE, place);
  if (record === undefined) return without("body_missing");
  const conversation = conversationOf(record);
  if (conversation === undefined || conversation.messages.length === 0) return without("not_understood");
  const answer = conversation.answer ?? undefined;
  const { settings } = options.window;
  const failed = failedCheck({ record, answer }, settings.checks as CheckSwitches);
  const examples = assemble({
    record,
    prompt: conversation.messages,
    tools: conversation.tools,
    answer,
    sound: failed === undefined,
    feedback,
    verdict,
    inclusionProbability: drawn.inclusionProbability,
    stratum,
    side,
    pGoodMin: settings.pGoodMin,
  });
  if (typeof examples !== "string") return { id: row.id, pGood: verdict.pGood, bucket: "exported", side, examples };
  return without(failed ?? examples);
}

function trailOf(options: {
  items: readonly Collected[];
  drawing: Draw;
  candidates: readonly Candidate[];
  batch: string;
}): TrailEntry[] {
  const byId = new Map(options.candidates.map((candidate) => [candidate.id, candidate]));
  return options.items.map(({ row, verdict, stratum }): TrailEntry => {
    const drawn = options.drawing.drawn.get(row.id);
    const candidate = byId.get(row.id);
    return {
      id: row.id,
      bucket: candidate?.bucket ?? "not_sampled",
      inclusionProbability: drawn?.inclusionProbability ?? null,
      stratum,
      audit: drawn?.audit ?? false,
      pGood: verdict.pGood,
      side: candidate?.side ?? null,
      batch: options.batch,
      files: candidate?.examples.map((example: Example) => example.file) ?? [],
    };
  });
}

function funnelOf(trail: readonly TrailEntry[]): Funnel {
  const funnel: Funnel = { window: trail.length };
  for (const { bucket } of trail) funnel[bucket] = (funnel[bucket] ?? 0) + 1;
  return funnel;
}
