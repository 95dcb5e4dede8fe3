/** The gateway's part of the benchmark: measures, checks what was captured, prints. */
import { unpackMessage } from "../../shared/capture/envelope.ts";
import { fromBase64, toText } from "../../shared/core/text.ts";
import { type FirstBytes, measureFirstBytes } from "./first-byte.ts";
import { type CpuPlan, type CpuResult, measureCpu } from "./gateway-cpu.ts";
import { benchKey, type Setup, startSetup } from "./gateway-setup.ts";
import { JSON_KIND, type Kind, streamKind } from "./load.ts";
import { ANSWER_TEXT, streamText } from "./provider-answers.ts";
import type { SinkReport } from "./sink.ts";
import { median, quantile } from "./statistics.ts";
import { printTable } from "./table.ts";

interface Cell extends CpuPlan {
  /** What the design wants, at most. */
  aim: number;
  answer: string;
}

/** 5 ms: each chunk is a packet of its own, and 64 streams leave the two cores some air. */
const PACED = streamKind({ chunks: 52, paceMs: 5, parallel: 64 });
const SHORT_STREAM = streamKind({ chunks: 6, paceMs: 1, parallel: 1 });

function cellsOf(quick: boolean): Cell[] {
  return [
    {
      ...(quick ? { rounds: 4, calls: 100, warmUpCalls: 200 } : { rounds: 41, calls: 300, warmUpCalls: 4_000 }),
      kind: JSON_KIND,
      aim: 1.6,
      answer: ANSWER_TEXT,
    },
    {
      ...(quick ? { rounds: 2, calls: 64, warmUpCalls: 64 } : { rounds: 15, calls: 192, warmUpCalls: 640 }),
      kind: PACED,
      aim: 1.65,
      answer: streamText(52),
    },
  ];
}

export async function benchGateway(options: { quick: boolean }): Promise<void> {
  const { quick } = options;
  const setup = await startSetup();
  try {
    const key = await benchKey();
    const rows: string[][] = [];
    for (const cell of cellsOf(quick)) {
      const results = await measureCpu({ setup, key, plan: cell });
      await checkSample(setup, cell.answer);
      rows.push(...results.map((result) => cpuRow(result, cell)));
    }
    printTable(
      "GATEWAY, CPU per call, mac and queue message included; 1.00 is the pass-through (ratio: median of the rounds)",
      ["", "µs a call", "ratio", "aim", "min–max", "middle half", "of totals", "pieces"],
      rows,
    );
    const firstBytes: string[][] = [];
    for (const kind of [JSON_KIND, SHORT_STREAM]) {
      const rounds = quick ? 30 : 450;
      firstBytes.push(...firstByteRows(kind, await measureFirstBytes({ setup, key, kind, rounds })));
    }
    printTable(
      "GATEWAY, first byte of the body, single calls, ms",
      ["", "median", "p99", "median more than pass-through", "p99 more"],
      firstBytes,
    );
  } finally {
    await setup.stop();
  }
}

function cpuRow(result: CpuResult, cell: Cell): string[] {
  const { target, ratios } = result;
  const isFloor = target.name === "pass-through";
  return [
    `${cell.kind.name}: ${target.name}`,
    result.cpuUs.toFixed(0),
    isFloor ? "1.00" : median(ratios).toFixed(2),
    target.name === "gateway" ? `≤ ${cell.aim}` : "",
    isFloor ? "" : `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`,
    isFloor ? "" : `${quantile(ratios, 0.25).toFixed(2)}–${quantile(ratios, 0.75).toFixed(2)}`,
    result.totalRatio.toFixed(2),
    result.pieces.toFixed(1),
  ];
}

function firstByteRows(kind: Kind, times: FirstBytes): string[][] {
  const floor = { median: median(times.floor), p99: quantile(times.floor, 0.99) };
  const row = (name: string, values: number[]) => {
    const own = { median: median(values), p99: quantile(values, 0.99) };
    const more = (a: number, b: number) => `${a < b ? "" : "+"}${(a - b).toFixed(2)}`;
    const difference = values === times.floor ? [] : [more(own.median, floor.median), more(own.p99, floor.p99)];
    return [name, own.median.toFixed(2), own.p99.toFixed(2), ...difference];
  };
  const name = kind.answerBytes === ANSWER_TEXT.length ? kind.name : "event stream";
  return [
    row(`${name}: pass-through`, times.floor),
    row(`${name}: gateway`, times.gateway),
    row(`${name}: pass-through again (noise)`, times.floorAgain),
  ];
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
