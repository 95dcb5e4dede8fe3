/**
 * One run, as a Workflow: each step can be done again, with the same result.
 *
 *     open   fix the window, list its tasks
 *     link   one step an app: which call goes on from which (link-calls.ts)
 *     draw   one step an app: seeded samples of each task's window (draw-task.ts)
 *     ask    one step an app that has chosen a judge: what it says of some (ask-judge.ts)
 *     judge  one step an app, or more: what is known of each drawn exchange (judge-app.ts)
 *     curate one step a task: checks → split → assemble → dedupe → publish (curate-task.ts)
 *     close  add the funnels up
 */
import { env as bound, WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import type { LearnedVerdict } from "../../shared/core/judged.ts";
import { RUN_EXCHANGES_MAX, RUN_JUDGED_ROWS_MAX, RUN_STEPS_MAX } from "../../shared/core/limits.ts";
import { addFunnels, type Funnel, type RunParams } from "../../shared/core/run.ts";
import { type AppSettings, DEFAULT_APP_SETTINGS } from "../../shared/settings/app-settings.ts";
import { runSettings } from "../../shared/settings/night-settings.ts";
import { appsWithBatches } from "../../shared/store/batches.ts";
import { closeRun, lastNightEndMs, openRun } from "../../shared/store/runs.ts";
import { readAllSettings } from "../../shared/store/settings.ts";
import { tasksInWindow, type WindowFilter, windowCutMs } from "../../shared/store/windows.ts";
import { listenerOf, tell } from "../../shared/telemetry/tell.ts";
import { askJudge } from "./ask-judge.ts";
import { curateTask } from "./curate-task.ts";
import { drawTasks } from "./draw-tasks.ts";
import { judgeApp } from "./judge-app.ts";
import { findLate } from "./late-feedback.ts";
import { linkCalls } from "./link-calls.ts";
import type { RunWindow } from "./run-window.ts";

interface OpenedRun extends Omit<RunWindow, "settings"> {
  /** task null: nothing happened there; it gets an empty batch that says so. */
  groups: { app: string; task: string | null }[];
  /** What this run was given over what is set. */
  given: RunParams["settings"];
  /** What was set when the run began. */
  apps: Record<string, AppSettings>;
}

const HOUR_MS = 3_600_000;
const RETRIES: WorkflowStepConfig = { retries: { limit: 3, delay: "10 seconds", backoff: "exponential" } };
type WorkflowStepConfig = Parameters<WorkflowStep["do"]>[1] & object;

export class Night extends WorkflowEntrypoint<CuratorEnv, RunParams> {
  override async run(event: Readonly<WorkflowEvent<RunParams>>, step: WorkflowStep): Promise<void> {
    const run = { id: event.instanceId, createdAtMs: event.timestamp.getTime(), params: event.payload };
    try {
      const opened = await doStep(step, "open", () => openWindow(this.env, run));
      const funnels: Funnel[] = [];
      for (const [app, groups] of Map.groupBy(opened.groups, (group) => group.app)) {
        funnels.push(...(await this.runApp({ app, groups, opened, wanted: run.params.task }, step)));
      }
      const end = { id: run.id, status: "done" as const, funnel: addFunnels(funnels) };
      await doStep(step, "close", () => closeRun(this.env.DB, end));
    } catch (error) {
      const end = { id: run.id, status: "failed" as const, error: String(error) };
      await doStep(step, "fail", () => closeRun(this.env.DB, end));
      throw new Error(end.error); // of a NonRetryableError Workflows would tell only that there was one
    }
  }

  private async runApp(night: AppNight, step: WorkflowStep): Promise<Funnel[]> {
    const { app, groups, opened, wanted } = night;
    const { apps, groups: _groups, given, ...fixed } = opened;
    const { env } = this;
    const settings = apps[app] ?? DEFAULT_APP_SETTINGS;
    const window: RunWindow = { ...fixed, settings: runSettings(settings.night, given) };
    const { fromMs, toMs } = window;
    await doStep(step, `link ${app}`, () => linkCalls(env.DB, { app, task: wanted, fromMs, toMs }));
    const tasks = groups.flatMap(({ task }) => task ?? []);
    const drawn = await doStep(step, `draw ${app}`, () => drawTasks({ env, window, app, tasks, wanted }));
    const { judge: chosen } = settings;
    const judge =
      chosen === undefined
        ? null
        : await doStep(step, `ask ${app}`, () =>
            askJudge({ env, window, app, tasks, judge: chosen, redaction: settings.redaction }),
          );
    const learned: Record<string, LearnedVerdict> = {};
    for (const [at, together] of judgedTogether(drawn).entries()) {
      const judgeTogether = () => judgeApp({ env, window, app, tasks: together });
      Object.assign(learned, await doStep(step, `judge ${app} ${at + 1}`, judgeTogether));
    }
    const funnels: Funnel[] = [];
    for (const { task } of groups) {
      const curate = () =>
        curateTask({ env, window, app, task, learned: learned[task ?? ""] ?? null, settings, judge });
      funnels.push((await doStep(step, `curate ${app} ${task ?? "(nothing)"}`, curate)).funnel);
    }
    return funnels;
  }
}

/** The log says how long each took, tries that failed too. */
function doStep<T extends Rpc.Serializable<T>>(step: WorkflowStep, name: string, work: () => Promise<T>): Promise<T> {
  return step.do(name, RETRIES, async () => {
    const startedMs = Date.now();
    try {
      const done = await work();
      tell(listenerOf(bound, console.log), { event: "step_done", step: name, ms: Date.now() - startedMs });
      return done;
    } catch (error) {
      tell(listenerOf(bound, console.error), { event: "step_failed", step: name, ms: Date.now() - startedMs, error });
      throw error;
    }
  });
}

/** One app's part of a run. */
interface AppNight {
  app: string;
  groups: OpenedRun["groups"];
  opened: OpenedRun;
  /** The one task that was asked for; null: all. */
  wanted: string | null;
}

/** Tasks one after the other, as many as may be judged together; a task is never split. */
function judgedTogether(drawn: readonly { task: string; rows: number }[]): string[][] {
  const parts: { tasks: string[]; rows: number }[] = [];
  for (const { task, rows } of drawn) {
    const part = parts.at(-1);
    if (part === undefined || part.rows + rows > RUN_JUDGED_ROWS_MAX) parts.push({ tasks: [task], rows });
    else {
      part.tasks.push(task);
      part.rows += rows;
    }
  }
  return parts.map(({ tasks }) => tasks);
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
  const groups = await groupsOf(env, { ...filter, toMs, run: run.id, createdAtMs });
  const settings = await readAllSettings(env.DB);
  const apps = Object.fromEntries(groups.map(({ app }) => [app, settings.get(app) ?? DEFAULT_APP_SETTINGS]));
  await openRun(env.DB, { id: run.id, startedBy: params.startedBy, app: params.app, fromMs, toMs, createdAtMs });
  return {
    run: run.id,
    createdAtMs,
    fromMs,
    toMs,
    cut: cutMs !== undefined,
    maturationHours: params.maturationHours,
    seed: params.seed ?? `${fromMs}-${toMs}`,
    given: params.settings,
    groups,
    apps,
  };
}

/** Every task of the window or with late feedback, and every app without one. */
async function groupsOf(
  env: CuratorEnv,
  filter: WindowFilter & { run: string; createdAtMs: number },
): Promise<OpenedRun["groups"]> {
  const { run, createdAtMs, task } = filter;
  const groups: OpenedRun["groups"] = await tasksInWindow(env.DB, filter);
  const known = filter.app === null ? await appsWithBatches(env.DB) : [filter.app];
  const apps = [...new Set([...known, ...groups.map(({ app }) => app)])].sort();
  for (const app of apps) {
    const late = await findLate(env, { run, createdAtMs, app, task });
    const own = new Set(groups.filter((group) => group.app === app).map((group) => group.task));
    for (const one of late) if (!own.has(one)) groups.push({ app, task: one });
    if (own.size + late.length === 0) groups.push({ app, task });
  }
  // link, draw, ask and one or more of judge; open and close
  const steps = groups.length + 4 * apps.length + 2;
  if (steps > RUN_STEPS_MAX) {
    throw new NonRetryableError(
      `${groups.length} tasks of ${apps.length} apps in the window are ${steps} steps, ${RUN_STEPS_MAX} at most in one run: run it for one app or task`,
    );
  }
  return groups;
}
