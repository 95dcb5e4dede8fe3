/** What an erasure takes along: of an exchange the later turns too, which send its text again; of a user all that is theirs. */
import type { ErasureKind, ErasureState } from "../core/erasure.ts";
import { type ExchangeId, idLowerBound, idTimeMs } from "../core/ids.ts";
import { CONVERSATION_GAP_MS_MAX } from "../core/limits.ts";
import { type Erasure, markErased, openErasure } from "./erasures.ts";
import type { ExchangeRow } from "./exchanges.ts";

interface Opened {
  d1: D1Database;
  id: string;
  app: string;
  nowMs: number;
}

export async function startExchangeErasure(options: Opened & { row: ExchangeRow }): Promise<Erasure> {
  const { d1, id, row } = options;
  const ids = [row.id, ...(await laterTurns(d1, row))];
  const erasure = newErasure(options, { kind: "exchange", subject: row.id, fromMs: idTimeMs(row.id), names: [] });
  await openErasure(d1, erasure);
  await markErased(d1, { ids, erasure: id });
  return erasure;
}

/** @param options.names under which the user may be kept: the name itself, and its keyed hash, which is `subject` */
export async function startUserErasure(options: Opened & { names: string[]; subject: string }): Promise<Erasure> {
  const { d1, app, names, subject } = options;
  const first = await d1
    .prepare("select min(id) as id from exchanges where app = ?1 and user in (select value from json_each(?2))")
    .bind(app, JSON.stringify(names))
    .first<{ id: string | null }>();
  const fromMs = first?.id == null ? options.nowMs : idTimeMs(first.id);
  const erasure = newErasure(options, { kind: "user", subject, fromMs, names });
  await openErasure(d1, erasure);
  return erasure;
}

/** Rows that an app's retention lets go. */
export async function startAgeErasure(options: Opened & { ids: readonly string[] }): Promise<Erasure> {
  const { d1, id, ids } = options;
  const erasure = newErasure(options, { kind: "age", subject: "", fromMs: idTimeMs(ids[0] ?? ""), names: [] });
  await openErasure(d1, { ...erasure, state: { ...erasure.state, saidToMs: 0 } });
  await markErased(d1, { ids, erasure: id });
  return erasure;
}

function newErasure(
  { id, app, nowMs }: Opened,
  { kind, subject, fromMs, names }: { kind: ErasureKind; subject: string; fromMs: number; names: string[] },
): Erasure {
  const state: ErasureState = { step: "rows", cursor: "", names, batches: [], exchanges: 0, saidToMs: null };
  return { id, app, kind, subject, atMs: nowMs, fromMs, state, doneAtMs: null };
}

const LATER = `select id, turn, response_id from exchanges
 where app = ?1 and id > ?2 and id < ?3 and follows in (select value from json_each(?4))`;

async function laterTurns(d1: D1Database, row: ExchangeRow): Promise<string[]> {
  const found = new Set<ExchangeId>();
  let last: { id: ExchangeId; turn: string | null; response_id: string | null }[] = [
    { id: row.id, turn: row.turn, response_id: row.responseId },
  ];
  while (last.length > 0) {
    const names = last.flatMap(({ turn, response_id: response }) => [turn, response].filter((name) => name !== null));
    const times = last.map(({ id }) => idTimeMs(id));
    const to = idLowerBound(Math.max(...times) + CONVERSATION_GAP_MS_MAX);
    const from = idLowerBound(Math.min(...times));
    const { results } = await d1
      .prepare(LATER)
      .bind(row.app, from, to, JSON.stringify(names))
      .all<(typeof last)[number]>();
    last = results.filter(({ id }) => id !== row.id && !found.has(id));
    for (const { id } of last) found.add(id);
  }
  return [...found];
}
