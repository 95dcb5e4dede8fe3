/**
 * Ingest's part of the benchmark: how fast it takes exchanges in, what each of them costs in D1, R2 and the queue, what a
 * million come to, and whether the way it writes to D1 is the fast one. Fails when an exchange has no row, or two.
 */
import { join } from "node:path";
import { unstable_readConfig } from "wrangler";
import { ROOT, WORKERS } from "../../workers/local/worker-configs.ts";
import { MIX } from "./ingest-captures.ts";
import { type Amounts, batchSize, type CostLine, costLines, queueOperations } from "./ingest-cost.ts";
import { gatewayCpuMs } from "./ingest-gateway-cpu.ts";
import { type InsertResult, measureInserts } from "./ingest-inserts.ts";
import { type IngestRun, runIngest } from "./ingest-run.ts";
import { median, quantile, sum } from "./statistics.ts";
import { printTable } from "./table.ts";

export async function benchIngest(options: { quick: boolean }): Promise<void> {
  const { quick } = options;
  const run = await runIngest(
    quick ? { warmUpRounds: 1, rounds: 2, exchanges: 300 } : { warmUpRounds: 2, rounds: 7, exchanges: 1_500 },
  );
  checkRun(run);
  printRun(run);
  const inserts = await measureInserts(quick ? { rounds: 2, batches: 5 } : { rounds: 15, batches: 10 });
  printInserts(inserts);
  const rowsRead = sum(inserts.filter(({ everyBatch }) => everyBatch).map((one) => one.rowsRead));
  const cpuMs = await gatewayCpuMs(quick ? { warmUpCalls: 64, calls: 64 } : { warmUpCalls: 1_024, calls: 512 });
  // A long request counts as a short one here.
  const gatewayMs = cpuMs && sum(MIX.map((kind) => (kind.share / 100) * cpuMs[kind.answer]));
  printCost(amountsOf({ run, rowsRead, gatewayCpuMs: gatewayMs }));
}

/** @throws when D1 counted anything but one row written for each exchange */
function checkRun(run: IngestRun): void {
  if (run.rowsWritten === run.exchanges) return;
  throw new Error(`${run.exchanges} exchanges cost ${run.rowsWritten} rows written in D1, and should cost one each`);
}

function printRun(run: IngestRun): void {
  const { exchanges, rates, cpuUs, messageBytes } = run;
  const mix = MIX.map(({ name, share }) => `${share}% ${name}`).join("; ");
  printTable(
    `INGEST, ${exchanges} exchanges in ${rates.length} rounds (${mix})`,
    ["", "", "min–max"],
    [
      ["exchanges a second, median of the rounds", median(rates).toFixed(0), range(rates, 0)],
      ...(cpuUs.length === 0 ? [] : [["CPU, µs an exchange, at most", median(cpuUs).toFixed(0), range(cpuUs, 0)]]),
      ["exchanges a batch", (exchanges / run.batches).toFixed(1)],
      ["D1 rows written an exchange", (run.rowsWritten / exchanges).toFixed(2)],
      ["D1 bytes an exchange", (run.d1Bytes / exchanges).toFixed(0)],
      ["R2 puts an exchange", (run.segments / exchanges).toFixed(3)],
      ["R2 bytes an exchange", (run.r2Bytes / exchanges).toFixed(0)],
      ["queue message, bytes", (sum(messageBytes) / exchanges).toFixed(0), range(messageBytes, 0)],
      ["queue operations an exchange", (sum(messageBytes.map(queueOperations)) / exchanges).toFixed(2)],
    ],
  );
  note(
    "The rate and the CPU are those of one workerd on this machine that is queue, ingest, D1 and R2 at once; the sender",
    "shares the machine. Cloudflare runs up to 250 such consumers; there D1, with its one thread, would be the bound.",
  );
}

function printInserts(inserts: readonly InsertResult[]): void {
  printTable(
    "INGEST, the D1 write: the same 100 rows in one local D1, rounds in turn; ratio to winnow's way, above 1 is slower",
    ["", "µs a row", "ratio", "middle half", "rows written", "rows read"],
    inserts.map(({ name, rowUs, ratios, rowsWritten, rowsRead }, index) => [
      name,
      rowUs.toFixed(1),
      median(ratios).toFixed(2),
      index === 0 ? "" : `${quantile(ratios, 0.25).toFixed(2)}–${quantile(ratios, 0.75).toFixed(2)}`,
      rowsWritten.toFixed(2),
      rowsRead.toFixed(2),
    ]),
  );
}

function amountsOf(options: { run: IngestRun; rowsRead: number; gatewayCpuMs: number | undefined }): Amounts {
  const { run, rowsRead, gatewayCpuMs } = options;
  const { exchanges, cpuUs } = run;
  return {
    gatewayCpuMs,
    ingestCpuMs: cpuUs.length === 0 ? undefined : median(cpuUs) / 1_000,
    ingestBatches: run.batches / exchanges,
    queueOperations: sum(run.messageBytes.map(queueOperations)) / exchanges,
    rowsWritten: run.rowsWritten / exchanges,
    rowsRead,
    segments: run.segments / exchanges,
    d1Bytes: run.d1Bytes / exchanges,
    r2Bytes: run.r2Bytes / exchanges,
  };
}

function printCost(amounts: Amounts): void {
  const lines = costLines(amounts);
  printTable(
    "COST of a million exchanges of that mix, USD by Cloudflare's list prices",
    ["", "amount", "", "price", "USD", "amount is"],
    [
      ...lines.map((line) => [
        line.what,
        line.amount.toFixed(3),
        line.unit,
        line.priceUsd.toString(),
        line.usd.toFixed(3),
        line.basis,
      ]),
      ["sum, once", "", "", "", total(lines, false).toFixed(2)],
      ["sum, each month that they are kept", "", "", "", total(lines, true).toFixed(2)],
    ],
  );
  note(
    "CPU is of whole processes here, sockets, D1 and R2 included: Cloudflare bills the Worker's own part, on its machines.",
    "Not in it: feedback (each event sent alone: a request, 3 queue operations, a row: 2.50 a million, computed), the",
    "night, pulls, captures over 120 KB gzipped (one R2 put more), the plan's base fee and what it includes, the provider.",
  );
  printRates(amounts);
}

/** Batches are full only where calls come fast. */
function printRates(amounts: Amounts): void {
  const { messagesMax, timeoutSeconds } = captureConsumer();
  printTable(
    `COST by rate: a batch waits ${timeoutSeconds} s at most for its ${messagesMax} messages (computed)`,
    ["calls a second", "exchanges a batch", "USD a million, once"],
    [0.1, 1, 10, 100].map((callsASecond) => {
      const size = batchSize({ callsASecond, messagesMax, timeoutSeconds });
      const lines = costLines({ ...amounts, ingestBatches: 1 / size, segments: 1 / size });
      return [callsASecond.toString(), size.toFixed(1), total(lines, false).toFixed(2)];
    }),
  );
}

function captureConsumer(): { messagesMax: number; timeoutSeconds: number } {
  const { queues } = unstable_readConfig({ config: join(ROOT, WORKERS.ingest) }, { hideWarnings: true });
  for (const { queue, max_batch_size: messagesMax, max_batch_timeout: timeoutSeconds } of queues.consumers ?? []) {
    if (queue !== "winnow-capture" || messagesMax === undefined || timeoutSeconds === undefined) continue;
    return { messagesMax, timeoutSeconds };
  }
  throw new Error(`${WORKERS.ingest} does not say how large a batch of winnow-capture is, and how long it waits`);
}

function total(lines: readonly CostLine[], monthly: boolean): number {
  return sum(lines.filter((line) => line.monthly === monthly).map((line) => line.usd));
}

function range(values: readonly number[], digits: number): string {
  const ends = [quantile(values, 0), quantile(values, 1)];
  return ends.map((value) => value.toFixed(digits)).join("–");
}

function note(...lines: string[]): void {
  for (const line of lines) console.log(`  ${line}`);
}
