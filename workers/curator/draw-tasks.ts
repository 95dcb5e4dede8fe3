/** Draws from the windows of an app's tasks, and writes down what was drawn. Reads D1 alone, a page at a time. */
import type { ExchangeId } from "../../shared/core/ids.ts";
import { RUN_AUDIT_ROWS_MAX, RUN_PAGE_ROWS } from "../../shared/core/limits.ts";
import type { RunSettings } from "../../shared/core/run.ts";
import { type DrawOptions, draw } from "../../shared/sample/draw.ts";
import { drawingToBytes } from "../../shared/sample/drawing-bytes.ts";
import { shareOut } from "../../shared/sample/shares.ts";
import { WindowItems } from "../../shared/sample/window-items.ts";
import { readStandingFeedback } from "../../shared/store/feedback.ts";
import { putDrawing } from "../../shared/store/run-files.ts";
import { commonTemplates, countByTask, listSampled } from "../../shared/store/windows.ts";
import type { RunWindow } from "./run-window.ts";
import { isSpokenOf, stratumOf, TEMPLATE_STRATA } from "./strata.ts";

interface TaskWindow {
  env: CuratorEnv;
  window: RunWindow;
  app: string;
  task: string;
}

/** @returns how many were drawn of each task */
export async function drawTasks(
  options: Omit<TaskWindow, "task"> & { tasks: readonly string[] },
): Promise<{ task: string; rows: number }[]> {
  const { tasks, ...app } = options;
  const budgets = await budgetsOf(options);
  const drawn: { task: string; rows: number }[] = [];
  for (const task of tasks) {
    drawn.push({ task, rows: await drawTask({ ...app, task }, budgets.get(task) ?? 0) });
  }
  return drawn;
}

/** The night's budget, shared out evenly over its tasks; what a small one can't use goes to the others. */
async function budgetsOf(options: Parameters<typeof drawTasks>[0]): Promise<Map<string, number>> {
  const { env, window, app, tasks } = options;
  const { budget, nightBudget } = window.settings;
  if (tasks.length * budget <= nightBudget) return new Map(tasks.map((task) => [task, budget]));
  const { fromMs, toMs } = window;
  const counts = await countByTask(env.DB, { app, fromMs, toMs, tasks });
  const wanted = tasks.map((task) => Math.min(budget, counts.get(task) ?? 0));
  const shares = shareOut(wanted, nightBudget);
  return new Map(tasks.map((task, at) => [task, shares[at] ?? 0]));
}

async function drawTask(options: TaskWindow, budget: number): Promise<number> {
  const { env, window, app, task } = options;
  const items = await itemsOf(options);
  const settings = { ...window.settings, budget };
  const drawing = draw(items, drawOptions(items, { ...window, settings }));
  await putDrawing(env.STORE, { run: window.run, app, task }, drawingToBytes(items, drawing, budget));
  return drawing.drawn.size;
}

async function itemsOf(options: TaskWindow): Promise<WindowItems> {
  const { app, task } = options;
  const { DB: d1 } = options.env;
  const { fromMs, toMs } = options.window;
  const filter = { app, task, fromMs, toMs };
  const templates = new Set(await commonTemplates(d1, { ...filter, rowsMax: TEMPLATE_STRATA }));
  const items = new WindowItems();
  for (let afterId: ExchangeId | undefined; ; ) {
    const rows = await listSampled(d1, { ...filter, afterId, rowsMax: RUN_PAGE_ROWS });
    const standing = await readStandingFeedback(d1, rows);
    for (const row of rows) {
      const { id, user, template, prompt } = row;
      const stratum = stratumOf(row, { feedback: standing.get(id) ?? [], templates });
      const session = row.session ?? row.conversation;
      items.add({ id, stratum, user, session: session === null ? null : `${user}\0${session}`, template, prompt });
    }
    if (rows.length < RUN_PAGE_ROWS) return items;
    afterId = rows.at(-1)?.id;
  }
}

function drawOptions(items: WindowItems, { settings, seed }: RunWindow): DrawOptions {
  const { budget, auditShare } = settings;
  return {
    seed,
    budget,
    auditShare: Math.min(auditShare, RUN_AUDIT_ROWS_MAX / Math.max(1, items.size)),
    caps: capsOf(settings, templatesIn(items)),
    isFirst: isSpokenOf,
  };
}

/** In rows of a batch. Where there is but one template, it may have all of it. */
export function capsOf(
  settings: RunSettings,
  templates: number,
): Record<"user" | "session" | "prompt", number> & { template?: number } {
  const rows = (share: number) => Math.max(1, Math.ceil(share * settings.budget));
  return {
    user: rows(settings.userShareMax),
    session: rows(settings.sessionShareMax),
    prompt: rows(settings.clusterShareMax),
    ...(templates > 1 && { template: rows(settings.templateShareMax) }),
  };
}

function templatesIn(items: WindowItems): number {
  return new Set(items.groups.template.subarray(0, items.size)).size;
}
