/** What is known of winnow's own state, gathered for the rules (shared/health/rules.ts). Bounded in what it reads. */
import { and, count, desc, eq } from "drizzle-orm";
import type { HealthFacts } from "../../shared/health/rules.ts";
import { columnsMissing } from "../../shared/store/columns-missing.ts";
import { openDatabase } from "../../shared/store/database.ts";
import { listExchanges } from "../../shared/store/exchanges.ts";
import { batches, runs } from "../../shared/store/schema.ts";
import type { ConsoleContext } from "./authorise.ts";
import { readHealth } from "./read-health.ts";

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
  const { DB: d1 } = env;
  const hourBefore = Math.floor(nowMs / HOUR_MS) * HOUR_MS - HOUR_MS;
  const [health, missing, database, mature, night, batchesHeld] = await Promise.all([
    readHealth(env, { sinceMs: hourBefore }),
    columnsMissing(d1),
    d1.prepare("select unixepoch('subsec') * 1000 as now").run<{ now: number }>(),
    listExchanges(d1, { fromMs: 0, toMs: nowMs - MATURE_AGE_MS, rowsMax: 1 }),
    newestNight(d1),
    countHeld(d1, app),
  ]);
  const facts: HealthFacts = {
    nowMs,
    bindingsMissing: BINDINGS.filter((name) => env[name] === undefined),
    columnsMissing: missing,
    databaseBytes: database.meta.size_after,
    databaseClockMs: database.results[0]?.now ?? Number.NaN,
    losses: health.losses,
    deadLetters: health.deadLetters,
    oldestSpillAtMs: health.oldestSpillAtMs,
    lagMs: health.lagMs,
    hasMatureExchanges: mature.length > 0,
    night,
    batchesHeld,
    localKeyInPublic: !!env.LOCAL_KEY && !isLoopback(host),
  };
  return { facts, newestExchangeAtMs: health.newestAtMs, spill: health.spill };
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
