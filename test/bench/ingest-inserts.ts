/**
 * The D1 write of ingest, a hundred rows in one parameter, against the same rows in a batch of prepared statements: the
 * same local D1, rounds of all ways in turn. The first way is measured twice, to see the noise.
 */
import { join } from "node:path";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import type { InsertReport, InsertWay } from "./ingest-inserts-worker.ts";
import { median, sum } from "./statistics.ts";

export interface InsertResult {
  name: string;
  /** Microseconds a row, median of the rounds. */
  rowUs: number;
  /** By the first way's time of the same round. */
  ratios: number[];
  rowsWritten: number;
  rowsRead: number;
  /** Does ingest do this for every batch? */
  everyBatch: boolean;
}

const WAYS: readonly { name: string; way: InsertWay; everyBatch: boolean }[] = [
  { name: "100 rows in one parameter (winnow)", way: "winnow", everyBatch: true },
  { name: "the same again (noise)", way: "winnow", everyBatch: false },
  { name: "batch of 100 inserts of one row", way: "one by one", everyBatch: false },
  { name: "batch of 50 inserts of two rows", way: "two by two", everyBatch: false },
  { name: "before it: which ids are known", way: "known", everyBatch: true },
];
const ROWS_A_BATCH = 100;

export async function measureInserts(options: { rounds: number; batches: number }): Promise<InsertResult[]> {
  const { rounds, batches } = options;
  const winnow = await launch({
    secrets: { WINNOW_SECRET: "bench-secret-0123456789abcdef0123456789abcdef" },
    entries: { ingest: join(import.meta.dirname, "ingest-inserts-worker.ts") },
  });
  try {
    const reports: InsertReport[][] = WAYS.map(() => []);
    const order = WAYS.map((_, index) => index);
    for (let round = -1; round < rounds; round++) {
      for (const index of order) {
        const report = await write(winnow, { way: WAYS[index]?.way ?? "known", batches });
        if (round >= 0) reports[index]?.push(report); // the first one warms up
      }
      order.push(...order.splice(0, 1)); // each way is at each place equally often
    }
    const first = reports[0] ?? [];
    return WAYS.map((way, index) => resultOf({ ...way, own: reports[index] ?? [], first, batches }));
  } finally {
    await winnow.stop();
  }
}

async function write(winnow: Winnow, body: { way: InsertWay; batches: number }): Promise<InsertReport> {
  const worker = await winnow.miniflare.getWorker("winnow-ingest");
  const response = await worker.fetch("http://ingest/", { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`writing rows: ${response.status} ${await response.text()}`);
  return (await response.json()) as InsertReport;
}

function resultOf(options: {
  name: string;
  everyBatch: boolean;
  own: readonly InsertReport[];
  first: readonly InsertReport[];
  batches: number;
}): InsertResult {
  const { name, everyBatch, own, first, batches } = options;
  const rows = batches * ROWS_A_BATCH;
  return {
    name,
    everyBatch,
    rowUs: median(own.map(({ ms }) => (ms * 1_000) / rows)),
    ratios: own.map(({ ms }, round) => ms / (first[round]?.ms ?? Number.NaN)),
    rowsWritten: sum(own.map((one) => one.rowsWritten)) / (own.length * rows),
    rowsRead: sum(own.map((one) => one.rowsRead)) / (own.length * rows),
  };
}
