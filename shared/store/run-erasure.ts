/**
 * One part of an erasure, in bounded time and memory: a part that was stopped is done again, with the same end.
 *
 *     rows ─▶ segments ─▶ letters ─▶ batches ─▶ runs
 */
import { ERASURE_STEPS, type ErasureState } from "../core/erasure.ts";
import type { FeedbackEvent } from "../core/feedback.ts";
import { gunzip, gzip } from "../core/gzip.ts";
import type { ExchangeId } from "../core/ids.ts";
import { idLowerBound } from "../core/ids.ts";
import { ERASE_BATCHES_MAX, ERASE_EXCHANGES_MAX, ERASE_FILES_ENTRIES_MAX, RUN_FILE_BYTES_MAX } from "../core/limits.ts";
import type { Sealer } from "../core/seal.ts";
import { toBytes, toText } from "../core/text.ts";
import { eraseBatch } from "./erase-batch.ts";
import { eraseExchanges } from "./erase-exchanges.ts";
import { eraseFromLetters } from "./erase-letters.ts";
import { eraseFromSegments } from "./erase-segments.ts";
import { type Erasure, erasedBy, forgetErased, keepErasure, markErased, otherName } from "./erasures.ts";
import { WhatGoes } from "./what-goes.ts";

export interface ErasureStores {
  bucket: R2Bucket;
  d1: D1Database;
  /** Opens what waits under dead/ and spill/. */
  sealer: Sealer;
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
const PARTS: Record<NonNullable<ErasureState["step"]>, Part> = { rows, segments, letters, batches, runs };

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
  turn: string | null;
}

const OF_USER = `select id, segment, response_id, request_id, turn from exchanges
 where app = ?1 and user in (select value from json_each(?2)) and id < ?3 order by id limit ${ERASE_EXCHANGES_MAX}`;
const MARKED = `select id, segment, response_id, request_id, turn from exchanges
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
    await forgetWaiting(stores, erasure);
    if (kind === "user") await forgetWords(d1, { app, names: state.names });
    return nextStep(erasure);
  }
  const said = await d1
    .prepare(LAST_WORD)
    .bind(JSON.stringify(results.map((row) => row.id)))
    .first<{ at: number | null }>();
  if (kind !== "age") await markErased(d1, { ids: results.flatMap((row) => otherNamesOf(app, row)), erasure: id });
  await eraseExchanges(stores, { rows: results, erasure: id });
  return {
    ...state,
    exchanges: state.exchanges + results.length,
    saidToMs: kind === "age" ? Math.max(state.saidToMs ?? 0, said?.at ?? 0) : null,
  };
}

function otherNamesOf(app: string, { response_id: response, request_id: request, turn }: RowToErase): string[] {
  const named = { responseId: response, requestId: request, turn };
  return Object.entries(named).flatMap(([name, value]) => (value === null ? [] : [otherName(app, `${name}:${value}`)]));
}

/** What the user said of others' exchanges. */
async function forgetWords(d1: D1Database, { app, names }: { app: string; names: readonly string[] }): Promise<void> {
  const json = JSON.stringify(names);
  await d1
    .prepare("delete from feedback where actor in (select value from json_each(?1)) and (app = ?2 or app = '')")
    .bind(json, app)
    .run();
}

/** Words that name what is gone by another id would wait for it in vain. */
async function forgetWaiting({ d1, ...others }: ErasureStores, erasure: Erasure): Promise<void> {
  const what = await whatGoes({ d1, ...others }, erasure);
  const { results } = await d1
    .prepare("select event_id, event from feedback_waiting where app = ?1")
    .bind(erasure.app)
    .all<{ event_id: string; event: string }>();
  const gone = results.filter(({ event }) => what.event(JSON.parse(event) as FeedbackEvent));
  await d1
    .prepare("delete from feedback_waiting where event_id in (select value from json_each(?1))")
    .bind(JSON.stringify(gone.map(({ event_id: id }) => id)))
    .run();
}

async function segments(stores: ErasureStores, erasure: Erasure): Promise<ErasureState> {
  const { state } = erasure;
  if (state.saidToMs === 0) return nextStep(erasure);
  const cursor = await eraseFromSegments(stores, { erasure, what: await whatGoes(stores, erasure) });
  return cursor === null ? nextStep(erasure) : { ...state, cursor };
}

async function letters(stores: ErasureStores, erasure: Erasure): Promise<ErasureState> {
  const cursor = await eraseFromLetters(stores, {
    cursor: erasure.state.cursor,
    what: await whatGoes(stores, erasure),
  });
  return cursor === null ? nextStep(erasure) : { ...erasure.state, cursor };
}

async function whatGoes({ d1 }: ErasureStores, erasure: Erasure): Promise<WhatGoes> {
  return new WhatGoes(erasure, await erasedBy(d1, erasure.id));
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
