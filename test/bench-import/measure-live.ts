/**
 * What an import holds on to: the route's own parts in plain Node, with a queue that drops, and garbage collected before each
 * look. The processes of the other tables keep memory that they have had; this is what is in use.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { readProviders } from "../../shared/core/providers.ts";
import { LINE_BYTES_MAX } from "../../shared/import/bounds.ts";
import { LineSplitter } from "../../shared/import/split-lines.ts";
import { readLine } from "../../workers/console/import-one.ts";
import { ImportQueue } from "../../workers/console/import-queue.ts";
import { logChunks } from "./log-lines.ts";

export interface LiveMemory {
  lines: number;
  heapBytes: number;
  /** Of byte arrays. */
  externalBytes: number;
}

/** In a process of its own. @returns one look every `every` lines */
export async function measureLive(options: { lines: number; every: number }): Promise<LiveMemory[]> {
  const child = fork(import.meta.filename, [JSON.stringify(options)], { execArgv: ["--expose-gc"] });
  const looks: LiveMemory[] = [];
  child.on("message", (look) => looks.push(look as LiveMemory));
  const [code] = (await once(child, "exit")) as [number];
  if (code !== 0) throw new Error(`the measuring ended with ${code}`);
  return looks;
}

async function importAll({ lines, every }: { lines: number; every: number }): Promise<void> {
  const drop = {
    async sendBatch(messages: Iterable<unknown>) {
      for (const _message of messages);
    },
  } as unknown as Queue;
  const queue = new ImportQueue({ queue: drop, bucket: {} as R2Bucket, listener: { print: console.error } });
  const splitter = new LineSplitter(LINE_BYTES_MAX);
  const context = { app: "demo", maySayFeedback: true, providers: readProviders(undefined), nowMs: Date.now() };
  let done = 0;
  for (const chunk of logChunks(lines)) {
    for (const line of splitter.push(chunk)) {
      if (!("text" in line)) throw new Error(line.reason);
      const read = await readLine(line.text, context);
      if (!read.ok) throw new Error(read.reason);
      await queue.add(read.value);
      if (++done % every === 0) look(done);
    }
  }
}

function look(lines: number): void {
  globalThis.gc?.();
  const { heapUsed: heapBytes, external: externalBytes } = process.memoryUsage();
  process.send?.({ lines, heapBytes, externalBytes } satisfies LiveMemory);
}

const [given] = process.argv.slice(2);
if (process.send !== undefined && given !== undefined) {
  await importAll(JSON.parse(given) as { lines: number; every: number });
  process.disconnect();
}
