/** What is known of winnow's own state, gathered for the rules (shared/health/rules.ts). Bounded in what it reads. */
import { and, count, desc, eq } from "drizzle-orm";
import { idTimeMs } from "../../shared/core/ids.ts";
import type { HealthFacts } from "../../shared/health/rules.ts";
import { columnsMissing } from "../../shared/store/columns-missing.ts";
import { openDatabase } from "../../shared/store/database.ts";
import { countDeadLetters } from "../../shared/store/dead-letters.ts";
import { listExchanges, newestExchange } from "../../shared/store/exchanges.ts";
import { readLosses } from "../../shared/store/losses.ts";
import { batches, runs } from "../../shared/store/schema.ts";
import { SPILL_PREFIX } from "../../shared/store/spill.ts";
import type { ConsoleContext } from "./authorise.ts";

const HOUR_MS = 3_600_000;
/** An exchange of this age should have had its night: 24 hours to ripen, and a day between two nights. */
const MATURE_AGE_MS = 50 * HOUR_MS;
const BINDINGS = ["DB", "STORE", "CAPTURE", "NIGHT", "DELIVER"] as const;

export interface GatheredHealth {
  facts: HealthFacts;
  newestExchangeAtMs: number | null;
  spill: { objects: number; more: boolean };
}

/** Of all apps; held batches of this one. */
export async function gatherHealth(options: {
  env: ConsoleContext["Bindings"];
  app: string;
  /** Under which the console was asked. */
  host: string;
  nowMs: number;
}): Promise<GatheredHealth> {
  const { env, app, host, nowMs } = options;
  const { DB: d1, STORE: bucket } = env;
  const hourBefore = Math.floor(nowMs / HOUR_MS) * HOUR_MS - HOUR_MS;
  const [losses, deadLetters, newest, spilled, missing, database, mature, night, batchesHeld] = await Promise.all([
    readLosses({ db: d1, sinceMs: hourBefore }),
    countDeadLetters(d1),
    newestExchange(d1),
    bucket.list({ prefix: SPILL_PREFIX, limit: 1_000 }),
    columnsMissing(d1),
    d1.prepare("select unixepoch('subsec') * 1000 as now").run<{ now: number }>(),
    listExchanges(d1, { fromMs: 0, toMs: nowMs - MATURE_AGE_MS, rowsMax: 1 }),
    newestNight(d1),
    countHeld(d1, app),
  ]);
  const head = newest === undefined ? null : await bucket.head(newest.segment);
  const newestAtMs = newest === undefined ? null : idTimeMs(newest.id);
  const oldest = spilled.objects.map(({ uploaded }) => uploaded.getTime()).sort((a, b) => a - b)[0];
  const facts: HealthFacts = {
    nowMs,
    bindingsMissing: BINDINGS.filter((name) => env[name] === undefined),
    columnsMissing: missing,
    databaseBytes: database.meta.size_after,
    databaseClockMs: database.results[0]?.now ?? Number.NaN,
    losses,
    deadLetters,
    oldestSpillAtMs: oldest ?? null,
    lagMs: head === null || newestAtMs === null ? null : head.uploaded.getTime() - newestAtMs,
    hasMatureExchanges: mature.length > 0,
    night,
    batchesHeld,
    localKeyInPublic: !!env.LOCAL_KEY && !isLoopback(host),
  };
  return { facts, newestExchangeAtMs: newestAtMs, spill: { objects: spilled.objects.length, more: spilled.truncated } };
}

async function newestNight(d1: D1Database): Promise<HealthFacts["night"]> {
  const row = await openDatabase(d1)
    .select({ status: runs.status, createdAtMs: runs.createdAtMs })
    .from(runs)
    .where(eq(runs.startedBy, "cron"))
    .orderBy(desc(runs.createdAtMs))
    .limit(1)
    .get();
  return row ?? null;
}

async function countHeld(d1: D1Database, app: string): Promise<number> {
  const held = and(eq(batches.app, app), eq(batches.status, "held"));
  const row = await openDatabase(d1).select({ total: count() }).from(batches).where(held).get();
  return row?.total ?? 0;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
