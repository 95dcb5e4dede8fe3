/**
 * Sustained load on the real Workers, with capture on: `node test/bench-load/load.ts --minutes 10`. Every call goes through winnow, and
 * every tenth to the provider itself, which is the floor. For the middle tenth of the time ingest takes nothing, and messages wait
 * between their tries as the deployed config says: it is told how long it takes to catch up, and whether
 * memory grows.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launch } from "../../workers/local/launch.ts";
import { type FaultPlan, NO_FAULTS, PLAN_KEY } from "../faults/faulty.ts";
import { startFlakyProvider } from "../faults/flaky-provider.ts";
import { KEY, SECRET } from "../whole-way/captures.ts";
import { HeapWatch } from "./heaps.ts";

const { values } = parseArgs({ options: { minutes: { type: "string" }, clients: { type: "string" } } });
const minutes = Number(values.minutes ?? 10);
const clients = Number(values.clients ?? 8);
const TENTHS = 10;
const ALL = "all";
const MIB = 2 ** 20;
const OUTAGE_TENTH = 5;
const OUTAGE: FaultPlan = { ...NO_FAULTS, seed: 1, refused: 1 };
/** workers/ingest/wrangler.toml: five tries outlast an outage of two minutes. */
const RETRY_DELAY_S = 30;
const BODY = JSON.stringify({
  model: "gpt-4o-mini",
  messages: [{ role: "user", content: "Is it there? ".repeat(40) }],
});

const provider = await startFlakyProvider();
const winnow = await launch({
  retryDelayS: RETRY_DELAY_S,
  batchTimeout: "deployed",
  inspectorPort: 0,
  secrets: { WINNOW_SECRET: SECRET },
  providers: { flaky: { baseUrl: provider.baseUrl, format: "openai" } },
  entries: { ingest: join(import.meta.dirname, "../faults/faulty-ingest.ts") },
});

interface Part {
  calls: number;
  through: number[];
  direct: number[];
  failed: number;
}

let part: Part = { calls: 0, through: [], direct: [], failed: 0 };
let sent = 0;
/** MiB, and what each is of. */
const MEMORY = {
  ours: "live in the four Workers",
  others: "live in D1, R2, queues and Miniflare",
  resident: "workerd, resident",
};
/** One a tenth. */
const memory: Record<keyof typeof MEMORY, number>[] = [];
const total: Part = { calls: 0, through: [], direct: [], failed: 0 };
let running = true;

async function client(): Promise<void> {
  while (running) {
    const direct = part.calls++ % 10 === 9;
    const path = `/v1/chat/completions/${part.calls % 2 === 0 ? "json" : "stream"}`;
    const from = performance.now();
    try {
      const response = await fetch(direct ? provider.baseUrl + path : `${winnow.url}/flaky${path}`, {
        method: "POST",
        body: BODY,
        headers: { "content-type": "application/json", ...(!direct && { "x-winnow-key": KEY }) },
      });
      await response.arrayBuffer();
      if (response.status !== 200) part.failed++;
    } catch {
      part.failed++;
    }
    part[direct ? "direct" : "through"].push(performance.now() - from);
    if (!direct) sent++;
  }
}

async function rowsStored(): Promise<number> {
  const row = await (await winnow.db()).prepare("select count(*) as total from exchanges").first<{ total: number }>();
  return row?.total ?? 0;
}

async function plan(faults: FaultPlan): Promise<void> {
  await (await winnow.bucket()).put(PLAN_KEY, JSON.stringify(faults));
}

/** MiB of all workerd that this process has started. */
function residentMiB(): number {
  const lines = execFileSync("ps", ["-o", "rss=,comm=", "--ppid", String(process.pid)], { encoding: "utf8" }).split(
    "\n",
  );
  const kib = lines
    .filter((line) => line.includes("workerd"))
    .reduce((sum, line) => sum + Number.parseInt(line, 10), 0);
  return Math.round(kib / 1_024);
}

function percentile(values: readonly number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
}

/** MiB a minute, by least squares, of the second half: in the first heaps fill, and the outage is in it. */
function slopeOf(sizes: readonly number[]): string {
  const points = sizes.flatMap((mib, at) => (at < TENTHS / 2 ? [] : [[(at * minutes) / TENTHS, mib] as const]));
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, mib]) => mib))];
  const [above, below] = [points.map(([at, mib]) => (at - x) * (mib - y)), points.map(([at]) => (at - x) ** 2)].map(
    mean,
  );
  return ((above ?? 0) / (below ?? 1)).toFixed(1);
}

function tell(name: string, { through, direct, failed }: Part, lag: number): void {
  const of = (values: readonly number[]) => [0.5, 0.95, 0.99].map((share) => percentile(values, share)).join(" / ");
  const rate = Math.round(through.length / ((minutes * 60) / (name === ALL ? 1 : TENTHS)));
  console.log(
    `${name.padEnd(9)} ${String(rate).padStart(5)} calls/s   through ${of(through)} ms   direct ${of(direct)} ms   ${String(lag).padStart(6)} not stored yet   ${sizes()}   ${failed} failed`,
  );
}

function sizes(): string {
  const { resident = 0, ours = 0, others = 0 } = memory.at(-1) ?? {};
  return `${resident} MiB resident, ${ours.toFixed(1)} + ${others.toFixed(1)} live`;
}

console.log(`${minutes} minutes, ${clients} clients; p50 / p95 / p99`);
const heaps = await HeapWatch.start(winnow);
const all: Promise<void>[] = Array.from({ length: clients }, client);
try {
  for (let tenth = 1; tenth <= TENTHS; tenth++) {
    await plan(tenth === OUTAGE_TENTH ? OUTAGE : NO_FAULTS);
    await new Promise((resolve) => setTimeout(resolve, (minutes * 60_000) / TENTHS));
    const done = part;
    part = { calls: 0, through: [], direct: [], failed: 0 };
    const live = heaps.take();
    memory.push({ ours: live.ours / MIB, others: live.others / MIB, resident: residentMiB() });
    total.through.push(...done.through);
    total.direct.push(...done.direct);
    total.failed += done.failed;
    tell(`${tenth} of ${TENTHS}${tenth === OUTAGE_TENTH ? " *" : ""}`, done, sent - (await rowsStored()));
  }
  running = false;
  await Promise.all(all);
  tell(ALL, total, sent - (await rowsStored()));
  for (const which of ["ours", "others", "resident"] as const) {
    console.log(`${MEMORY[which]}, in the second half: ${slopeOf(memory.map((mib) => mib[which]))} MiB a minute`);
  }
  const from = performance.now();
  let stored = await rowsStored();
  for (let waits = 0; stored < sent && waits < 600; waits++) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (waits % 20 === 19) await winnow.scheduled("ingest", undefined, new Date(Date.now() + 600_000));
    stored = await rowsStored();
  }
  const dead = await (await winnow.db())
    .prepare("select count(*) as total from dead_letters")
    .first<{ total: number }>();
  console.log(
    `* ingest took nothing. All stored ${((performance.now() - from) / 1_000).toFixed(1)} s after the last call: ${stored} of ${sent}, ${dead?.total ?? 0} dead letters`,
  );
} finally {
  running = false;
  heaps.stop();
  await winnow.stop();
  provider.close();
}
