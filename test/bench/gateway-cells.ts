/** The cells that CPU is measured in: answers × prompts × calls in parallel, and how often each is measured. */
import type { CpuPlan } from "./gateway-cpu.ts";
import { JSON_KIND, jsonKind, type Kind, streamKind } from "./load.ts";

export interface Cell extends CpuPlan {
  /** What it may be of the floor, at most; undefined where it is reported only. */
  aim?: number;
}

const JSON_AIM = 1.6;
const STREAM_AIM = 1.65;

/** The first has the long warm-up: V8 is done with the gateway's code after it. */
export function jsonCells(quick: boolean): Cell[] {
  return [
    cell({ quick, kind: JSON_KIND, aim: JSON_AIM, rounds: 41, calls: 300, warmUpCalls: 4_000 }),
    cell({ quick, kind: jsonKind({ parallel: 1 }), aim: JSON_AIM, rounds: 21, calls: 200, warmUpCalls: 400 }),
    cell({ quick, kind: jsonKind({ parallel: 128 }), aim: JSON_AIM, rounds: 21, calls: 384, warmUpCalls: 768 }),
    cell({
      quick,
      kind: jsonKind({ promptBytes: 20_000, parallel: 16 }),
      aim: JSON_AIM,
      rounds: 21,
      calls: 200,
      warmUpCalls: 600,
    }),
    cell({
      quick,
      kind: jsonKind({ promptBytes: 200_000, parallel: 16 }),
      rounds: 11,
      calls: 64,
      warmUpCalls: 256,
    }),
  ];
}

/** Paces at which each chunk is a packet of its own, and two cores are not at their end. */
export function streamCells(quick: boolean): Cell[] {
  const aim = STREAM_AIM;
  const few = streamKind({ chunks: 50, paceMs: 5, parallel: 16 });
  const many = streamKind({ chunks: 50, paceMs: 10, parallel: 128 });
  const longPrompt = streamKind({ chunks: 50, paceMs: 5, parallel: 16, promptBytes: 20_000 });
  const long = streamKind({ chunks: 1_000, paceMs: 2, parallel: 16 });
  return [
    cell({ quick, kind: many, aim, rounds: 9, calls: 256, warmUpCalls: 1_024 }),
    cell({ quick, kind: few, aim, rounds: 9, calls: 96, warmUpCalls: 48 }),
    cell({ quick, kind: longPrompt, aim, rounds: 7, calls: 96, warmUpCalls: 48 }),
    cell({ quick, kind: long, aim, rounds: 5, calls: 16, warmUpCalls: 0 }),
  ];
}

const QUICK_PART = 0.05;

/** A quick run makes a twentieth of the calls, in one round. */
function cell(options: Cell & { quick: boolean; kind: Kind }): Cell {
  const { quick, ...full } = options;
  if (!quick) return full;
  const part = (calls: number) => Math.ceil(calls * QUICK_PART);
  return { ...full, rounds: 1, calls: part(full.calls), warmUpCalls: part(full.warmUpCalls) };
}
