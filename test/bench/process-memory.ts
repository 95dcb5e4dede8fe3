/** Memory of a process that is in RAM, by /proc/pid/status (proc_pid_status(5)). */
import { readFileSync } from "node:fs";

export interface ProcessMemory {
  /** Resident now. */
  rssBytes: number;
  /** The most that ever was. */
  peakBytes: number;
}

const KIB = 1_024;
const MIB = 1_024 * KIB;

export function mebibytes(bytes: number): string {
  return (bytes / MIB).toFixed(1);
}

export function readMemory(pid: number): ProcessMemory {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return { rssBytes: field(status, "VmRSS"), peakBytes: field(status, "VmHWM") };
}

function field(status: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status);
  if (match === null) throw new Error(`the status of a process has no ${name}; it has ended, or is no process`);
  return Number(match[1]) * KIB;
}
