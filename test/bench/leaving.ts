/**
 * Clients that leave before the first byte, mid-stream and at the last chunk, with the four real Workers: is the provider
 * cancelled, how soon, and is what had come captured? Fails when it is not.
 */
import { setTimeout as wait } from "node:timers/promises";
import { fromBase64, toText } from "../../shared/core/text.ts";
import { readLosses } from "../../shared/store/losses.ts";
import { readRecord } from "../../shared/store/segments.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { seeded } from "../unit/seeded.ts";
import { BENCH_SECRET, benchKey } from "./gateway-setup.ts";
import { CHUNKS, PACE_MS, startLeavingProvider } from "./leaving-provider.ts";
import { leaveOnce, PHASES, type Phase, type Try, type TryOptions, textOf } from "./leaving-try.ts";
import { median, quantile, sum } from "./statistics.ts";
import { note, printTable } from "./table.ts";

const PARALLEL = 20;
const SEED = 20_261_123;
const AIM_MS = 1_000;
/** Without a new row. */
const QUEUE_WAIT_MS_MAX = 20_000;
const LOOK_MS = 250;
const READS_PARALLEL = 20;

/** What was kept of a try. */
interface Kept {
  outcome: string;
  text: string;
}

export async function benchLeaving({ quick }: { quick: boolean }): Promise<void> {
  const provider = await startLeavingProvider();
  try {
    const providers = { raw: { baseUrl: provider.url, format: "raw" } };
    const winnow = await launch({ secrets: { WINNOW_SECRET: BENCH_SECRET }, providers });
    try {
      const tries = await leaveAll({ url: winnow.url, key: await benchKey(), provider, count: quick ? 60 : 1_000 });
      await untilTakenIn(winnow, tries.length);
      const kept = await readKept(winnow);
      print(tries, kept);
      check(tries, kept, await readLosses({ db: await winnow.db(), sinceMs: 0 }));
    } finally {
      await winnow.stop();
    }
  } finally {
    await provider.stop();
  }
}

/** The phases in turn, PARALLEL at a time. */
async function leaveAll(options: Pick<TryOptions, "url" | "key" | "provider"> & { count: number }): Promise<Try[]> {
  const { count, ...call } = options;
  const phases = Object.keys(PHASES) as Phase[];
  const next = seeded(SEED);
  const plans = Array.from({ length: count }, (_, index) => ({ index, chance: next() }));
  const tries: Try[] = [];
  const lane = async () => {
    for (let plan = plans.shift(); plan !== undefined; plan = plans.shift()) {
      const phase = phases[plan.index % phases.length] ?? "mid-stream";
      tries.push(await leaveOnce({ ...call, ...plan, phase }));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  return tries;
}

/** Until all rows are there, or none came for so long. */
async function untilTakenIn(winnow: Winnow, expected: number): Promise<void> {
  const d1 = await winnow.db();
  let rows = -1;
  let changedAtMs = performance.now();
  while (rows < expected && performance.now() - changedAtMs < QUEUE_WAIT_MS_MAX) {
    await wait(LOOK_MS);
    const now = (await d1.prepare("select count(*) from exchanges").first<number>("count(*)")) ?? 0;
    if (now !== rows) changedAtMs = performance.now();
    rows = now;
  }
}

interface Row {
  id: string;
  request_id: string;
  outcome: string;
  segment: string;
  segment_offset: number;
  segment_length: number;
}

/** By the try's name. @throws when one has two rows, or a row has no record */
async function readKept(winnow: Winnow): Promise<Map<string, Kept>> {
  const bucket = await winnow.bucket();
  const { results } = await (await winnow.db()).prepare("select * from exchanges").all<Row>();
  const kept = new Map<string, Kept>();
  const lane = async () => {
    for (let row = results.shift(); row !== undefined; row = results.shift()) {
      const place = { segment: row.segment, segmentOffset: row.segment_offset, segmentLength: row.segment_length };
      const record = await readRecord(bucket, { id: row.id, ...place });
      if (record === undefined) throw new Error(`${row.id} has a row, and no record at ${row.segment}`);
      if (kept.has(row.request_id)) throw new Error(`${row.request_id} has two rows`);
      kept.set(row.request_id, { outcome: row.outcome, text: toText(fromBase64(record.rawResponse ?? "")) });
    }
  };
  await Promise.all(Array.from({ length: READS_PARALLEL }, lane));
  return kept;
}

function print(tries: readonly Try[], kept: ReadonlyMap<string, Kept>): void {
  const lines = Object.entries(PHASES).map(([phase, name]) =>
    row(
      name,
      tries.filter((one) => one.phase === phase),
      kept,
    ),
  );
  printTable(
    `LEAVING, ${tries.length} clients, ${PARALLEL} at a time; the provider sends ${CHUNKS} chunks ${PACE_MS} ms apart and would then stay`,
    [
      "the client leaves",
      "tries",
      "upstream cancelled",
      "within 1 s",
      "median ms",
      "p99 ms",
      "max ms",
      "captured",
      "client_aborted",
      "bytes sent",
      "bytes had",
      "bytes kept",
      "kept less than had",
    ],
    [...lines, row("all", tries, kept)],
  );
  note(
    "ms: from the client's leaving to the closing of the provider's connection. Bytes, sums: what the provider had sent",
    "and what the client had when it left; what is kept is at least what the client had, and what was under way besides.",
    "The client leaves by RST: while the provider is silent (before its head, after its last chunk) a local workerd sees no",
    "other leaving; a line that is only closed on the client's side it sees with the next chunk.",
  );
}

function row(name: string, tries: readonly Try[], kept: ReadonlyMap<string, Kept>): string[] {
  const cancelled = tries.filter((one) => one.cancelled);
  const times = cancelled.map((one) => one.cancelledAfterMs);
  const captured = tries.flatMap((one) => kept.get(one.name) ?? []);
  return [
    name,
    tries.length.toString(),
    share(cancelled.length, tries.length),
    share(times.filter((ms) => ms <= AIM_MS).length, tries.length),
    median(times).toFixed(1),
    quantile(times, 0.99).toFixed(1),
    quantile(times, 1).toFixed(1),
    share(captured.length, tries.length),
    share(captured.filter(({ outcome }) => outcome === "client_aborted").length, tries.length),
    sum(tries.map((one) => one.bytesSent)).toString(),
    sum(tries.map((one) => one.bytesHad)).toString(),
    sum(captured.map(({ text }) => text.length)).toString(),
    tries.filter((one) => (kept.get(one.name)?.text.length ?? 0) < one.bytesHad).length.toString(),
  ];
}

function share(count: number, all: number): string {
  return `${((100 * count) / all).toFixed(1)}%`;
}

/** @throws when an exchange is missing or not what the provider sent, or a provider was left to itself */
function check(tries: readonly Try[], kept: ReadonlyMap<string, Kept>, losses: Record<string, number>): void {
  const faults = tries.flatMap((one) => {
    const found = kept.get(one.name);
    if (found === undefined) return [`${one.name} is not captured`];
    if (!textOf(one.name, CHUNKS).startsWith(found.text)) return [`${one.name} is kept as something else`];
    return one.cancelled ? [] : [`${one.name} was not cancelled`];
  });
  if (faults.length === 0) return;
  const some = faults.slice(0, 10).join("; ");
  throw new Error(`${faults.length} of ${tries.length} tries: ${some}; losses: ${JSON.stringify(losses)}`);
}
