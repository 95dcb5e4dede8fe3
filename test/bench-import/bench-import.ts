/**
 * `node test/bench-import/bench-import.ts [lines …]`: memory and speed of an import, which must not grow with its length. Each
 * length in fresh processes: the route in workerd, with a queue that drops what comes; and the command line, with a server
 * that only counts. And what is in use of it, which tells the most.
 */
import { note, printTable } from "../bench/table.ts";
import { measureCommand } from "./measure-command.ts";
import { measureLive } from "./measure-live.ts";
import { measureRoute } from "./measure-route.ts";
import { measureWhole } from "./measure-whole.ts";
import type { Measured } from "./watch-memory.ts";

const LENGTHS = [10_000, 30_000, 100_000];
const MIB = 1_024 * 1_024;

const given = process.argv.slice(2).map(Number);
const lengths = given.length > 0 && given.every((count) => count > 0) ? given : LENGTHS;
await measure("POST /v1/exchanges in workerd (all four Workers)", measureRoute);
await measure("winnow import (the process of the command)", measureCommand);
await measureHeld();
await measureStored();
note(
  "MiB are of RAM (RSS). Idle is before the first line (of the command: before it has loaded), peak the most that was seen, every 20 ms.",
);

async function measureHeld(): Promise<void> {
  const most = Math.max(...lengths);
  const looks = await measureLive({ lines: most, every: Math.ceil(most / 5) });
  const rows = looks.map(({ lines, heapBytes, externalBytes }) => [
    lines.toLocaleString("en"),
    (heapBytes / MIB).toFixed(1),
    (externalBytes / MIB).toFixed(1),
  ]);
  printTable("in use while it goes on, after a collection", ["lines", "MiB of heap", "MiB of bytes"], rows);
}

async function measureStored(): Promise<void> {
  const lines = Math.max(...lengths);
  const { rows, sentSeconds, storedSeconds } = await measureWhole(lines);
  const row = [lines.toLocaleString("en"), rows.toLocaleString("en"), sentSeconds.toFixed(1), storedSeconds.toFixed(1)];
  printTable("the whole way, on this machine", ["lines", "rows in D1", "s until sent", "s until stored"], [row]);
}

async function measure(title: string, work: (lines: number) => Promise<Measured>): Promise<void> {
  const rows: string[][] = [];
  for (const lines of lengths) {
    const { idleBytes, peakBytes, sentBytes, seconds } = await work(lines);
    rows.push([
      lines.toLocaleString("en"),
      (sentBytes / MIB).toFixed(1),
      (idleBytes / MIB).toFixed(0),
      (peakBytes / MIB).toFixed(0),
      seconds.toFixed(1),
      Math.round(lines / seconds).toLocaleString("en"),
    ]);
  }
  printTable(title, ["lines", "MiB sent", "MiB idle", "MiB peak", "s", "lines/s"], rows);
}
