/**
 * Tells when the process that started this one is gone: killed outright, it can pass no signal on. Below npm it is two:
 * npm runs scripts by `sh -c`, and a shell that stays in between lives on when npm is killed.
 */
import { readFileSync } from "node:fs";

/** Looking costs some 20 µs. */
const LOOK_MS = 100;

/** Calls `gone` once. */
export function watchParents(gone: () => void): void {
  const parent = process.ppid;
  const behind = isShell(parent) ? parentOf(parent) : undefined;
  const timer = setInterval(() => {
    if (process.ppid === parent && (behind === undefined || parentOf(parent) === behind)) return;
    clearInterval(timer);
    gone();
  }, LOOK_MS);
  timer.unref();
}

/** Is it npm's `sh -c …`? Where there is no /proc (macOS) `sh` hands its process over, and there is none in between. */
function isShell(pid: number): boolean {
  return process.env.npm_lifecycle_event !== undefined && readProc(pid, "cmdline")?.split("\0")[1] === "-c";
}

/** proc(5): `pid (command, which may hold spaces and brackets) state ppid …`. */
function parentOf(pid: number): number | undefined {
  const stat = readProc(pid, "stat");
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return undefined; // the process ended, or this is not Linux
  }
}
