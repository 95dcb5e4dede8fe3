/** Draws from the windows of an app's tasks, and writes down what was drawn. Reads D1 alone, a page at a time. */
import type { ExchangeId } from "../../shared/core/ids.ts";
import { RUN_AUDIT_ROWS_MAX, RUN_PAGE_ROWS } from "../../shared/core/limits.ts";
import type { RunSettings } from "../../shared/core/run.ts";
import { type DrawOptions, draw } from "../../shared/sample/draw.ts";
import { drawingToBytes } from "../../shared/sample/drawing-bytes.ts";
import { WindowItems } from "../../shared/sample/window-items.ts";
import { readStandingFeedback } from "../../shared/store/feedback.ts";
import { putDrawing } from "../../shared/store/run-files.ts";
import { commonTemplates, listSampled } from "../../shared/store/windows.ts";
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
  const drawn: { task: string; rows: number }[] = [];
  for (const task of tasks) drawn.push({ task, rows: await drawTask({ ...app, task }) });
  return drawn;
}

async function drawTask(options: TaskWindow): Promise<number> {
  const { env, window, app, task } = options;
  const items = await itemsOf(options);
  const drawing = draw(items, drawOptions(items, window));
  await putDrawing(env.STORE, { run: window.run, app, task }, drawingToBytes(items, drawing));
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
      const { id, user, template } = row;
      const stratum = stratumOf(row, { feedback: standing.get(id) ?? [], templates });
      const session = row.session ?? row.conversation;
      items.add({ id, stratum, user, session: session === null ? null : `${user}\0${session}`, template });
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
export function capsOf(settings: RunSettings, templates: number): NonNullable<DrawOptions["caps"]> {
  const rows = (share: number) => Math.max(1, Math.ceil(share * settings.budget));
  return {
    user: rows(settings.userShareMax),
    session: rows(settings.sessionShareMax),
    ...(templates > 1 && { template: rows(settings.templateShareMax) }),
  };
}

function templatesIn(items: WindowItems): number {
  return new Set(items.groups.template.subarray(0, items.size)).size;
}
