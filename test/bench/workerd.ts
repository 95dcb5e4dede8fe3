/** One bare `workerd serve` process, whose CPU can be read by itself. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** The package is CommonJS without types: the path of this platform's binary, and its version. */
const workerd = createRequire(import.meta.url)("workerd") as { default: string; version: string };

export const WORKERD_VERSION = workerd.version;

export interface Workerd {
  url: string;
  pid: number;
  /** By performance.now(). */
  spawnedAtMs: number;
  stop(): Promise<void>;
}

export interface WorkerdOptions {
  /** ES module of the Worker. */
  script: string;
  compatibilityDate: string;
  compatibilityFlags: readonly string[];
  /** In Cap'n Proto's text format (workerd.capnp, struct Binding). */
  bindings: readonly string[];
  /** Services behind the bindings, by name: port on this machine. */
  externals?: Record<string, number>;
}

export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const folder = await mkdtemp(join(tmpdir(), "winnow-bench-"));
  await writeFile(join(folder, "worker.js"), options.script);
  await writeFile(join(folder, "config.capnp"), configText(options));
  const spawnedAtMs = performance.now();
  const child = spawn(workerd.default, ["serve", "--control-fd=3", join(folder, "config.capnp")], {
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const killed = () => child.kill("SIGKILL");
  process.once("exit", killed);
  const stop = async () => {
    process.off("exit", killed);
    if (child.exitCode === null && child.signalCode === null) {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const port = await listenPort(child.stdio[3] as Readable);
    return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, spawnedAtMs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listenPort(control: Readable): Promise<number> {
  for await (const line of createInterface({ input: control })) {
    const message = JSON.parse(line) as { event: string; port?: number };
    if (message.event === "listen" && message.port !== undefined) return message.port;
  }
  throw new Error("workerd ended before it listened; what it says stands above");
}

function configText(options: WorkerdOptions): string {
  const externals = Object.entries(options.externals ?? {}).map(
    ([name, port]) => `(name = ${text(name)}, external = (address = "127.0.0.1:${port}", http = ()))`,
  );
  const flags = options.compatibilityFlags.map(text).join(", ");
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = ${text(options.compatibilityDate)},
      compatibilityFlags = [${flags}],
      bindings = [${options.bindings.join(",\n        ")}],
    )),
    (name = "internet", network = (allow = ["public", "private", "local"])),
    ${externals.join(",\n    ")}
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;
}

/** Cap'n Proto's text has C's escapes; JSON's are the same for what is in our configs. */
export function text(value: string): string {
  return JSON.stringify(value);
}
