/** The workerd processes that a process has started (Miniflare does not tell): their CPU is what a local winnow costs. */
import { readFileSync } from "node:fs";

/** Ids of processes (proc_pid_task_children(5)); none where there is no /proc. */
export function workerdsBelow(pid: number): number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
    return children.filter((child) => isWorkerd(child)).map(Number);
  } catch {
    return [];
  }
}

function isWorkerd(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[0]?.endsWith("workerd") ?? false;
  } catch {
    return false; // it ended meanwhile
  }
}
