/** `winnow status`: is it well, what the last nights did, what they made. */
import type { Command } from "commander";
import type { JsonObject } from "../../shared/core/json.ts";
import type { Manifest } from "../../shared/core/manifest.ts";
import { batchEvent, batchLine } from "./batch-lines.ts";
import { EXIT } from "./exit-codes.ts";
import type { Cli, Work } from "./session.ts";
import { table } from "./table.ts";

const RUNS = 5;
const BATCHES = 5;

interface Health extends JsonObject {
  losses: Record<string, number>;
  deadLetters: number;
  spill: { objects: number; more: boolean };
  queue: { newestExchangeAt: string | null; lagMs: number | null };
}

interface RunSummary extends JsonObject {
  id: string;
  status: string;
  startedBy: string;
  createdAt: string;
  funnel: Record<string, number>;
  batches: string[];
}

export function addStatus(program: Command, cli: Cli): void {
  program
    .command("status")
    .description("health, the last runs, the last batches (scopes admin and pull)")
    .action(cli.doing(status));
}

const status: Work<object> = async (session) => {
  const { report } = session;
  const api = session.api();
  const [health, { runs }] = await Promise.all([
    api.json<Health>("/v1/health"),
    api.json<{ runs: RunSummary[] }>(`/v1/runs?limit=${RUNS}`),
  ]);
  report.result({ event: "health", url: api.url, ...health }, `${api.url}\n\n${healthText(health)}\n`);
  for (const run of runs) report.result({ event: "run", ...run });
  report.text(runs.length === 0 ? "no run yet; `winnow run --wait` starts one" : table(RUN_COLUMNS, runs.map(runRow)));
  const newest = runs.flatMap(({ batches }) => batches.toReversed()).slice(0, BATCHES);
  const manifests = await Promise.all(newest.map((id) => api.json<Manifest>(`/v1/batches/${id}`)));
  if (manifests.length > 0) report.text("\nbatches, the newest first");
  for (const manifest of manifests) report.result(batchEvent(manifest), batchLine(manifest));
  return EXIT.ok;
};

const RUN_COLUMNS = ["run", "status", "by", "began", "window", "exported", "batches"];

function runRow({ id, status, startedBy, createdAt, funnel, batches }: RunSummary): string[] {
  const counts = [funnel.window, funnel.exported, batches.length].map((count) => String(count ?? 0));
  return [id, status, startedBy, createdAt, ...counts];
}

function healthText({ losses, deadLetters, spill, queue }: Health): string {
  const lost = Object.entries(losses).filter(([, count]) => count > 0);
  const newest =
    queue.newestExchangeAt === null ? "none yet" : `${queue.newestExchangeAt}, stored ${later(queue.lagMs ?? 0)}`;
  const rows = [
    ["newest exchange", newest],
    ["lost in 30 days", lost.length === 0 ? "nothing" : lost.map(([reason, count]) => `${count} ${reason}`).join(", ")],
    ["dead letters", deadLetters === 0 ? "none" : `${deadLetters}: /console shows them`],
    ["waiting in R2", `${spill.objects}${spill.more ? " or more" : ""}`],
  ];
  return rows.map(([name = "", value = ""]) => `${name.padEnd(17)}${value}`).join("\n");
}

/** An imported call is as old as its log. */
function later(lagMs: number): string {
  const hours = lagMs / 3_600_000;
  return hours < 1
    ? `${(lagMs / 1_000).toFixed(1)} s later`
    : `${hours.toFixed(0)} h later: imported, or the queue waited`;
}
