/** CPU of the gateway alone in a process, for the price: the whole process, sockets included, so an upper bound. */
import { setTimeout as wait } from "node:timers/promises";
import { benchKey, type Setup, startSetup } from "./gateway-setup.ts";
import { Caller, JSON_KIND, type Kind, runCalls, streamKind } from "./load.ts";
import { readCpuMs } from "./process-cpu.ts";

export interface CpuPlan {
  warmUpCalls: number;
  calls: number;
}

const STREAM = streamKind({ chunks: 52, paceMs: 5, parallel: 64 });
const SETTLE_MS_MAX = 10_000;
const LOOK_MS = 50;
/** Of LOOK_MS: what an idle process uses at most. */
const QUIET_CPU_MS = 2;

/** @returns milliseconds a call; undefined where there is no /proc */
export async function gatewayCpuMs(plan: CpuPlan): Promise<{ json: number; stream: number } | undefined> {
  if (process.platform !== "linux") return undefined;
  const setup = await startSetup();
  try {
    const key = await benchKey();
    const json = await cpuMsOf({ setup, key, kind: JSON_KIND, plan });
    return { json, stream: await cpuMsOf({ setup, key, kind: STREAM, plan }) };
  } finally {
    await setup.stop();
  }
}

async function cpuMsOf(options: { setup: Setup; key: string; kind: Kind; plan: CpuPlan }): Promise<number> {
  const { setup, key, kind, plan } = options;
  const { url, pid } = setup.gateway;
  const caller = new Caller({ key, parallel: kind.parallel });
  try {
    await runCalls({ caller, url, kind, calls: plan.warmUpCalls });
    await untilQuiet(pid);
    const beforeMs = readCpuMs(pid);
    await runCalls({ caller, url, kind, calls: plan.calls });
    await untilQuiet(pid);
    return (readCpuMs(pid) - beforeMs) / plan.calls;
  } finally {
    caller.close();
  }
}

/** The copies are sent after the answers, and belong to their calls. */
async function untilQuiet(pid: number): Promise<void> {
  const endMs = Date.now() + SETTLE_MS_MAX;
  let beforeMs = Number.NEGATIVE_INFINITY;
  while (Date.now() < endMs) {
    const usedMs = readCpuMs(pid);
    if (usedMs - beforeMs < QUIET_CPU_MS) return;
    beforeMs = usedMs;
    await wait(LOOK_MS);
  }
  throw new Error(`the gateway is still at work ${SETTLE_MS_MAX / 1_000} s after the last call`);
}
