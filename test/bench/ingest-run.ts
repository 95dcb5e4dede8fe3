/**
 * Runs the real ingest Worker: puts rounds of captures on the queue, waits until all are taken in, and counts what that
 * cost. Throws when anything but one row an exchange came of it.
 */
import { SEGMENTS_PREFIX } from "../../shared/store/segments.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { CaptureMaker, type QueueMessage } from "./ingest-captures.ts";
import { workerdsBelow } from "./ingest-process.ts";
import { readCpuMs } from "./process-cpu.ts";
import { sum } from "./statistics.ts";

export interface IngestRun {
  exchanges: number;
  /** Exchanges a second, of each round. */
  rates: number[];
  /** Of the one process that all of it runs in, microseconds an exchange; empty where there is no /proc. */
  cpuUs: number[];
  /** What ingest said of its batches, as it logged it. */
  batches: number;
  rowsWritten: number;
  /** Bytes of each message. */
  messageBytes: number[];
  /** What D1 and R2 grew by. */
  d1Bytes: number;
  segments: number;
  r2Bytes: number;
}

/** One `taken_in` line of the Worker. */
interface TakenIn {
  event: string;
  messages: number;
  exchanges: number;
  repeated: number;
  rowsWritten: number;
  buried: number;
}

const SEED = 20_261_123;
const ROUND_MS_MAX = 30_000;
/** Of one sendBatch call: 100 messages, 256 KB, of which each message has 100 B that are not its body. */
const SEND_MESSAGES_MAX = 100;
const SEND_BYTES_MAX = 240_000;

export async function runIngest(options: {
  /** Not counted: the Worker's code is compiled while it runs. */
  warmUpRounds: number;
  rounds: number;
  /** Of one round; a multiple of 100, so that every batch is a full one. */
  exchanges: number;
}): Promise<IngestRun> {
  const before = workerdsBelow(process.pid);
  const log = new TakenInLog();
  const winnow = await launch({
    batchTimeout: "deployed",
    secrets: { WINNOW_SECRET: "bench-secret-0123456789abcdef0123456789abcdef" },
    log: (line) => log.add(line),
  });
  const pid = workerdsBelow(process.pid).find((one) => !before.includes(one));
  try {
    const bench = { winnow, log, maker: new CaptureMaker(SEED), pid, exchanges: options.exchanges };
    for (let round = 0; round < options.warmUpRounds; round++) await runRound(bench);
    return await measure(bench, options.rounds);
  } finally {
    await winnow.stop();
  }
}

interface Bench {
  winnow: Winnow;
  log: TakenInLog;
  maker: CaptureMaker;
  pid: number | undefined;
  exchanges: number;
}

interface Round {
  seconds: number;
  cpuMs: number | undefined;
  messageBytes: number[];
}

async function measure(bench: Bench, rounds: number): Promise<IngestRun> {
  const { winnow, log, exchanges } = bench;
  const linesBefore = log.lines.length;
  const d1Before = await d1Bytes(winnow);
  const r2Before = await segmentsIn(winnow);
  const done: Round[] = [];
  for (let round = 0; round < rounds; round++) done.push(await runRound(bench));
  const lines = log.lines.slice(linesBefore);
  const r2After = await segmentsIn(winnow);
  return {
    exchanges: exchanges * rounds,
    rates: done.map((round) => exchanges / round.seconds),
    cpuUs: done.flatMap(({ cpuMs }) => (cpuMs === undefined ? [] : [(cpuMs * 1_000) / exchanges])),
    batches: lines.length,
    rowsWritten: sum(lines.map((line) => line.rowsWritten)),
    messageBytes: done.flatMap((round) => round.messageBytes),
    d1Bytes: (await d1Bytes(winnow)) - d1Before,
    segments: r2After.objects - r2Before.objects,
    r2Bytes: r2After.bytes - r2Before.bytes,
  };
}

/** Sends a round faster than it is taken in, so that it is ingest that is measured. */
async function runRound({ winnow, log, maker, pid, exchanges }: Bench): Promise<Round> {
  const messages = await maker.messages(exchanges);
  const queue = await winnow.miniflare.getQueueProducer<Uint8Array>("CAPTURE", "winnow-gateway");
  const expected = log.exchanges + exchanges;
  const cpuBeforeMs = pid === undefined ? undefined : readCpuMs(pid);
  const startedAt = performance.now();
  await Promise.all([log.untilTaken(expected), sendAll(queue, messages)]);
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpuMs = pid === undefined || cpuBeforeMs === undefined ? undefined : readCpuMs(pid) - cpuBeforeMs;
  await checkRows(winnow, expected);
  return { seconds, cpuMs, messageBytes: messages.map(({ body }) => body.byteLength) };
}

async function sendAll(queue: Pick<Queue<Uint8Array>, "sendBatch">, messages: readonly QueueMessage[]): Promise<void> {
  const sends: Promise<unknown>[] = [];
  let group: QueueMessage[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (group.length === SEND_MESSAGES_MAX || bytes + message.body.byteLength > SEND_BYTES_MAX) {
      sends.push(queue.sendBatch(group));
      group = [];
      bytes = 0;
    }
    group.push(message);
    bytes += message.body.byteLength;
  }
  if (group.length > 0) sends.push(queue.sendBatch(group));
  await Promise.all(sends);
}

/** @throws when an exchange has no row, has it with a flag, or a row came that is none */
async function checkRows(winnow: Winnow, expected: number): Promise<void> {
  const d1 = await winnow.db();
  const rows = await d1
    .prepare("select count(*) as count, sum(flags <> '' or output_tokens is null) as wrong from exchanges")
    .first<{ count: number; wrong: number }>();
  if (rows?.count !== expected) throw new Error(`${expected} exchanges were sent, and D1 has ${rows?.count} rows`);
  if (rows.wrong !== 0) throw new Error(`${rows.wrong} of ${rows.count} exchanges were not understood`);
}

async function d1Bytes(winnow: Winnow): Promise<number> {
  const d1 = await winnow.db();
  return (await d1.prepare("select 1").run()).meta.size_after;
}

/** A segment is put once, under a name of its own. */
async function segmentsIn(winnow: Winnow): Promise<{ objects: number; bytes: number }> {
  const bucket = await winnow.bucket();
  let objects = 0;
  let bytes = 0;
  let cursor: string | undefined;
  do {
    const page = await bucket.list({ prefix: SEGMENTS_PREFIX, ...(cursor !== undefined && { cursor }) });
    objects += page.objects.length;
    bytes += sum(page.objects.map((object) => object.size));
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return { objects, bytes };
}

/** What ingest logs; tells when so many exchanges are taken in, and at once of a failure. */
class TakenInLog {
  readonly lines: TakenIn[] = [];
  exchanges = 0;
  #changed = () => {};
  #failure: Error | undefined;

  add(line: string): void {
    if (line.startsWith('{"event":"taken_in"')) {
      const taken = JSON.parse(line) as TakenIn;
      this.lines.push(taken);
      this.exchanges += taken.exchanges;
      if (taken.repeated + taken.buried > 0) this.#failure = new Error(`captures came twice or unreadable: ${line}`);
    } else {
      this.#failure = new Error(`ingest says: ${line}`);
    }
    this.#changed();
  }

  async untilTaken(expected: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const late = () => reject(new Error(`${this.exchanges} of ${expected} exchanges in ${ROUND_MS_MAX / 1_000} s`));
      const timer = setTimeout(late, ROUND_MS_MAX);
      this.#changed = () => {
        if (this.#failure === undefined && this.exchanges < expected) return;
        clearTimeout(timer);
        if (this.#failure === undefined) resolve();
        else reject(this.#failure);
      };
      this.#changed();
    });
  }
}
