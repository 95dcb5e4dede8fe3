/**
 * One part of an erasure, in bounded time and memory: a part that was stopped is done again, with the same end.
 *
 *     rows ─▶ segments ─▶ batches ─▶ runs
 */
import { ERASURE_STEPS, type ErasureState } from "../core/erasure.ts";
import type { FeedbackEvent } from "../core/feedback.ts";
import { gunzip, gzip } from "../core/gzip.ts";
import type { ExchangeId } from "../core/ids.ts";
import { idLowerBound } from "../core/ids.ts";
import {
  ERASE_BATCHES_MAX,
  ERASE_EXCHANGES_MAX,
  ERASE_FILES_ENTRIES_MAX,
  ERASE_SEGMENTS_MAX,
  RECORD_BYTES_MAX,
  RUN_FILE_BYTES_MAX,
} from "../core/limits.ts";
import { toBytes, toText } from "../core/text.ts";
import { editSegment } from "./edit-segment.ts";
import { eraseBatch } from "./erase-batch.ts";
import { eraseExchanges } from "./erase-exchanges.ts";
import { type Erasure, erasedBy, forgetErased, keepErasure } from "./erasures.ts";
import { SEGMENTS_PREFIX } from "./segments.ts";

export interface ErasureStores {
  bucket: R2Bucket;
  d1: D1Database;
}

/** @returns the erasure as it stands after the part */
export async function runErasurePart(stores: ErasureStores, erasure: Erasure, nowMs: number): Promise<Erasure> {
  const { step } = erasure.state;
  if (step === null) return erasure;
  const state = await PARTS[step](stores, erasure);
  const isDone = state.step === null;
  const kept: ErasureState = isDone ? { ...state, names: [] } : state;
  if (isDone && erasure.kind === "age") await forgetErased(stores.d1, erasure.id);
  const doneAtMs = isDone ? nowMs : null;
  await keepErasure(stores.d1, { id: erasure.id, state: kept, doneAtMs });
  return { ...erasure, state: kept, doneAtMs };
}

type Part = (stores: ErasureStores, erasure: Erasure) => Promise<ErasureState>;
const PARTS: Record<NonNullable<ErasureState["step"]>, Part> = { rows, segments, batches, runs };

function nextStep({ kind, state }: Erasure): ErasureState {
  const after = ERASURE_STEPS.slice(state.step === null ? ERASURE_STEPS.length : ERASURE_STEPS.indexOf(state.step) + 1);
  const step = after.find((one) => !(kind === "age" && one === "batches")) ?? null;
  return { ...state, step, cursor: "" };
}

interface RowToErase {
  id: ExchangeId;
  segment: string;
  response_id: string | null;
  request_id: string | null;
}

const OF_USER = `select id, segment, response_id, request_id from exchanges
 where app = ?1 and user in (select value from json_each(?2)) and id < ?3 order by id limit ${ERASE_EXCHANGES_MAX}`;
const MARKED = `select id, segment, response_id, request_id from exchanges
 where id in (select exchange_id from erased where erasure = ?1) order by id limit ${ERASE_EXCHANGES_MAX}`;
const LAST_WORD = "select max(at_ms) as at from feedback where exchange_id in (select value from json_each(?1))";

async function rows(stores: ErasureStores, erasure: Erasure): Promise<ErasureState> {
  const { d1 } = stores;
  const { id, app, kind, atMs, state } = erasure;
  const asked =
    kind === "user"
      ? d1.prepare(OF_USER).bind(app, JSON.stringify(state.names), idLowerBound(atMs + 1))
      : d1.prepare(MARKED).bind(id);
  const { results } = await asked.all<RowToErase>();
  if (results.length === 0) {
    if (kind === "user") await forgetWords(d1, { app, names: state.names });
    return nextStep(erasure);
  }
  const said = await d1
    .prepare(LAST_WORD)
    .bind(JSON.stringify(results.map((row) => row.id)))
    .first<{ at: number | null }>();
  await eraseExchanges(stores, { rows: results, erasure: id });
  const otherNames = results.flatMap(({ response_id: response, request_id: request }) => [
    ...(response === null ? [] : [`responseId:${response}`]),
    ...(request === null ? [] : [`requestId:${request}`]),
  ]);
  return {
    ...state,
    names: kind === "age" ? state.names : [...state.names, ...otherNames],
    exchanges: state.exchanges + results.length,
    saidToMs: kind === "age" ? Math.max(state.saidToMs ?? 0, said?.at ?? 0) : null,
  };
}

/** What the user said of others' exchanges, and what of theirs still waits. */
async function forgetWords(d1: D1Database, { app, names }: { app: string; names: readonly string[] }): Promise<void> {
  const json = JSON.stringify(names);
  await d1.batch([
    d1
      .prepare("delete from feedback where actor in (select value from json_each(?1)) and (app = ?2 or app = '')")
      .bind(json, app),
    d1
      .prepare(
        "delete from feedback_waiting where app = ?2 and event ->> '$.actor' in (select value from json_each(?1))",
      )
      .bind(json, app),
  ]);
}

/** Feedback lies in later segments than what it speaks of, in their last member. */
async function segments({ bucket, d1 }: ErasureStores, erasure: Erasure): Promise<ErasureState> {
  const { state, fromMs } = erasure;
  if (state.saidToMs === 0) return nextStep(erasure);
  const ids = await erasedBy(d1, erasure.id);
  const names = new Set(state.names);
  const page = await bucket.list({
    prefix: SEGMENTS_PREFIX,
    startAfter: state.cursor === "" ? `${SEGMENTS_PREFIX}${dayPath(fromMs)}` : state.cursor,
    limit: ERASE_SEGMENTS_MAX,
    include: ["customMetadata"],
  });
  const isGone = (event: FeedbackEvent) => concerns(event, { ids, names, erasure });
  let last = state.cursor;
  for (const object of page.objects) {
    last = object.key;
    if (state.saidToMs !== null && object.key > `${SEGMENTS_PREFIX}${dayPath(state.saidToMs + DAY_MS)}/~`) {
      return nextStep(erasure);
    }
    const events = await lastEvents(bucket, object);
    if (!events.some(isGone)) continue;
    await editSegment(
      { bucket, d1 },
      { key: object.key, edit: { record: (one) => one, keepsEvent: (one) => !isGone(one) } },
    );
  }
  return page.truncated ? { ...state, cursor: last } : nextStep(erasure);
}

const DAY_MS = 24 * 3_600_000;

function dayPath(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10).replaceAll("-", "/");
}

function concerns(
  event: FeedbackEvent,
  { ids, names, erasure }: { ids: ReadonlySet<string>; names: ReadonlySet<string>; erasure: Erasure },
): boolean {
  const { ref, app, actor } = event;
  if ("id" in ref && ids.has(ref.id)) return true;
  if (app !== null && app !== erasure.app) return false;
  if ("responseId" in ref && names.has(`responseId:${ref.responseId}`)) return true;
  if ("requestId" in ref && names.has(`requestId:${ref.requestId}`)) return true;
  return erasure.kind === "user" && actor !== "" && names.has(actor);
}

async function lastEvents(bucket: R2Bucket, object: R2Object): Promise<FeedbackEvent[]> {
  const lengths = (object.customMetadata?.lengths ?? "").split(",").map((length) => Number.parseInt(length, 36));
  const length = lengths.at(-1) ?? 0;
  const read = await bucket.get(object.key, { range: { offset: object.size - length, length } });
  if (read === null) return [];
  const text = toText(await gunzip(new Uint8Array(await read.arrayBuffer()), RECORD_BYTES_MAX));
  const values = text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as { type: string }]));
  return values.filter(({ type }) => type === "feedback") as FeedbackEvent[];
}

async function batches(stores: ErasureStores, erasure: Erasure): Promise<ErasureState> {
  const { state, app, fromMs } = erasure;
  const ids = await erasedBy(stores.d1, erasure.id);
  const { results } = await stores.d1
    .prepare(
      "select seq, id, task from batches where app = ?1 and seq > ?2 and created_at_ms >= ?3 order by seq limit ?4",
    )
    .bind(app, Number(state.cursor || 0), fromMs, ERASE_BATCHES_MAX)
    .all<{ seq: number; id: string; task: string | null }>();
  const held: string[] = [];
  for (const { id, task } of results) {
    if (await eraseBatch(stores.bucket, { batch: { id, app, task }, ids, atMs: erasure.atMs })) held.push(id);
  }
  const known = [...new Set([...state.batches, ...held])];
  const last = results.at(-1);
  if (results.length < ERASE_BATCHES_MAX || last === undefined) return { ...nextStep(erasure), batches: known };
  return { ...state, batches: known, cursor: String(last.seq) };
}

/** Lines of erased exchanges go; in those of others the user's name does. */
async function runs({ bucket, d1 }: ErasureStores, erasure: Erasure): Promise<ErasureState> {
  const { state, fromMs } = erasure;
  const ids = await erasedBy(d1, erasure.id);
  const names = new Set(state.names);
  const page = await bucket.list({
    prefix: "runs/",
    ...(state.cursor !== "" && { startAfter: state.cursor }),
    limit: ERASE_FILES_ENTRIES_MAX,
  });
  for (const { key, uploaded } of page.objects) {
    if (!key.endsWith(".ndjson.gz") || uploaded.getTime() < fromMs) continue;
    const object = await bucket.get(key);
    if (object === null) continue;
    const text = toText(await gunzip(new Uint8Array(await object.arrayBuffer()), RUN_FILE_BYTES_MAX));
    const kept = text.split("\n").flatMap((line) => lineWithout(line, { ids, names }));
    if (kept.join("\n") !== text) await bucket.put(key, await gzip(toBytes(kept.join("\n"))));
  }
  const last = page.objects.at(-1)?.key;
  return page.truncated && last !== undefined ? { ...state, cursor: last } : nextStep(erasure);
}

function lineWithout(line: string, { ids, names }: { ids: ReadonlySet<string>; names: ReadonlySet<string> }): string[] {
  if (line === "") return [line];
  const value = JSON.parse(line) as { id?: string; grounds?: { actor?: string }[] } | string;
  if (typeof value === "string") return ids.has(value) ? [] : [line];
  if (value.id !== undefined && ids.has(value.id)) return [];
  const named = value.grounds?.filter(({ actor }) => actor !== undefined && names.has(actor)) ?? [];
  if (named.length === 0) return [line];
  for (const ground of named) ground.actor = "erased";
  return [JSON.stringify(value)];
}
