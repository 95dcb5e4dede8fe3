/** The four Workers by their own configs, read by wrangler itself: nothing about a binding is said twice. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Unstable_Config, unstable_getMiniflareWorkerOptions, unstable_readConfig } from "wrangler";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/**
 * Config files from ROOT. The gateway is first, so that it is the one that Miniflare's own address leads to; the largest are last, as
 * Miniflare copies what it has of its config for each thing that it adds.
 */
export const WORKERS = {
  gateway: "wrangler.toml",
  console: "workers/console/wrangler.toml",
  curator: "workers/curator/wrangler.toml",
  ingest: "workers/ingest/wrangler.toml",
} as const;
export type WorkerName = keyof typeof WORKERS;

export const WORKER_NAMES = Object.keys(WORKERS) as WorkerName[];

export interface WorkerConfig {
  /** As Cloudflare knows it: `winnow-gateway`. */
  name: string;
  /** Absolute. */
  entry: string;
  vars: Record<string, unknown>;
  crons: string[];
  bindings: ReturnType<typeof unstable_getMiniflareWorkerOptions>["workerOptions"];
}

export function readWorkerConfig(worker: WorkerName): WorkerConfig {
  const config = unstable_readConfig({ config: join(ROOT, WORKERS[worker]) }, { hideWarnings: true });
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(withoutSurroundings(config));
  if (config.name === undefined || main === undefined) throw new Error(`${WORKERS[worker]} lacks name or main`);
  return {
    name: config.name,
    entry: main,
    vars: { ...config.vars },
    crons: config.triggers.crons ?? [],
    bindings: workerOptions,
  };
}

/**
 * wrangler would take values from .dev.vars beside the config and from the environment, say so on stdout, and remark on
 * every required secret that it does not find. Whoever launches gives them all, so that a test sees the same values on
 * every machine: no secret is required here, and the config lies in a folder that is not there.
 */
function withoutSurroundings(config: Unstable_Config): Unstable_Config {
  return { ...config, secrets: undefined, userConfigPath: join(ROOT, "nowhere", "wrangler.toml") };
}
