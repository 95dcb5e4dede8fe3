/**
 * The price of a million exchanges, line by line: Cloudflare's list prices times what was counted or measured. Pure.
 * Prices of 2026, in USD; without the plan's base fee and what it includes. https://developers.cloudflare.com/workers/platform/pricing/
 */

/** What one exchange needs, on average. */
export interface Amounts {
  gatewayCpuMs: number | undefined;
  ingestCpuMs: number | undefined;
  ingestBatches: number;
  queueOperations: number;
  rowsWritten: number;
  rowsRead: number;
  segments: number;
  d1Bytes: number;
  r2Bytes: number;
}

export interface CostLine {
  what: string;
  /** Of a million exchanges: millions of the unit, or GB for storage. */
  amount: number;
  unit: string;
  priceUsd: number;
  usd: number;
  /** counted: by the emulation or by the Worker; computed: from sizes; at most: CPU of a process that does more. */
  basis: "counted" | "measured" | "computed" | "at most";
  /** Each month, for as long as it is kept. */
  monthly: boolean;
}

const PRICES = {
  request: 0.3,
  cpuMs: 0.02,
  queueOperation: 0.4,
  rowWritten: 1,
  rowRead: 0.001,
  d1GbMonth: 0.75,
  r2Put: 4.5,
  r2GbMonth: 0.015,
};
/** 10⁹ B of a million exchanges. */
const GB_A_BYTE = 1e-3;

export function costLines(amounts: Amounts): CostLine[] {
  const { gatewayCpuMs, ingestCpuMs } = amounts;
  const once = (what: string, amount: number, unit: string, priceUsd: number, basis: CostLine["basis"]): CostLine => {
    return { what, amount, unit, priceUsd, usd: amount * priceUsd, basis, monthly: false };
  };
  const kept = (what: string, bytes: number, priceUsd: number): CostLine => {
    const amount = bytes * GB_A_BYTE;
    return { what, amount, unit: "GB-month", priceUsd, usd: amount * priceUsd, basis: "measured", monthly: true };
  };
  return [
    once("gateway, requests", 1, "M requests", PRICES.request, "counted"),
    ...(gatewayCpuMs === undefined ? [] : [once("gateway, CPU", gatewayCpuMs, "M ms", PRICES.cpuMs, "at most")]),
    once("queue: write, read, delete", amounts.queueOperations, "M operations", PRICES.queueOperation, "computed"),
    once("ingest, a request a batch", amounts.ingestBatches, "M requests", PRICES.request, "counted"),
    ...(ingestCpuMs === undefined ? [] : [once("ingest, CPU", ingestCpuMs, "M ms", PRICES.cpuMs, "at most")]),
    once("R2, puts", amounts.segments, "M puts", PRICES.r2Put, "counted"),
    once("D1, rows written", amounts.rowsWritten, "M rows", PRICES.rowWritten, "counted"),
    once("D1, rows read", amounts.rowsRead, "M rows", PRICES.rowRead, "counted"),
    kept("D1, storage", amounts.d1Bytes, PRICES.d1GbMonth),
    kept("R2, storage", amounts.r2Bytes, PRICES.r2GbMonth),
  ];
}

/** Queue operations of one message: written, read and deleted, each counted per 64 KB (64,000 B, 100 of them metadata). */
export function queueOperations(messageBytes: number): number {
  return 3 * Math.ceil((messageBytes + 100) / 64_000);
}

/** A batch goes out when it is full, or so long after its first message: at a low rate it holds few. */
export function batchSize(options: { callsASecond: number; messagesMax: number; timeoutSeconds: number }): number {
  return Math.min(options.messagesMax, 1 + options.callsASecond * options.timeoutSeconds);
}
