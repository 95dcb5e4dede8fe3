/** GET /v1/health: what was lost and why, what waits, what could not be taken in, and what is to be done about it. */
import { Hono } from "hono";
import { checkHealth } from "../../shared/health/rules.ts";
import { readLosses } from "../../shared/store/losses.ts";
import { authorise, type ConsoleContext } from "./authorise.ts";
import { gatherHealth } from "./health-facts.ts";

const DAY_MS = 24 * 3_600_000;

export const healthRoutes = new Hono<ConsoleContext>();

healthRoutes.get("/health", authorise("admin"), async (c) => {
  const nowMs = Date.now();
  const { env } = c;
  const [losses, gathered] = await Promise.all([
    readLosses({ db: env.DB, sinceMs: nowMs - 30 * DAY_MS }),
    gatherHealth({ env, app: c.get("claims").app, host: new URL(c.req.url).hostname, nowMs }),
  ]);
  const { facts, newestExchangeAtMs, spill } = gathered;
  const { state, findings } = checkHealth(facts);
  return c.json({
    state,
    at: new Date(nowMs).toISOString(),
    findings,
    losses,
    deadLetters: facts.deadLetters,
    spill,
    queue: {
      newestExchangeAt: newestExchangeAtMs === null ? null : new Date(newestExchangeAtMs).toISOString(),
      lagMs: facts.lagMs,
    },
    database: { bytes: facts.databaseBytes },
  });
});
