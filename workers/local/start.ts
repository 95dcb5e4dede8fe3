/**
 * `npm start`: runs serve.ts and ends it. Ctrl-C, SIGTERM, a closed terminal and the death of whoever started this stop
 * everything, with exit code 0; a second Ctrl-C does not wait.
 *
 * Two processes, because a terminal gives Ctrl-C to its whole process group: workerd would be gone before the queue, which
 * is in memory, has run dry. serve.ts has a group of its own, and hears of the end by its channel to this process; if
 * this one is killed, the channel breaks, and it ends too.
 */
import { fork } from "node:child_process";
import { join } from "node:path";
import { watchParents } from "./watch-parents.ts";

/** npm passes a Ctrl-C on that the terminal has already given to all of its processes: the same one, twice. */
const SAME_SIGNAL_MS = 500;

const serving = fork(join(import.meta.dirname, "serve.ts"), {
  detached: true,
  stdio: ["ignore", "inherit", "inherit", "ipc"],
});
serving.on("exit", (code) => process.exit(code ?? 1));

let stoppingSinceMs: number | undefined;

function stop(): void {
  if (stoppingSinceMs !== undefined && performance.now() - stoppingSinceMs < SAME_SIGNAL_MS) return;
  stoppingSinceMs ??= performance.now();
  if (serving.connected) serving.send("stop");
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
watchParents(stop);
