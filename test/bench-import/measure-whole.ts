/** A log through all of it: `winnow import` → gateway → console → queue → ingest → R2 and D1, until the last row is there. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { launch, ROOT } from "../../workers/local/launch.ts";
import { KEY, SECRET } from "../whole-way/captures.ts";
import { logChunks } from "./log-lines.ts";

const LOOK_MS = 500;
const WAIT_MS_MAX = 600_000;

export interface WholeWay {
  /** Until the command has ended. */
  sentSeconds: number;
  /** Until D1 has every row. */
  storedSeconds: number;
  rows: number;
}

export async function measureWhole(lines: number): Promise<WholeWay> {
  const winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  try {
    const beganAtMs = performance.now();
    const seconds = () => (performance.now() - beganAtMs) / 1_000;
    const env = { ...process.env, WINNOW_URL: winnow.url, WINNOW_KEY: KEY };
    const command = spawn(process.execPath, [join(ROOT, "workers", "cli", "winnow.mjs"), "import", "-"], {
      env,
      stdio: ["pipe", "ignore", "inherit"],
    });
    const ended = once(command, "close");
    await pipeline(Readable.from(logChunks(lines)), command.stdin);
    const [code] = (await ended) as [number];
    if (code !== 0) throw new Error(`the import ended with ${code}`);
    const sentSeconds = seconds();
    const d1 = await winnow.db();
    let rows = 0;
    while (rows < lines && seconds() * 1_000 < WAIT_MS_MAX) {
      await wait(LOOK_MS);
      rows = (await d1.prepare("select count(*) as total from exchanges").first<{ total: number }>())?.total ?? 0;
    }
    return { sentSeconds, storedSeconds: seconds(), rows };
  } finally {
    await winnow.stop();
  }
}
