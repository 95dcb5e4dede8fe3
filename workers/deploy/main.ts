/** `npm run deploy`: the process around deploy.ts. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { APP_FORM } from "../../shared/core/keys.ts";
import type { DeployContext } from "./context.ts";
import { type DeployOptions, deploy } from "./deploy.ts";
import { DeployError } from "./deploy-error.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const HELP = `npm run deploy -- [options]

  --env NAME        an environment of its own, such as staging; left out: production
  --dry-run         show each step with what is there, and change nothing
  --rollback        every Worker of the newest deployment goes back to the version before it
  --settings FILE   instead of .winnow/deploy/<environment>.env
  --app NAME        whose first key is made (main)
  --new-key         make another key, though the app has one
  --new-secret      make another WINNOW_SECRET: every key and every id ends

CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID are taken from the environment.`;

function readArgs(args: readonly string[]): DeployOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      env: { type: "string" },
      settings: { type: "string" },
      app: { type: "string", default: "main" },
      "dry-run": { type: "boolean", default: false },
      rollback: { type: "boolean", default: false },
      "new-key": { type: "boolean", default: false },
      "new-secret": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  if (!APP_FORM.test(values.app)) {
    throw new DeployError(`--app is "${values.app}"; an app is named by 1 to 32 of a-z 0-9 -`);
  }
  return {
    environment: values.env,
    settingsFile: values.settings,
    app: values.app,
    dryRun: values["dry-run"],
    rollback: values.rollback,
    newKey: values["new-key"],
    newSecret: values["new-secret"],
  };
}

function contextOf(environment: NodeJS.ProcessEnv): DeployContext {
  return {
    env: environment,
    root: ROOT,
    fetch,
    nowMs: Date.now,
    wait: (ms) => wait(ms),
    say: (line) => void process.stdout.write(`${line}\n`),
    wrangler: (args) => runPinnedWrangler(args, environment),
    makeSecret: () => randomBytes(32).toString("hex"),
  };
}

/** CI: it asks nothing, and takes its own defaults. */
export function runPinnedWrangler(
  args: readonly string[],
  environment: NodeJS.Dict<string>,
): Promise<{ code: number; output: string }> {
  const file = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const run = spawn(process.execPath, [file, ...args], {
    cwd: ROOT,
    env: { ...(environment as NodeJS.ProcessEnv), CI: "1", WRANGLER_SEND_METRICS: "false" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: Buffer[] = [];
  for (const stream of [run.stdout, run.stderr]) stream.on("data", (chunk: Buffer) => output.push(chunk));
  return new Promise((resolve, reject) => {
    run.on("error", reject);
    run.on("close", (code) => resolve({ code: code ?? 1, output: Buffer.concat(output).toString() }));
  });
}

async function main(): Promise<void> {
  const options = readArgs(process.argv.slice(2));
  if (options === undefined) return void process.stdout.write(`${HELP}\n`);
  await deploy(contextOf(process.env), options);
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    const isUsage = error instanceof TypeError && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS");
    const isExpected = error instanceof DeployError || isUsage;
    process.stderr.write(
      `winnow: ${isExpected ? `${(error as Error).message}${isUsage ? `\n\n${HELP}` : ""}` : (error as Error)?.stack}\n`,
    );
    process.exitCode = 1;
  });
}
