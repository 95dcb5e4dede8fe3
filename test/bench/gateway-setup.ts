/**
 * What the gateway is measured against: the gateway, a bare pass-through Worker and the least that captures, each alone
 * in a workerd process, with the same provider; queue, D1, R2 and console lead to the sink.
 */
import { join } from "node:path";
import { unstable_readConfig } from "wrangler";
import { makeKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { bundle } from "../../workers/local/bundle-worker.ts";
import { ROOT, WORKERS } from "../../workers/local/worker-configs.ts";
import { type Child, startChild } from "./child.ts";
import { startWorkerd, text, type Workerd } from "./workerd.ts";

export interface Setup {
  /** The pass-through. */
  floor: Target;
  gateway: Target;
  /** What any capture costs: least-capture.ts. */
  least: Target;
  /** A second pass-through: what differs between the two is noise. */
  floorAgain: Target;
  stop(): Promise<void>;
}

/** Where calls go, and the process that they cost. */
export interface Target {
  name: string;
  url: string;
  pid: number;
  /** Where its queue leads; a pass-through has none. */
  sink?: Child;
}

export const GATEWAY_ENTRY = join(ROOT, "workers/gateway/index.ts");
export const BENCH_SECRET = "bench-secret-0123456789abcdef0123456789abcdef";

export async function startSetup(options: { gatewayEntry?: string } = {}): Promise<Setup> {
  const running: { stop(): Promise<void> }[] = [];
  const started = async <T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    running.push(one);
    return one;
  };
  const stop = async () => {
    await Promise.all(running.map((one) => one.stop()));
  };
  try {
    const provider = await started(startChild(join(import.meta.dirname, "provider.ts")));
    const sink = await started(startChild(join(import.meta.dirname, "sink.ts")));
    const gateway = await started(startGateway({ ...options, provider, sink }));
    const leastSink = await started(startChild(join(import.meta.dirname, "sink.ts")));
    const least = await started(startLeast({ provider, sink: leastSink }));
    const floor = await started(startPassThrough(provider));
    const floorAgain = await started(startPassThrough(provider));
    return {
      floor: { name: "pass-through", ...floor },
      gateway: { name: "gateway", ...gateway, sink },
      least: { name: "least capture", ...least, sink: leastSink },
      floorAgain: { name: "pass-through again", ...floorAgain },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Date and flags that the gateway is deployed with. */
function gatewayConfig(): { compatibilityDate: string; compatibilityFlags: string[] } {
  const config = unstable_readConfig({ config: join(ROOT, WORKERS.gateway) }, { hideWarnings: true });
  const { compatibility_date: compatibilityDate, compatibility_flags: compatibilityFlags } = config;
  if (compatibilityDate === undefined) throw new Error(`${WORKERS.gateway} has no compatibility_date`);
  return { compatibilityDate, compatibilityFlags };
}

export async function startGateway(options: { gatewayEntry?: string; provider: Child; sink: Child }): Promise<Workerd> {
  const providers = { openai: { baseUrl: `http://127.0.0.1:${options.provider.port}`, format: "openai" } };
  return startWorkerd({
    ...gatewayConfig(),
    script: await bundle(options.gatewayEntry ?? GATEWAY_ENTRY, { minify: true }),
    bindings: [
      `(name = "WINNOW_SECRET", text = ${text(BENCH_SECRET)})`,
      `(name = "PROVIDERS", text = ${text(JSON.stringify(providers))})`,
      `(name = "CAPTURE", queue = "sink")`,
      `(name = "STORE", r2Bucket = "sink")`,
      `(name = "CONSOLE", service = "sink")`,
      `(name = "DB", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = "sink")]))`,
    ],
    externals: { sink: options.sink.port },
  });
}

async function startLeast({ provider, sink }: { provider: Child; sink: Child }): Promise<Workerd> {
  return startWorkerd({
    ...gatewayConfig(),
    script: await bundle(join(import.meta.dirname, "least-capture.ts"), { minify: true }),
    bindings: [
      `(name = "TARGET", text = ${text(`http://127.0.0.1:${provider.port}/openai`)})`,
      `(name = "SECRET", text = ${text(BENCH_SECRET)})`,
      `(name = "CAPTURE", queue = "sink")`,
    ],
    externals: { sink: sink.port },
  });
}

/** Without the gateway's flags: they are part of what the gateway costs. */
export async function startPassThrough(provider: Child): Promise<Workerd> {
  return startWorkerd({
    ...gatewayConfig(),
    compatibilityFlags: [],
    script: await bundle(join(import.meta.dirname, "pass-through.ts"), { minify: true }),
    bindings: [`(name = "TARGET", text = ${text(`http://127.0.0.1:${provider.port}/openai`)})`],
  });
}

/** A key as winnow makes them; an isolate verifies it once. */
export async function benchKey(): Promise<string> {
  return makeKey({ app: "bench", keyId: "k1", scopes: ["proxy"] }, new MacSigner(BENCH_SECRET));
}
