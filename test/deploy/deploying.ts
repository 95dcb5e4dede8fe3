/** A deployment under test: the real wrangler against the stand-in, and real Workers of this machine at the address it prints. */
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DeployContext } from "../../workers/deploy/context.ts";
import { type DeployOptions, deploy } from "../../workers/deploy/deploy.ts";
import { runPinnedWrangler } from "../../workers/deploy/main.ts";
import { ROOT } from "../house/source-files.ts";
import { ACCOUNT, CloudflareStandin, TOKEN } from "./cloudflare-standin.ts";

/** wrangler is compiled once for the dozens of times that it runs: a fifth of what a run takes. */
const COMPILED = join(tmpdir(), "winnow-deploy-test-compiled");

const CODE = ["migrations", "shared", "workers", "wrangler.toml", "package.json", "tsconfig.json", "node_modules"];

export const SECRET = "5ec2e7".padEnd(64, "0");

export interface Stage {
  cloudflare: CloudflareStandin;
  /** A repository of its own, whose `.winnow` is empty: the code is that of this one. */
  root: string;
  lines: string[];
  env: Record<string, string>;
  /** What the Workers' address answers; left out: nobody. */
  answer: (path: string, init: RequestInit | undefined) => Promise<Response>;
  run(options?: Partial<DeployOptions>): Promise<void>;
  stop(): Promise<void>;
}

export async function setStage(): Promise<Stage> {
  const cloudflare = new CloudflareStandin();
  const address = await cloudflare.start();
  const root = await mkdtemp(join(tmpdir(), "winnow-deploy-test-"));
  for (const name of CODE) await symlink(join(ROOT, name), join(root, name));
  await mkdir(join(root, ".winnow"), { recursive: true });
  const env = {
    CLOUDFLARE_API_TOKEN: TOKEN,
    CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
    CLOUDFLARE_API_BASE_URL: address,
  };
  const stage: Stage = {
    cloudflare,
    root,
    lines: [],
    env,
    answer: () => Promise.reject(new TypeError("fetch failed")),
    run: (options) => deploy(contextOf(stage), { ...DEFAULTS, ...options }),
    stop: async () => {
      await cloudflare.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
  return stage;
}

const DEFAULTS: DeployOptions = { app: "main", dryRun: false, rollback: false, newKey: false, newSecret: false };

function contextOf(stage: Stage): DeployContext {
  const { root, env, lines } = stage;
  let waitedMs = 0;
  return {
    env,
    root,
    fetch: (input, init) => {
      const url = String(input);
      if (url.startsWith(`${env.CLOUDFLARE_API_BASE_URL}/`)) return fetch(url, init);
      const { origin } = new URL(url);
      lines.push(`asked ${origin}`);
      return stage.answer(url.slice(origin.length), init);
    },
    nowMs: () => Date.now() + waitedMs,
    wait: async (ms) => {
      waitedMs += ms; // time that nobody has to spend
    },
    say: (line) => void lines.push(line),
    wrangler: (args) =>
      runPinnedWrangler(args, { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE: COMPILED, ...env }),
    makeSecret: () => SECRET,
  };
}
