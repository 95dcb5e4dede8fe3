/**
 * CPU time that a process has used, all its threads together: utime + stime (proc_pid_stat(5)), in steps of 10 ms; where
 * the kernel keeps scheduler statistics, the same in nanoseconds.
 */
import { readdirSync, readFileSync } from "node:fs";

/** USER_HZ: 100 on every architecture that Node runs on. */
const TICK_MS = 10;
const NS_A_MS = 1_000_000;

export function readCpuMs(pid: number): number {
  return readSchedulerMs(pid) ?? readTicksMs(pid);
}

/** Of the threads that are alive: workerd keeps its own from start to end. */
function readSchedulerMs(pid: number): number | undefined {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    const runNs = threads.map((thread) =>
      Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ")[0]),
    );
    const total = runNs.reduce((sum, ns) => sum + ns, 0);
    return total > 0 ? total / NS_A_MS : undefined;
  } catch {
    return undefined;
  }
}

function readTicksMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The second field is the name in brackets, which may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
