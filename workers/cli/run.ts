/** `winnow run`: the night, started by hand; with --wait until it ends, and what became of each exchange. */
import { type Command, InvalidArgumentError } from "commander";
import type { Manifest } from "../../shared/core/manifest.ts";
import type { Funnel } from "../../shared/core/run.ts";
import type { ApiClient } from "./api-client.ts";
import { batchEvent, batchLine } from "./batch-lines.ts";
import { RUN_LOOK_MS, RUN_LOOK_MS_MAX } from "./bounds.ts";
import { CliError, EXIT } from "./exit-codes.ts";
import type { Cli, Session, Work } from "./session.ts";

interface RunState {
  id: string;
  status: "running" | "done" | "failed";
  funnel: Partial<Funnel>;
  batches: string[];
  error?: string;
}

interface RunOptions {
  task?: string;
  from?: string;
  to?: string;
  maturationHours?: number;
  seed?: string;
  wait?: boolean;
  timeoutMinutes: number;
}

export function addRun(program: Command, cli: Cli): void {
  program
    .command("run")
    .description("starts what the cron starts (scope admin)")
    .option("--task <task>", "this task alone")
    .option("--from <time>", "exchanges from then on, ISO 8601 (else where the last night ended)")
    .option("--to <time>", "and before this time (else as late as maturation allows)")
    .option("--maturation-hours <hours>", "how long feedback has had to come in (24)", readNumber)
    .option("--seed <seed>", "of what is drawn")
    .option("--wait", "until it ends; prints the funnel and the batches")
    .option("--timeout-minutes <minutes>", "how long to wait", readNumber, 60)
    .action(cli.doing(run));
}

const run: Work<RunOptions> = async (session, options) => {
  const { task, from, to, maturationHours, seed } = options;
  const api = session.api();
  const body = JSON.stringify({ task, from, to, maturationHours, seed });
  const { id } = await api.json<{ id: string }>("/v1/runs", { method: "POST", body });
  const { wait = false } = options;
  session.report.result({ event: "started", id }, wait ? undefined : id);
  if (!wait) return EXIT.ok;
  const ended = await waitFor(session, { api, id, timeoutMs: options.timeoutMinutes * 60_000 });
  if (ended.status === "failed") {
    throw new CliError(
      "run_failed",
      `run ${id} has failed: ${ended.error ?? "no reason is known"}; the curator's log has more`,
    );
  }
  await showEnd(session, { api, ended });
  return EXIT.ok;
};

async function waitFor(
  { terminal, report }: Session,
  options: { api: ApiClient; id: string; timeoutMs: number },
): Promise<RunState> {
  const { api, id, timeoutMs } = options;
  const beganAtMs = terminal.nowMs();
  const progress = report.progress(`run ${id}`, undefined);
  for (let waitMs = RUN_LOOK_MS; ; waitMs = Math.min(waitMs * 1.5, RUN_LOOK_MS_MAX)) {
    const state = await look(api, id);
    if (state !== undefined && state.status !== "running") return state;
    const waitedMs = terminal.nowMs() - beganAtMs;
    if (waitedMs > timeoutMs) {
      const message = `run ${id} still runs after ${Math.round(waitedMs / 60_000)} minutes; \`winnow status\` tells when it ends, and nothing is lost`;
      throw new CliError("timeout", message);
    }
    progress.reach(0, `runs for ${Math.round(waitedMs / 1_000)} s`);
    await terminal.wait(waitMs);
  }
}

/** undefined: the Workflow has not begun yet. */
async function look(api: ApiClient, id: string): Promise<RunState | undefined> {
  try {
    return await api.json<RunState>(`/v1/runs/${id}`);
  } catch (error) {
    if (error instanceof CliError && error.code === "not_found") return undefined;
    throw error;
  }
}

async function showEnd({ report }: Session, { api, ended }: { api: ApiClient; ended: RunState }): Promise<void> {
  const { id, status, funnel, batches } = ended;
  const { window = 0, ...buckets } = funnel;
  const counts = Object.entries(buckets).map(([name, count]): [string, number] => [name, count ?? 0]);
  report.result({ event: "run", id, status, funnel: { ...funnel }, batches });
  const most = counts.sort(([, a], [, b]) => b - a);
  const lines = most.map(([name, count]) => `  ${String(count).padStart(9)}  ${name}`);
  report.text([`run ${id}: done`, `  ${String(window).padStart(9)}  exchanges in the window`, ...lines].join("\n"));
  for (const batch of batches) {
    const manifest = await api.json<Manifest>(`/v1/batches/${batch}`).catch(withoutScope);
    if (manifest === undefined) report.result({ event: "batch", batch }, `batch ${batch}`);
    else report.result(batchEvent(manifest), `batch ${batchLine(manifest)}`);
  }
}

/** A key that may start runs need not be one that may pull. */
function withoutScope(error: unknown): undefined {
  if (error instanceof CliError && error.code === "scope_missing") return undefined;
  throw error;
}

function readNumber(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(number)) throw new InvalidArgumentError("It is a number, 0 or more.");
  return number;
}
