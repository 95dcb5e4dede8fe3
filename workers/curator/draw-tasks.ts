/** Draws from the windows of an app's tasks, and writes down what was drawn. Reads D1 alone, once, a page at a time. */
import type { ExchangeId } from "../../shared/core/ids.ts";
import { RUN_AUDIT_ROWS_MAX, RUN_PAGE_ROWS, RUN_TEXT_BYTES_MAX } from "../../shared/core/limits.ts";
import type { RunSettings } from "../../shared/core/run.ts";
import { type DrawOptions, draw } from "../../shared/sample/draw.ts";
import { drawingToBytes } from "../../shared/sample/drawing-bytes.ts";
import { shareOut } from "../../shared/sample/shares.ts";
import { type Item, WindowItems } from "../../shared/sample/window-items.ts";
import { readStandingFeedback } from "../../shared/store/feedback.ts";
import { putDrawing } from "../../shared/store/run-files.ts";
import { commonTemplates, listSampled, type SampledRow } from "../../shared/store/windows.ts";
import type { RunWindow } from "./run-window.ts";
import { isSpokenOf, stratumOf, TEMPLATE_STRATA } from "./strata.ts";

interface AppWindow {
  env: CuratorEnv;
  window: RunWindow;
  app: string;
  /** Those that are drawn from, with or without exchanges in the window. */
  tasks: readonly string[];
  /** The one task that was asked for; null: all. */
  wanted: string | null;
}

/** Text of a record, in bytes of its gzip member: 3 to 5 in chats, more where much is repeated. */
const BYTES_A_GZIPPED_BYTE = 4;

/** @returns how many were drawn of each task */
export async function drawTasks(options: AppWindow): Promise<{ task: string; rows: number }[]> {
  const { env, window, app, tasks } = options;
  const windows = await readWindows(options);
  const budgets = budgetsOf(window.settings, windows);
  const drawn: { task: string; rows: number }[] = [];
  for (const task of tasks) {
    const items = windows.get(task) ?? new WindowItems();
    windows.delete(task); // its columns are let go as soon as they are written
    const settings = { ...window.settings, budget: budgets.get(task) ?? 0 };
    const drawing = draw(items, drawOptions(items, { ...window, settings }));
    items.forgetGroups();
    await putDrawing(env.STORE, { run: window.run, app, task }, drawingToBytes(items, drawing));
    drawn.push({ task, rows: drawing.drawn.size });
  }
  return drawn;
}

/** The night's budget, shared out evenly over its tasks; what a small one can't use goes to the others. */
function budgetsOf(settings: RunSettings, windows: ReadonlyMap<string, WindowItems>): Map<string, number> {
  const { budget, nightBudget } = settings;
  const tasks = [...windows.keys()].sort();
  if (tasks.length * budget <= nightBudget) return new Map(tasks.map((task) => [task, budget]));
  const wanted = tasks.map((task) => Math.min(budget, windows.get(task)?.size ?? 0));
  const shares = shareOut(wanted, nightBudget);
  return new Map(tasks.map((task, at) => [task, shares[at] ?? 0]));
}

async function readWindows({ env, window, app, tasks, wanted }: AppWindow): Promise<Map<string, WindowItems>> {
  const { DB: d1 } = env;
  const { fromMs, toMs } = window;
  const filter = { app, task: wanted, fromMs, toMs };
  const templates = await commonTemplates(d1, { ...filter, rowsMax: TEMPLATE_STRATA });
  const windows = new Map(tasks.map((task) => [task, new WindowItems()]));
  for (let afterId: ExchangeId | undefined; ; ) {
    const rows = await listSampled(d1, { ...filter, afterId, rowsMax: RUN_PAGE_ROWS });
    const standing = await readStandingFeedback(d1, rows);
    for (const row of rows) {
      const known = { feedback: standing.get(row.id) ?? [], templates: templates.get(row.task) ?? new Set<string>() };
      windows.get(row.task)?.add(itemOf(row, stratumOf(row, known)));
    }
    if (rows.length < RUN_PAGE_ROWS) return windows;
    afterId = rows.at(-1)?.id;
  }
}

function itemOf(row: SampledRow, stratum: string): Item {
  const { id, user, template, prompt } = row;
  const session = row.session ?? row.conversation;
  return {
    id,
    stratum,
    user,
    session: session === null ? null : `${user}\0${session}`,
    template,
    prompt,
    bytes: BYTES_A_GZIPPED_BYTE * row.segmentLength,
  };
}

function drawOptions(items: WindowItems, { settings, seed }: RunWindow): DrawOptions {
  const { budget, auditShare } = settings;
  return {
    seed,
    budget,
    auditShare: Math.min(auditShare, RUN_AUDIT_ROWS_MAX / Math.max(1, items.size)),
    caps: capsOf(settings, templatesIn(items)),
    isFirst: isSpokenOf,
    bytesMax: RUN_TEXT_BYTES_MAX,
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
