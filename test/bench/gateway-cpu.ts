/**
 * CPU of the gateway's process per call, capture included, as a multiple of a bare pass-through's. Short blocks of calls
 * go to each process in turn, the order reversed every time, so that whatever else the machine does hits all; each
 * round gives one ratio. The least that captures
 * tells how much of that any capture costs; a second pass-through's ratio is the measurement's noise.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Child } from "./child.ts";
import type { Setup, Target } from "./gateway-setup.ts";
import { Caller, type Kind, runCalls } from "./load.ts";
import { readCpuMs } from "./process-cpu.ts";
import type { SinkReport } from "./sink.ts";
import { median, sum } from "./statistics.ts";

export interface CpuPlan {
  kind: Kind;
  rounds: number;
  /** Of one block. */
  calls: number;
  /** The gateway's code is compiled while it runs: some 4,000 calls until V8 is done with it. */
  warmUpCalls: number;
}

export interface CpuResult {
  target: Target;
  /** Microseconds a call, median of the blocks. */
  cpuUs: number;
  /** By the floor of the same round. */
  ratios: number[];
  /** Of all rounds together: what seldom happens (collecting garbage) is in it in full. */
  totalRatio: number;
  /** Pieces that an answer came in, on average. */
  pieces: number;
}

const SETTLE_MS_MAX = 10_000;
/** For what the runtime cleans up after an answer. */
const IDLE_MS = 20;

/** @returns the floor's result first, then the others' in the order of `setup` */
export async function measureCpu(options: { setup: Setup; key: string; plan: CpuPlan }): Promise<CpuResult[]> {
  const { setup, key, plan } = options;
  const targets = [setup.floor, setup.gateway, setup.least, setup.floorAgain];
  const caller = new Caller({ key, parallel: plan.kind.parallel });
  const blocks = new Map<Target, Block[]>(targets.map((target) => [target, []]));
  try {
    for (const target of targets) await runBlock({ caller, target, kind: plan.kind, calls: plan.warmUpCalls });
    for (let round = 0; round < plan.rounds; round++) {
      for (const target of round % 2 === 0 ? targets : targets.toReversed()) {
        blocks.get(target)?.push(await runBlock({ caller, target, kind: plan.kind, calls: plan.calls }));
      }
    }
  } finally {
    caller.close();
  }
  const floor = (blocks.get(setup.floor) ?? []).map((block) => block.cpuUs);
  return targets.map((target) => toResult({ target, blocks: blocks.get(target) ?? [], floor }));
}

interface Block {
  cpuUs: number;
  pieces: number;
}

function toResult(options: { target: Target; blocks: readonly Block[]; floor: readonly number[] }): CpuResult {
  const { target, blocks, floor } = options;
  const costs = blocks.map((block) => block.cpuUs);
  return {
    target,
    cpuUs: median(costs),
    ratios: costs.map((cost, round) => cost / (floor[round] ?? Number.NaN)),
    totalRatio: sum(costs) / sum(floor),
    pieces: sum(blocks.map((block) => block.pieces)) / blocks.length,
  };
}

async function runBlock(options: { caller: Caller; target: Target; kind: Kind; calls: number }): Promise<Block> {
  const { caller, target, kind, calls } = options;
  const before = await target.sink?.ask<SinkReport>("report");
  const beforeMs = readCpuMs(target.pid);
  const { pieces } = await runCalls({ caller, url: target.url, kind, calls });
  if (target.sink !== undefined) await untilCaptured(target.sink, (before?.messages ?? 0) + calls);
  await wait(IDLE_MS);
  return { cpuUs: ((readCpuMs(target.pid) - beforeMs) * 1_000) / calls, pieces: pieces / calls };
}

/** The copy is sent after the answer, and its cost belongs to the block. @throws when a call made no message, or two */
async function untilCaptured(sink: Child, expected: number): Promise<void> {
  const endMs = Date.now() + SETTLE_MS_MAX;
  for (;;) {
    const { messages, strange } = await sink.ask<SinkReport>("report");
    if (strange.length > 0) throw new Error(`the gateway went where a call should not go: ${strange.join(", ")}`);
    if (messages === expected) return;
    if (messages > expected || Date.now() > endMs) {
      throw new Error(`the queue got ${messages} messages and should have ${expected}: one for each call`);
    }
    await wait(5);
  }
}
