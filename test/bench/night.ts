/**
 * What a night costs: time a thousand exchanges, by step, and whether each step fits the memory of an isolate. V8 is told that
 * no isolate's heap may hold more than HEAP_MB, so that a step which needed more would end it and the run would fail; what lies
 * outside of the heap (packed columns, buffers) is seen in the process's memory, with D1, R2 and the Workflow in it.
 */
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { api, SECRET } from "../whole-way/captures.ts";
import { workerdsBelow } from "./ingest-process.ts";
import { writeWindow } from "./night-window.ts";
import { mebibytes, readMemory } from "./process-memory.ts";
import { note, printTable } from "./table.ts";

/** Of an isolate's 128 MB, less what its typed arrays and buffers take. */
const HEAP_MB = 96;
const DAY_MS = 24 * 3_600_000;
const SIZES = [10_000, 30_000, 100_000];
const QUICK_SIZES = [1_000, 3_000];
const LOOK_MS = 200;

interface Night {
  rows: number;
  /** Milliseconds by step, "link demo" and so on. */
  steps: Map<string, number>;
  exported: number;
  peakBytes: number;
}

/** @param options rows: one window of that size alone */
export async function benchNight(options: { quick: boolean; rows?: number | undefined }): Promise<void> {
  const sizes = options.rows !== undefined ? [options.rows] : options.quick ? QUICK_SIZES : SIZES;
  process.env.MINIFLARE_WORKERD_V8_FLAGS = `--max-old-space-size=${HEAP_MB}`;
  const nights: Night[] = [];
  for (const rows of sizes) nights.push(await nightOf(rows));
  const names = ["open", "link demo", "draw demo", "judge demo 1", "curate demo bench"];
  printTable(
    `a night, ms a thousand exchanges of its window, V8 heaps of ${HEAP_MB} MB at most`,
    ["exchanges", ...names.map((name) => name.split(" ")[0] ?? ""), "all steps", "rows exported", "workerd, peak"],
    nights.map(({ rows, steps, exported, peakBytes }) => [
      String(rows),
      ...names.map((name) => ((steps.get(name) ?? 0) / (rows / 1_000)).toFixed(1)),
      ([...steps.values()].reduce((sum, ms) => sum + ms, 0) / (rows / 1_000)).toFixed(1),
      String(exported),
      mebibytes(peakBytes),
    ]),
  );
  note(
    "judge and curate work on what was drawn: 5,000 by their verdict and the audit slice of 5%, 5,000 at most.",
    "3% of the exchanges have a thumb. workerd is all four Workers, D1, R2 and the Workflow engine in one process.",
  );
}

export async function nightOf(rows: number): Promise<Night> {
  const lines: string[] = [];
  const winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, log: (line) => lines.push(line) });
  try {
    const fromMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 3 * DAY_MS;
    await writeWindow({ d1: await winnow.db(), bucket: await winnow.bucket() }, { rows, fromMs, seed: rows });
    const [pid = 0] = workerdsBelow(process.pid);
    const { funnel, peakBytes } = await runNight(winnow, { fromMs, pid });
    if (funnel.window !== rows) throw new Error(`${funnel.window} exchanges in the window, ${rows} were written`);
    return { rows, steps: stepsIn(lines), exported: funnel.exported ?? 0, peakBytes };
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
    const response = await api(winnow, `/v1/runs/${id}`);
    if (response.status === 404) continue;
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
    steps.set(step, (steps.get(step) ?? 0) + ms);
  }
  return steps;
}
