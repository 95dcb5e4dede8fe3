/** The most memory that processes have while something runs. */
import { readdirSync, readFileSync } from "node:fs";
import { readMemory } from "../bench/process-memory.ts";

export interface Measured {
  idleBytes: number;
  peakBytes: number;
  sentBytes: number;
  seconds: number;
}

const LOOK_MS = 20;

export async function watchMemory(pids: readonly number[], work: () => Promise<number>): Promise<Measured> {
  const now = () => pids.reduce((sum, pid) => sum + rssOf(pid), 0);
  const idleBytes = now();
  let peakBytes = idleBytes;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, now());
  }, LOOK_MS);
  const beganAtMs = performance.now();
  try {
    const sentBytes = await work();
    return { idleBytes, peakBytes, sentBytes, seconds: (performance.now() - beganAtMs) / 1_000 };
  } finally {
    clearInterval(timer);
  }
}

/** Of a process that has ended: nothing. */
function rssOf(pid: number): number {
  try {
    return readMemory(pid).rssBytes;
  } catch {
    return 0;
  }
}

/** Processes of this name that this one has started (proc_pid_stat(5)). */
export function childrenNamed(name: string): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      const stat = statOf(pid);
      return stat?.name === name && stat.parent === process.pid;
    })
    .map(Number);
}

function statOf(pid: string): { name: string; parent: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const end = text.lastIndexOf(")");
    const [, parent] = text.slice(end + 2).split(" ");
    return { name: text.slice(text.indexOf("(") + 1, end), parent: Number(parent) };
  } catch {
    return undefined; // it has ended meanwhile
  }
}
