/** The process of the command line: its streams, its clock, Ctrl-C (a second one does not wait). */
import { setTimeout as wait } from "node:timers/promises";
import { EXIT } from "./exit-codes.ts";
import { runCli } from "./program.ts";
import type { Terminal } from "./terminal.ts";

export async function main(): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(EXIT.stopped);
      stopping.abort();
    });
  }
  // `winnow … | head`: who no longer reads has what he wanted
  process.stdout.on("error", () => process.exit(EXIT.ok));
  process.exitCode = await runCli(process.argv.slice(2), terminalOf(stopping.signal));
  if (stopping.signal.aborted) process.exit();
}

function terminalOf(signal: AbortSignal): Terminal {
  return {
    env: process.env,
    stdin: process.stdin,
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    stderrIsTty: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? 80,
    fetch,
    nowMs: () => performance.now(),
    wait: (ms) => wait(ms, undefined, { signal }),
    signal,
  };
}
