/** What the sweep lets go, some at a time: bodies and rows over the age that an app has set, and erasures that were not done at once. */
import { type ExchangeId, idLowerBound, makeUuidV7 } from "../../shared/core/ids.ts";
import {
  RETENTION_BODIES_EXCHANGES_MAX,
  RETENTION_EXCHANGES_MAX,
  SWEEP_ERASE_MS_MAX,
} from "../../shared/core/limits.ts";
import { dropFromSegments } from "../../shared/store/erase-exchanges.ts";
import { nextErasure } from "../../shared/store/erasures.ts";
import { type Aged, agedRows, keepRetention, markBodiless, readRetention } from "../../shared/store/retention.ts";
import { runErasurePart } from "../../shared/store/run-erasure.ts";
import { readAllSettings } from "../../shared/store/settings.ts";
import { startAgeErasure } from "../../shared/store/start-erasure.ts";
import { listenerOf, tell } from "../../shared/telemetry/tell.ts";
import { secretsOf } from "./secrets.ts";

const DAY_MS = 24 * 3_600_000;

export async function letGo(env: IngestEnv, nowMs: number): Promise<void> {
  const stores = { bucket: env.STORE, d1: env.DB, sealer: secretsOf(env).sealer };
  for (const [app, { retention }] of await readAllSettings(env.DB)) {
    const { bodyDays, rowDays } = retention;
    if (rowDays !== undefined) await letRowsGo(env, { app, nowMs, beforeMs: nowMs - rowDays * DAY_MS });
    if (bodyDays !== undefined) await letBodiesGo(env, { app, nowMs, beforeMs: nowMs - bodyDays * DAY_MS });
  }
  for (const untilMs = Date.now() + SWEEP_ERASE_MS_MAX; Date.now() < untilMs; ) {
    const erasure = await nextErasure(env.DB);
    if (erasure === undefined) return;
    const { doneAtMs, kind, state } = await runErasurePart(stores, erasure, nowMs);
    if (doneAtMs !== null) tell(listenerOf(env, console.log), { event: "erased", kind, exchanges: state.exchanges });
  }
}

interface Age {
  app: string;
  nowMs: number;
  beforeMs: number;
}

async function letRowsGo(env: IngestEnv, { app, nowMs, beforeMs }: Age): Promise<void> {
  const { rowsTo, bodiesTo } = await readRetention(env.DB, app);
  const rows = await agedRows(env.DB, {
    app,
    after: rowsTo,
    before: idLowerBound(beforeMs),
    rowsMax: RETENTION_EXCHANGES_MAX,
  });
  const last = rows.at(-1);
  if (last === undefined) return;
  const id = makeUuidV7(nowMs, crypto.getRandomValues(new Uint8Array(10)));
  await startAgeErasure({ d1: env.DB, id, app, nowMs, ids: rows.map((row) => row.id) });
  await keepRetention(env.DB, { app, rowsTo: last.id, bodiesTo: later(bodiesTo, last.id) });
}

async function letBodiesGo(env: IngestEnv, { app, beforeMs }: Age): Promise<void> {
  const { rowsTo, bodiesTo } = await readRetention(env.DB, app);
  const before = idLowerBound(beforeMs);
  const rows: Aged[] = await agedRows(env.DB, {
    app,
    after: bodiesTo,
    before,
    rowsMax: RETENTION_BODIES_EXCHANGES_MAX,
  });
  const last = rows.at(-1);
  if (last === undefined) return;
  await dropFromSegments(
    { bucket: env.STORE, d1: env.DB },
    {
      rows,
      record: ({ rawRequest: _request, rawResponse: _response, ...record }) => {
        return { ...record, capture: "metadata", request: null, response: null, meta: null };
      },
    },
  );
  await markBodiless(
    env.DB,
    rows.map(({ id }) => id),
  );
  await keepRetention(env.DB, { app, rowsTo, bodiesTo: last.id });
}

function later(a: string, b: ExchangeId): string {
  return a > b ? a : b;
}
