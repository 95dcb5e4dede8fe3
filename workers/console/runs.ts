/** POST /v1/runs starts what the cron starts; GET /v1/runs/{id} tells how it goes, GET /v1/runs the last ones. */
import { Hono } from "hono";
import * as z from "zod";
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { makeUuidV7 } from "../../shared/core/ids.ts";
import { DEFAULT_MATURATION_HOURS, type RunParams } from "../../shared/core/run.ts";
import { nightSettingsSchema } from "../../shared/settings/night-settings.ts";
import { batchesOfRun } from "../../shared/store/batches.ts";
import { newestRuns, readRun } from "../../shared/store/runs.ts";
import { actorOf, writeAudit } from "./audit.ts";
import { authorise, type ConsoleContext, otherApp } from "./authorise.ts";
import { readBody, readQuery, timeSchema } from "./read-query.ts";
import { unknownName } from "./unknown-name.ts";

const nameSchema = z.string().min(1).max(128);
export const runSchema = z.strictObject({
  app: nameSchema.optional(),
  task: nameSchema.optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  maturationHours: z
    .number()
    .min(0)
    .max(24 * 365)
    .default(DEFAULT_MATURATION_HOURS),
  seed: z.union([nameSchema, z.int().transform(String)]).optional(),
  settings: nightSettingsSchema.default({}),
});

/** Each run asks D1 for its batches. */
const RUNS_LISTED_MAX = 50;
export const runListSchema = z.strictObject({ limit: z.coerce.number().int().min(1).max(RUNS_LISTED_MAX).default(10) });

export const runRoutes = new Hono<ConsoleContext>();

runRoutes.post("/", authorise("admin"), async (c) => {
  const read = await readBody(c, runSchema);
  if (!read.ok) return read.response;
  const { app, task, from, to, maturationHours, seed, settings } = read.value;
  const claims = c.get("claims");
  const refused = otherApp(claims, app);
  if (refused !== undefined) return refused;
  const wrong = unknownName({ "settings.checks": settings.checks });
  if (wrong !== undefined) return apiErrorResponse({ code: "bad_field", message: wrong });
  if (from !== undefined && to !== undefined && from >= to) {
    return apiErrorResponse({ code: "bad_field", message: "to: is not after from; give a window with time in it" });
  }
  const params: RunParams = {
    startedBy: "api",
    app: claims.app,
    task: task ?? null,
    fromMs: from ?? null,
    toMs: to ?? null,
    maturationHours,
    seed: seed ?? null,
    settings,
  };
  const id = makeUuidV7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  await c.env.NIGHT.create({ id, params });
  const { who } = actorOf(claims);
  const detail = task === undefined ? "of all tasks" : `of task ${task}`;
  await writeAudit(c.env.DB, { app: claims.app, actor: who, act: "started a run", target: id, detail });
  return c.json({ id }, 202);
});

runRoutes.get("/", authorise("admin"), async (c) => {
  const read = readQuery(c, runListSchema);
  if (!read.ok) return read.response;
  const { app } = c.get("claims");
  const rows = await newestRuns(c.env.DB, { app, rowsMax: read.value.limit });
  const runs = rows.map(async ({ id, status, startedBy, createdAtMs, funnel, error }) => {
    const batches = await batchesOfRun(c.env.DB, { run: id, app });
    const createdAt = new Date(createdAtMs).toISOString();
    return { id, status, startedBy, createdAt, funnel: funnel ?? {}, batches, ...(error !== null && { error }) };
  });
  return c.json({ runs: await Promise.all(runs) });
});

runRoutes.get("/:id", authorise("admin"), async (c) => {
  const id = c.req.param("id");
  const { app } = c.get("claims");
  const run = await readRun(c.env.DB, id);
  if (run !== undefined && (run.app === null || run.app === app)) {
    const batches = run.status === "running" ? [] : await batchesOfRun(c.env.DB, { run: id, app });
    return c.json({
      id,
      status: run.status,
      funnel: run.funnel ?? {},
      batches,
      ...(run.error !== null && { error: run.error }),
    });
  }
  const instance = await statusOf(c.env, id);
  if (run !== undefined || instance === undefined) {
    return apiErrorResponse({
      code: "not_found",
      message: `no run ${id}; POST /v1/runs answers with the id of the run it starts`,
    });
  }
  // The Workflow is there and has not opened its run yet; or it failed before it could.
  const failed = instance.status === "errored" || instance.status === "terminated";
  return c.json({
    id,
    status: failed ? "failed" : "running",
    funnel: {},
    batches: [],
    ...(failed && { error: instance.error?.message ?? instance.status }),
  });
});

async function statusOf(env: ConsoleEnv, id: string): Promise<InstanceStatus | undefined> {
  try {
    return await (await env.NIGHT.get(id)).status();
  } catch {
    return undefined; // Workflows throw for an id they don't know
  }
}
