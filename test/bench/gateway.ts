/** The gateway's part of the benchmark: measures, checks what was captured, prints. */
import { unpackMessage } from "../../shared/capture/envelope.ts";
import { fromBase64, toText } from "../../shared/core/text.ts";
import { type FirstBytes, measureFirstBytes } from "./first-byte.ts";
import { type Cell, jsonCells, streamCells } from "./gateway-cells.ts";
import { type CpuResult, measureCpu } from "./gateway-cpu.ts";
import { benchSlowClients } from "./gateway-memory.ts";
import { benchKey, type Setup, startSetup } from "./gateway-setup.ts";
import { benchStartUp } from "./gateway-start-up.ts";
import { JSON_KIND, type Kind, streamKind } from "./load.ts";
import { mebibytes, readMemory } from "./process-memory.ts";
import type { SinkReport } from "./sink.ts";
import { median, quantile } from "./statistics.ts";
import { note, printTable } from "./table.ts";

/** Of the first byte's p99, to the pass-through's. */
const FIRST_BYTE_AIM = 1.1;

export async function benchGateway({ quick }: { quick: boolean }): Promise<void> {
  await benchCalls(quick);
  await benchSlowClients({ key: await benchKey(), quick });
  await benchStartUp({ key: await benchKey(), rounds: quick ? 3 : 9 });
}

async function benchCalls(quick: boolean): Promise<void> {
  const setup = await startSetup();
  try {
    const key = await benchKey();
    const idle = new Map(targetsOf(setup).map(({ pid }) => [pid, readMemory(pid).rssBytes]));
    await benchCpu({ setup, key, cells: jsonCells(quick), what: "JSON answers of 1.2 KB" });
    await benchCpu({ setup, key, cells: streamCells(quick), what: "paced streams" });
    await benchFirstBytes({ setup, key, quick });
    printMemory(setup, idle);
    await printD1(setup);
  } finally {
    await setup.stop();
  }
}

async function benchCpu(options: { setup: Setup; key: string; cells: Cell[]; what: string }): Promise<void> {
  const { setup, key, cells, what } = options;
  const rows: string[][] = [];
  for (const cell of cells) {
    const results = await measureCpu({ setup, key, plan: cell });
    await checkSample(setup, cell.kind.answer);
    rows.push(...results.map((result) => cpuRow(result, cell)));
  }
  printTable(
    `GATEWAY, CPU per call, ${what}, mac and queue message included; 1.00 is the pass-through (ratio: median of the rounds)`,
    ["", "µs a call", "ratio", "aim", "min–max", "middle half", "of totals", "pieces"],
    rows,
  );
}

function cpuRow(result: CpuResult, cell: Cell): string[] {
  const { target, ratios } = result;
  const isFloor = target.name === "pass-through";
  return [
    `${cell.kind.name}: ${target.name}`,
    result.cpuUs.toFixed(0),
    isFloor ? "1.00" : median(ratios).toFixed(2),
    target.name === "gateway" ? aimText(median(ratios), cell.aim) : "",
    isFloor ? "" : `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
    isFloor ? "" : `${quantile(ratios, 0.25).toFixed(2)}–${quantile(ratios, 0.75).toFixed(2)}`,
    result.totalRatio.toFixed(2),
    result.pieces.toFixed(1),
  ];
}

/** By the value as it is shown. */
function aimText(value: number, aim: number | undefined): string {
  if (aim === undefined) return "reported";
  return `≤ ${aim}: ${Number(value.toFixed(2)) <= aim ? "met" : "missed"}`;
}

async function benchFirstBytes(options: { setup: Setup; key: string; quick: boolean }): Promise<void> {
  const { setup, key, quick } = options;
  const stream = { chunks: 6, paceMs: 1, parallel: 1 };
  const measured: [string, Kind, number][] = [
    ["JSON, at once", JSON_KIND, 1_000],
    ["stream, at once", streamKind(stream), 1_000],
    ["stream, after 20 ms", streamKind({ ...stream, thinkMs: 20 }), 500],
  ];
  const rows: string[][] = [];
  for (const [name, kind, rounds] of measured) {
    const times = await measureFirstBytes({ setup, key, kind, rounds: quick ? rounds / 25 : rounds });
    rows.push(...firstByteRows(name, times));
  }
  printTable(
    "GATEWAY, first byte of the body, single calls in turn, ms, by when the provider answers; ratios to the pass-through",
    ["", "median", "p99", "median more", "p99 more", "median ratio", "p99 ratio", "aim"],
    rows,
  );
  note(
    "A provider that answers at once is the worst case: nothing hides what the gateway adds. The first byte of a language",
    "model takes some hundred milliseconds; 20 is still on the strict side.",
  );
}

function firstByteRows(name: string, times: FirstBytes): string[][] {
  const floor = { median: median(times.floor), p99: quantile(times.floor, 0.99) };
  const more = (a: number, b: number) => `${a < b ? "" : "+"}${(a - b).toFixed(2)}`;
  const row = (target: string, values: number[]) => {
    const own = { median: median(values), p99: quantile(values, 0.99) };
    const ratio = own.p99 / floor.p99;
    const compared = [
      more(own.median, floor.median),
      more(own.p99, floor.p99),
      (own.median / floor.median).toFixed(2),
      ratio.toFixed(2),
      target === "gateway" ? aimText(ratio, FIRST_BYTE_AIM) : "",
    ];
    return [
      `${name}: ${target}`,
      own.median.toFixed(2),
      own.p99.toFixed(2),
      ...(values === times.floor ? [] : compared),
    ];
  };
  return [
    row("pass-through", times.floor),
    row("gateway", times.gateway),
    row("pass-through again (noise)", times.floorAgain),
  ];
}

function targetsOf(setup: Setup) {
  return [setup.floor, setup.gateway, setup.least, setup.floorAgain];
}

function printMemory(setup: Setup, idle: ReadonlyMap<number, number>): void {
  const floorBytes = readMemory(setup.floor.pid).rssBytes;
  printTable(
    "GATEWAY, memory of the whole process after all these calls, MiB (/proc/pid/status)",
    ["", "at the start", "now", "at most", "now, to the pass-through"],
    targetsOf(setup).map(({ name, pid }) => {
      const { rssBytes, peakBytes } = readMemory(pid);
      return [
        name,
        mebibytes(idle.get(pid) ?? 0),
        mebibytes(rssBytes),
        mebibytes(peakBytes),
        (rssBytes / floorBytes).toFixed(2),
      ];
    }),
  );
}

async function printD1(setup: Setup): Promise<void> {
  const report = await setup.gateway.sink?.ask<SinkReport>("report");
  note(`D1: ${report?.d1Requests ?? 0} requests for ${report?.messages ?? 0} calls, all in the background`);
}

/** @throws when what the queue got is not what the provider answered: then the numbers measure something else */
async function checkSample(setup: Setup, answer: string): Promise<void> {
  const { sample = "" } = (await setup.gateway.sink?.ask<SinkReport>("report")) ?? {};
  const message = await unpackMessage(fromBase64(sample));
  if (message.kind !== "capture") throw new Error(`a queue message is not a capture: ${JSON.stringify(message)}`);
  const { header, response } = message.capture;
  if (header.outcome !== "complete" || header.status !== 200 || toText(response) !== answer) {
    throw new Error(`a capture is not of the answer that was given: ${JSON.stringify(header)}`);
  }
}
