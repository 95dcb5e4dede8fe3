/**
 * winnow on one machine: the four Workers in one workerd, with D1, R2, queues and Workflows that are local and real.
 * The one way to start it, for `npm start`, the tests, the demo and the benchmarks. The Workers' own configs say what
 * they are bound to; what is added here is addresses, secrets and a place for the data.
 *
 * The gateway listens by itself (a direct socket): Miniflare's own entry would stand in the byte path, replace
 * accept-encoding and hold back chunks. What it adds is not there either: `request.cf` and `cf-connecting-ip`.
 */
import { join } from "node:path";
import {
  convertV4MiniflareOptions,
  Log,
  LogLevel,
  Miniflare,
  type V4MiniflareOptions,
  type V4WorkerOptions,
} from "miniflare";
import { applyMigrations } from "./apply-migrations.ts";
import { bundle, bundleOnce } from "./bundle-worker.ts";
import { drainQueue } from "./drain-queue.ts";
import { resumeNights } from "./resume-nights.ts";
import { ROOT, readWorkerConfig, WORKER_NAMES, type WorkerConfig, type WorkerName } from "./worker-configs.ts";

export { WORKERS } from "./worker-configs.ts";
export { bundle, ROOT, type WorkerName };

/** One entry of PROVIDERS (API.md). */
export interface ProviderAddress {
  baseUrl: string;
  format?: string;
}

export interface LaunchOptions {
  /** 0 or left out: any free one. */
  port?: number;
  /** Where local data lives, for the next launch too; without it in a temporary folder that goes with the process. */
  stateDir?: string;
  /** Merged over the PROVIDERS of the gateway's config. */
  providers?: Record<string, ProviderAddress>;
  /** Given to all four Workers: WINNOW_SECRET, LOCAL_KEY, provider keys. */
  secrets: { WINNOW_SECRET: string; LOCAL_KEY?: string; [name: string]: string | undefined };
  /** Given to all four Workers, over everything else of that name. */
  vars?: Record<string, string>;
  /** Another entry file (absolute) for a Worker: tests put faults around it. */
  entries?: Partial<Record<WorkerName, string>>;
  /** Seconds that a message waits before it is tried again; left out: none, so that nobody waits. The deployed config has its own. */
  retryDelayS?: number;
  /** How long a batch waits for more messages; left out: hardly, so that what is called is there at once. For what measures batches. */
  batchTimeout?: "deployed";
  /** 0: any free one. A debugger sees each Worker's isolate there; left out: none does. */
  inspectorPort?: number;
  /** Gets every line that the Workers log, and Miniflare's own warnings. */
  log?: (line: string) => void;
}

export interface Winnow {
  /** The gateway's, without a trailing slash. */
  url: string;
  miniflare: Miniflare;
  /**
   * Fires a Worker's cron: nothing else does so locally.
   * @param cron what the handler is told; the first of its config, if left out
   * @param at the scheduled time; now, if left out
   * @throws when the handler did
   */
  scheduled(worker: WorkerName, cron?: string, at?: Date): Promise<void>;
  db(): Promise<D1Database>;
  bucket(): Promise<R2Bucket>;
  /** Leaves no process. With a stateDir, first lets the queue run dry: locally it is in memory alone. */
  stop(): Promise<void>;
}

/**
 * Answers once all four are loaded, the database is migrated, and nights that a stop interrupted go on.
 * @throws when a Worker cannot be bundled or loaded, or the port is taken; nothing is left running then
 */
export async function launch(options: LaunchOptions): Promise<Winnow> {
  const configs = Object.fromEntries(WORKER_NAMES.map((name) => [name, readWorkerConfig(name)])) as Configs;
  const workers = await Promise.all(WORKER_NAMES.map((name) => toMiniflare(name, configs[name], options)));
  const miniflare = new Miniflare(convertV4MiniflareOptions({ ...sharedOptions(options), workers }));
  const { name } = configs.gateway;
  try {
    await miniflare.ready;
    const d1 = await miniflare.getD1Database("DB", name);
    await applyMigrations(d1, join(ROOT, "migrations"));
    const { NIGHT: nights } = await miniflare.getBindings<{ NIGHT: Workflow }>(configs.curator.name);
    for (const id of await resumeNights({ d1, nights })) options.log?.(`run ${id} cannot go on: its Workflow is lost`);
    const { origin } = await miniflare.unsafeGetDirectURL(name);
    return handleOf({ miniflare, configs, url: origin, keepsData: options.stateDir !== undefined });
  } catch (error) {
    await miniflare.dispose().catch(() => undefined); // it throws again what made it fail to start
    throw error;
  }
}

type Configs = Record<WorkerName, WorkerConfig>;

function handleOf(running: { miniflare: Miniflare; configs: Configs; url: string; keepsData: boolean }): Winnow {
  const { miniflare, configs, url, keepsData } = running;
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    try {
      if (keepsData) await drainQueue(await miniflare.getQueueProducer("CAPTURE", configs.gateway.name));
    } finally {
      await miniflare.dispose();
    }
  };
  return {
    url,
    miniflare,
    scheduled: async (worker, cron = configs[worker].crons[0], at = new Date()) => {
      const handle = await miniflare.getWorker(configs[worker].name);
      const { outcome } = await handle.scheduled({ scheduledTime: at, cron: cron ?? "" });
      if (outcome !== "ok") throw new Error(`the cron of ${worker} ended with ${outcome}; its log says why`);
    },
    db: () => miniflare.getD1Database("DB", configs.gateway.name),
    // the cast: Miniflare names this type by its own copy of the Workers' types
    bucket: () => miniflare.getR2Bucket("STORE", configs.gateway.name) as unknown as Promise<R2Bucket>,
    stop: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}

function sharedOptions({ stateDir, inspectorPort, log }: LaunchOptions): Omit<V4MiniflareOptions, "workers"> {
  return {
    host: "127.0.0.1",
    port: 0, // Miniflare's own entry, which only Miniflare uses
    // `wrangler … --local --persist-to <stateDir>` looks in v3, and so sees the same data
    ...(stateDir !== undefined && { resourcePersistencePath: join(stateDir, "v3") }),
    ...(inspectorPort !== undefined && { inspectorPort }),
    log: log === undefined ? new Log(LogLevel.NONE) : new LineLog(log),
    handleStructuredLogs: ({ message }: { message: string }) => log?.(message),
    cf: false, // it would fetch a sample of `request.cf` from Cloudflare
    telemetry: { enabled: false },
  };
}

/** Miniflare's warnings and errors: a message that went to the dead-letter queue, a Worker that crashed. */
class LineLog extends Log {
  readonly #write: (line: string) => void;

  constructor(write: (line: string) => void) {
    super(LogLevel.WARN);
    this.#write = write;
  }

  protected override log(message: string): void {
    this.#write(message);
  }
}

const LOCAL_BATCH_TIMEOUT_S = 0.2;

async function toMiniflare(worker: WorkerName, config: WorkerConfig, options: LaunchOptions): Promise<V4WorkerOptions> {
  const { modulesRules: _modulesRules, rootPath: _rootPath, ...bindings } = config.bindings;
  const consumers = Object.entries((bindings.queueConsumers ?? {}) as Record<string, object>);
  const { retryDelayS: retryDelay = 0, batchTimeout } = options;
  const waits = { retryDelay, ...(batchTimeout === undefined && { maxBatchTimeout: LOCAL_BATCH_TIMEOUT_S }) };
  return {
    ...bindings,
    queueConsumers: Object.fromEntries(consumers.map(([queue, consumer]) => [queue, { ...consumer, ...waits }])),
    name: config.name,
    modules: true,
    script: await bundleOnce(options.entries?.[worker] ?? config.entry),
    bindings: variablesOf(config, options),
    ...(worker === "gateway" && { unsafeDirectSockets: [{ host: "127.0.0.1", port: options.port ?? 0 }] }),
  };
}

function variablesOf({ vars }: WorkerConfig, options: LaunchOptions): Record<string, string> {
  const given = Object.entries({ ...vars, ...options.secrets });
  const texts = given.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  const own = typeof vars.PROVIDERS === "string" ? (JSON.parse(vars.PROVIDERS) as object) : undefined;
  return {
    ...Object.fromEntries(texts),
    ...(own !== undefined && { PROVIDERS: JSON.stringify({ ...own, ...options.providers }) }),
    ...options.vars,
  };
}
