/**
 * `npm run types`: writes each Worker's `Env` from its config. With `--check` it writes nothing, and fails where the
 * file and the config disagree.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ROOT, WORKER_NAMES, WORKERS, type WorkerName } from "./worker-configs.ts";

const WRANGLER = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");

function makeTypes(worker: WorkerName): Promise<boolean> {
  const envInterface = `${worker[0]?.toUpperCase()}${worker.slice(1)}Env`;
  const options = ["--env-interface", envInterface, "--include-runtime=false", "--strict-vars=false"];
  const files = [`workers/${worker}/env.d.ts`, "-c", WORKERS[worker]];
  const run = spawn(process.execPath, [WRANGLER, "types", ...files, ...options, ...process.argv.slice(2)], {
    cwd: ROOT,
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
  });
  const output: Buffer[] = [];
  run.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  run.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve) => {
    run.on("close", (code) => {
      if (code !== 0) process.stderr.write(`${worker}: ${Buffer.concat(output)}\nwrite them with: npm run types\n`);
      resolve(code === 0);
    });
  });
}

const made = await Promise.all(WORKER_NAMES.map(makeTypes));
process.exitCode = made.every(Boolean) ? 0 : 1;
