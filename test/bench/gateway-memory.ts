/**
 * Memory of the gateway while clients are slow: 100 streams of 1 MB at a time, which the provider gives as fast as they
 * are taken. Fresh processes for each way of being slow: memory that a process has had it often keeps.
 */
import type { IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { startSetup, type Target } from "./gateway-setup.ts";
import { bulkKind, Caller, JSON_KIND, type Kind, runCalls } from "./load.ts";
import { mebibytes, readMemory } from "./process-memory.ts";
import { note, printTable } from "./table.ts";

interface MemoryResult {
  /** Of being slow. */
  way: string;
  target: string;
  /** After some calls, before the streams. */
  idleBytes: number;
  /** The most while they ran and their captures were sent. */
  peakBytes: number;
  floorGrowthBytes: number;
}

/** Of an isolate. https://developers.cloudflare.com/workers/platform/limits/ */
const ISOLATE_BYTES_MAX = 128 * 1_024 * 1_024;
/** Some 1 MB (10⁶ B) in events of 238 B. */
const BULK_CHUNKS = 4_200;
const WARM_UP_CALLS = 200;
const LOOK_MS = 20;
/** For what is sent after the answers. */
const SETTLE_MS = 500;
const PAUSE_MS = 3_000;
const SIP_BYTES = 16_384;
const SIP_PAUSE_MS = 50;

/** Reads a body to its end. @returns its length */
type Reader = (response: IncomingMessage) => Promise<number>;

/** A quick run does the first alone. */
const WAYS: Record<string, Reader> = {
  "read nothing for 3 s": async (response) => {
    await wait(PAUSE_MS);
    let bytes = 0;
    for await (const piece of response) bytes += (piece as Buffer).length;
    return bytes;
  },
  "read 16 KB every 50 ms": async (response) => {
    let bytes = 0;
    while (!response.readableEnded) {
      if (response.errored !== null) throw response.errored;
      await wait(SIP_PAUSE_MS);
      const piece = (response.read(SIP_BYTES) ?? response.read()) as Buffer | null;
      bytes += piece?.length ?? 0;
    }
    return bytes;
  },
};

export async function benchSlowClients(options: { key: string; quick: boolean }): Promise<void> {
  const { key, quick } = options;
  const kind = bulkKind({ chunks: BULK_CHUNKS, parallel: 100 });
  const results: MemoryResult[] = [];
  for (const [way, read] of Object.entries(WAYS).slice(0, quick ? 1 : undefined)) {
    const setup = await startSetup();
    try {
      const targets = quick
        ? [setup.floor, setup.gateway]
        : [setup.floor, setup.gateway, setup.least, setup.floorAgain];
      results.push(...(await measureWay({ targets, key, kind, way, read })));
    } finally {
      await setup.stop();
    }
  }
  printSlowClients(results);
}

function printSlowClients(results: readonly MemoryResult[]): void {
  printTable(
    "GATEWAY, memory while clients are slow: 100 streams of 1 MB in parallel, MiB over the idle process, fresh processes",
    ["", "idle", "at most", "growth", "to the pass-through", "inside 128 MB"],
    results.map(({ way, target, idleBytes, peakBytes, floorGrowthBytes }) => {
      const growth = peakBytes - idleBytes;
      return [
        `${way}: ${target}`,
        mebibytes(idleBytes),
        mebibytes(peakBytes),
        mebibytes(growth),
        (growth / floorGrowthBytes).toFixed(2),
        growth <= ISOLATE_BYTES_MAX ? "yes" : "no",
      ];
    }),
  );
  note(
    "Of the whole process. An isolate's 128 MB count less (no sockets, no buffers of the runtime, no garbage that waits),",
    "so 'yes' is certain and 'no' is not. What grows: the copy, which reads ahead of a slow client (up to 4 MB of an",
    "answer), and what is read ahead for the client. 100 parallel streams of that size in one isolate are many.",
  );
}

async function measureWay(options: {
  /** The floor first. */
  targets: readonly Target[];
  key: string;
  kind: Kind;
  way: string;
  read: Reader;
}): Promise<MemoryResult[]> {
  const { targets, key, kind, way, read } = options;
  const measured: Omit<MemoryResult, "floorGrowthBytes">[] = [];
  for (const target of targets) {
    measured.push({ way, target: target.name, ...(await measureTarget({ target, key, kind, read })) });
  }
  const [floor] = measured;
  const floorGrowthBytes = floor === undefined ? Number.NaN : floor.peakBytes - floor.idleBytes;
  return measured.map((one) => ({ ...one, floorGrowthBytes }));
}

async function measureTarget(options: { target: Target; key: string; kind: Kind; read: Reader }) {
  const { target, key, kind, read } = options;
  const caller = new Caller({ key, parallel: kind.parallel });
  try {
    await runCalls({ caller, url: target.url, kind: JSON_KIND, calls: WARM_UP_CALLS });
    await wait(SETTLE_MS);
    const idleBytes = readMemory(target.pid).rssBytes;
    const peak = new Peak(target.pid);
    const reading = Array.from({ length: kind.parallel }, async () => readOne({ caller, target, kind, read }));
    await Promise.all(reading).finally(() => wait(SETTLE_MS).then(() => peak.end()));
    return { idleBytes, peakBytes: peak.bytes };
  } finally {
    caller.close();
  }
}

async function readOne(options: { caller: Caller; target: Target; kind: Kind; read: Reader }): Promise<void> {
  const { caller, target, kind, read } = options;
  const bytes = await read(await caller.open(target.url, kind));
  if (bytes !== kind.answer.length) throw new Error(`${target.name} gave ${bytes} of ${kind.answer.length} bytes`);
}

/** Looks every LOOK_MS: the process's own high-water mark would count its start, too. */
class Peak {
  bytes = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number) {
    this.#timer = setInterval(() => {
      this.bytes = Math.max(this.bytes, readMemory(pid).rssBytes);
    }, LOOK_MS);
  }

  end(): void {
    clearInterval(this.#timer);
  }
}
