/** The Workers of small-workers/, each alone with a provider: the bare pass-through, and the traps. */
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { bundle } from "../../workers/local/bundle-worker.ts";
import { readWorkerConfig } from "../../workers/local/worker-configs.ts";

export interface SmallWorkers {
  /** Address of each, by the name of its file. */
  urls: Record<string, string>;
  stop(): Promise<void>;
}

interface Compatibility {
  compatibilityDate: string;
  compatibilityFlags: string[];
}

/** @param files from small-workers/, without their ending; date and flags are the gateway's */
export async function startSmallWorkers(files: readonly string[], target: string): Promise<SmallWorkers> {
  const { compatibilityDate, compatibilityFlags } = readWorkerConfig("gateway").bindings as object as Compatibility;
  const workers = files.map(async (file) => ({
    name: file,
    modules: true,
    script: await bundle(join(import.meta.dirname, "small-workers", `${file}.ts`)),
    compatibilityDate,
    compatibilityFlags,
    bindings: { TARGET: target },
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
  }));
  const shared = { host: "127.0.0.1", port: 0, cf: false, telemetry: { enabled: false } } as const;
  const miniflare = new Miniflare(convertV4MiniflareOptions({ ...shared, workers: await Promise.all(workers) }));
  try {
    await miniflare.ready;
    const urls: Record<string, string> = {};
    for (const file of files) urls[file] = (await miniflare.unsafeGetDirectURL(file)).origin;
    return { urls, stop: () => miniflare.dispose() };
  } catch (error) {
    await miniflare.dispose().catch(() => undefined);
    throw error;
  }
}
