/**
 * One run, as a Workflow: each step can be done again, with the same result.
 *
 *     open   fix the window, list its tasks
 *     link   one step an app: which call goes on from which (link-calls.ts)
 *     curate one step a task: sample → score → dedupe → split → assemble → publish (curate-task.ts)
 *     close  add the funnels up
 */
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import { RUN_EXCHANGES_MAX, RUN_TASKS_MAX } from "../../shared/core/limits.ts";
import { addFunnels, type RunParams } from "../../shared/core/run.ts";
import { appsWithBatches } from "../../shared/store/batches.ts";
import { tasksInWindow, windowCutMs } from "../../shared/store/exchanges.ts";
import { closeRun, lastNightEndMs, openRun } from "../../shared/store/runs.ts";
import { curateTask } from "./curate-task.ts";
import { linkCalls } from "./link-calls.ts";
import type { RunWindow } from "./run-window.ts";

interface OpenedRun extends RunWindow {
  /** task null: nothing happened there; it gets an empty batch that says so. */
  groups: { app: string; task: string | null }[];
}

const HOUR_MS = 3_600_000;
const RETRIES: WorkflowStepConfig = { retries: { limit: 3, delay: "10 seconds", backoff: "exponential" } };
type WorkflowStepConfig = Parameters<WorkflowStep["do"]>[1] & object;

export class Night extends WorkflowEntrypoint<CuratorEnv, RunParams> {
  override async run(event: Readonly<WorkflowEvent<RunParams>>, step: WorkflowStep): Promise<void> {
    const run = { id: event.instanceId, createdAtMs: event.timestamp.getTime(), params: event.payload };
    try {
      const opened = await step.do("open", RETRIES, () => openWindow(this.env, run));
      for (const app of new Set(opened.groups.map((group) => group.app))) {
        const { fromMs, toMs } = opened;
        const { task } = run.params;
        await step.do(`link ${app}`, RETRIES, () => linkCalls(this.env.DB, { app, task, fromMs, toMs }));
      }
      const funnels = [];
      for (const { app, task } of opened.groups) {
        const name = `curate ${app} ${task ?? "(nothing)"}`;
        const done = await step.do(name, RETRIES, () => curateTask({ env: this.env, window: opened, app, task }));
        funnels.push(done.funnel);
      }
      const end = { id: run.id, status: "done" as const, funnel: addFunnels(funnels) };
      await step.do("close", RETRIES, () => closeRun(this.env.DB, end));
    } catch (error) {
      const end = { id: run.id, status: "failed" as const, error: String(error) };
      await step.do("fail", RETRIES, () => closeRun(this.env.DB, end));
      throw new Error(end.error); // of a NonRetryableError Workflows would tell only that there was one
    }
  }
}

async function openWindow(
  env: CuratorEnv,
  run: { id: string; createdAtMs: number; params: RunParams },
): Promise<OpenedRun> {
  const { params, createdAtMs } = run;
  const ripeMs = createdAtMs - params.maturationHours * HOUR_MS;
  const fromMs = params.fromMs ?? (params.startedBy === "cron" ? await lastNightEndMs(env.DB) : 0);
  const askedToMs = Math.max(fromMs, Math.min(params.toMs ?? ripeMs, ripeMs));
  const filter = { fromMs, app: params.app, task: params.task };
  const cutMs = await windowCutMs(env.DB, { ...filter, toMs: askedToMs, rowsMax: RUN_EXCHANGES_MAX });
  const toMs = cutMs ?? askedToMs;
  const groups = await groupsOf(env, { ...filter, toMs });
  await openRun(env.DB, { id: run.id, startedBy: params.startedBy, app: params.app, fromMs, toMs, createdAtMs });
  return {
    run: run.id,
    createdAtMs,
    fromMs,
    toMs,
    cut: cutMs !== undefined,
    maturationHours: params.maturationHours,
    seed: params.seed ?? `${fromMs}-${toMs}`,
    settings: params.settings,
    groups,
  };
}

/** Every task of the window, and every app without one. */
async function groupsOf(
  env: CuratorEnv,
  filter: { fromMs: number; toMs: number; app: string | null; task: string | null },
): Promise<OpenedRun["groups"]> {
  const tasks = await tasksInWindow(env.DB, filter);
  if (tasks.length > RUN_TASKS_MAX) {
    throw new NonRetryableError(
      `${tasks.length} tasks in the window, ${RUN_TASKS_MAX} at most in one run: run it for one app or task`,
    );
  }
  const busy = new Set(tasks.map(({ app }) => app));
  const apps = filter.app === null ? await appsWithBatches(env.DB) : [filter.app];
  const idle = apps.filter((app) => !busy.has(app)).map((app) => ({ app, task: filter.task }));
  return [...tasks, ...idle];
}
