/**
 * What a night costs: time a thousand exchanges, by step, and whether each step fits the memory of an isolate. V8 is told that
 * no isolate's heap may hold more than HEAP_MB, so that a step which needed more would end it and the run would fail; what lies
 * outside of the heap (packed columns, buffers) is seen in the process's memory, with D1, R2 and the Workflow in it.
 */
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { api, SECRET } from "../whole-way/captures.ts";
import { workerdsBelow } from "./ingest-process.ts";
import { type WindowShape, writeWindow } from "./night-window.ts";
import { mebibytes, readMemory } from "./process-memory.ts";
import { note, printTable } from "./table.ts";

/** Of an isolate's 128 MB, less what its typed arrays and buffers take. */
const HEAP_MB = 96;
const DAY_MS = 24 * 3_600_000;
export const USUAL_SHAPE = { votedShare: 0.03, questionWords: 60, tasks: 1 };
const SHAPES: readonly WindowShape[] = [
  { ...USUAL_SHAPE, rows: 10_000 },
  { ...USUAL_SHAPE, rows: 30_000 },
  { ...USUAL_SHAPE, rows: 100_000 },
  { ...USUAL_SHAPE, rows: 100_000, tasks: 100 },
  // all of the budget is voted on and exported, and texts are long
  { rows: 20_000, votedShare: 0.5, questionWords: 1_000, tasks: 1 },
];
const QUICK_SHAPES: readonly WindowShape[] = [
  { ...USUAL_SHAPE, rows: 1_000 },
  { ...USUAL_SHAPE, rows: 3_000, tasks: 3 },
];
const LOOK_MS = 200;
const STEPS = ["open", "link", "draw", "judge", "curate"];

interface Night {
  shape: WindowShape;
  /** Milliseconds by the first word of the step. */
  steps: Map<string, number>;
  exported: number;
  peakBytes: number;
}

/** @param options rows: one window of that size alone */
export async function benchNight(options: { quick: boolean; rows?: number | undefined }): Promise<void> {
  const shapes =
    options.rows !== undefined ? [{ ...USUAL_SHAPE, rows: options.rows }] : options.quick ? QUICK_SHAPES : SHAPES;
  process.env.MINIFLARE_WORKERD_V8_FLAGS = `--max-old-space-size=${HEAP_MB}`;
  const nights: Night[] = [];
  for (const shape of shapes) nights.push(await nightOf(shape));
  printTable(
    `a night, ms a thousand exchanges of its window, V8 heaps of ${HEAP_MB} MB at most`,
    ["exchanges", "tasks", "voted", "words asked", ...STEPS, "all steps", "rows exported", "workerd, peak"],
    nights.map(({ shape, steps, exported, peakBytes }) => [
      ...[shape.rows, shape.tasks, shape.votedShare, shape.questionWords].map(String),
      ...STEPS.map((step) => ((steps.get(step) ?? 0) / (shape.rows / 1_000)).toFixed(1)),
      ([...steps.values()].reduce((sum, ms) => sum + ms, 0) / (shape.rows / 1_000)).toFixed(1),
      String(exported),
      mebibytes(peakBytes),
    ]),
  );
  note(
    "judge and curate work on what was drawn: 5,000 by their verdict and the audit slice of 5%, 5,000 at most.",
    "workerd is all four Workers, D1, R2 and the Workflow engine in one process.",
  );
}

export async function nightOf(shape: WindowShape): Promise<Night> {
  const { rows } = shape;
  const lines: string[] = [];
  const winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, log: (line) => lines.push(line) });
  try {
    const fromMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 3 * DAY_MS;
    await writeWindow({ d1: await winnow.db(), bucket: await winnow.bucket() }, { ...shape, fromMs, seed: rows });
    const [pid = 0] = workerdsBelow(process.pid);
    const { funnel, peakBytes } = await runNight(winnow, { fromMs, pid });
    if (funnel.window !== rows) throw new Error(`${funnel.window} exchanges in the window, ${rows} were written`);
    return { shape, steps: stepsIn(lines), exported: funnel.exported ?? 0, peakBytes };
  } finally {
    await winnow.stop();
  }
}

async function runNight(winnow: Winnow, { fromMs, pid }: { fromMs: number; pid: number }) {
  const window = { from: new Date(fromMs).toISOString(), to: new Date(fromMs + DAY_MS).toISOString() };
  const started = await api(winnow, "/v1/runs", { method: "POST", body: JSON.stringify(window) });
  const { id } = (await started.json()) as { id: string };
  let peakBytes = 0;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    peakBytes = Math.max(peakBytes, readMemory(pid).rssBytes);
    // a step may compute for longer than a request waits
    const response = await api(winnow, `/v1/runs/${id}`).catch(() => undefined);
    if (response === undefined || response.status === 404) continue;
    const run = (await response.json()) as { status: string; error?: string; funnel: Record<string, number> };
    if (run.status === "failed") throw new Error(`the night failed: ${run.error}`);
    if (run.status === "done") return { funnel: run.funnel, peakBytes };
  }
}

function stepsIn(lines: readonly string[]): Map<string, number> {
  const steps = new Map<string, number>();
  for (const line of lines) {
    const json = /\{"event":"step_done".*\}/.exec(line)?.[0];
    if (json === undefined) continue;
    const { step, ms } = JSON.parse(json) as { step: string; ms: number };
    const [name = ""] = step.split(" ");
    steps.set(name, (steps.get(name) ?? 0) + ms);
  }
  return steps;
}
