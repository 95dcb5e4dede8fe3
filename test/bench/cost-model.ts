/**
 * What so many exchanges a month cost, and which limit they meet first: measured amounts times list prices, against the
 * platform's limits and our own. Pure: equal measurements give equal text, which the README holds.
 */
import { RUN_EXCHANGES_MAX } from "../../shared/core/limits.ts";
import { batchSize, type CostLine, costLines } from "./ingest-cost.ts";

/** Of one exchange, on average; `cost-sheet.ts --measure` writes it. */
export interface Measured {
  gatewayCpuMs: number;
  ingestCpuMs: number;
  queueOperations: number;
  rowsWritten: number;
  rowsRead: number;
  /** Of D1's one thread, local. */
  insertRowUs: number;
  /** Of a row with user, session, task and the provider's id. */
  d1Bytes: number;
  r2Bytes: number;
  /** Of one vote. */
  feedbackD1Bytes: number;
  /** Of the night, an exchange of its window; and of each task, whatever its size. */
  nightWindowMs: number;
  nightTaskMs: number;
}

export const VOLUMES = [1e6, 1e8, 1e10] as const;

/** Assumptions, named where they are used. */
const SECONDS_A_MONTH = 30 * 86_400;
const PEAK = 3;
const VOTED_SHARE = 0.03;
const CONSUMER = { messagesMax: 100, timeoutSeconds: 2 };

/** https://developers.cloudflare.com/d1/platform/limits/, https://developers.cloudflare.com/queues/platform/limits/ */
const D1_BYTES_MAX = 10e9;
const QUEUE_MESSAGES_A_SECOND_MAX = 5_000;
const CONSUMERS_MAX = 250;

/** A vote, sent alone: a request, the queue's three operations, a row. */
const VOTE_USD_A_MILLION = 0.3 + 3 * 0.4 + 1;
const CPU_USD_A_MILLION_MS = 0.02;

export interface Limit {
  name: string;
  /** In the words of the table. */
  allows: string;
  /** Met on the first day, or filled up over months. */
  kind: "rate" | "store";
  /** What is needed, as a share of what is allowed. */
  share(measured: Measured, exchanges: number): number;
  /** How it is lifted. */
  step: string;
}

export const LIMITS: readonly Limit[] = [
  {
    name: "one night's window, all apps together",
    kind: "rate",
    allows: `${RUN_EXCHANGES_MAX / 1e6} M exchanges a run`,
    share: (_measured, exchanges) => exchanges / 30 / RUN_EXCHANGES_MAX,
    step: "a run for each task (`POST /v1/runs` with `task`), each with such a window; then a deployment for each app",
  },
  {
    name: "one D1 database, a month's rows kept",
    kind: "store",
    allows: "10 GB",
    share: (measured, exchanges) => (exchanges * d1BytesOf(measured)) / D1_BYTES_MAX,
    step: "a deployment for each app (`--env`), each with a database of its own; R2 holds everything in any case",
  },
  {
    name: "one D1 database, rows written at the peak",
    kind: "rate",
    allows: "one thread",
    share: (measured, exchanges) => (peakOf(exchanges) * (1 + VOTED_SHARE) * measured.insertRowUs) / 1e6,
    step: "the same",
  },
  {
    name: "one queue, messages at the peak",
    kind: "rate",
    allows: "5,000 a second",
    share: (_measured, exchanges) => (peakOf(exchanges) * (1 + VOTED_SHARE)) / QUEUE_MESSAGES_A_SECOND_MAX,
    step: "the same; until then captures that the queue refuses wait in R2",
  },
  {
    name: "ingest's consumers at the peak",
    kind: "rate",
    allows: `${CONSUMERS_MAX} at once`,
    share: (measured, exchanges) => (peakOf(exchanges) * measured.ingestCpuMs) / 1_000 / CONSUMERS_MAX,
    step: "the same",
  },
];

/** Mean calls a second. */
function rateOf(exchanges: number): number {
  return exchanges / SECONDS_A_MONTH;
}

function peakOf(exchanges: number): number {
  return PEAK * rateOf(exchanges);
}

function d1BytesOf(measured: Measured): number {
  return measured.d1Bytes + VOTED_SHARE * measured.feedbackD1Bytes;
}

/** How many exchanges with their votes one database holds. */
export function exchangesInOneDatabase(measured: Measured): number {
  return Math.floor(D1_BYTES_MAX / d1BytesOf(measured));
}

/** USD by line, for so many exchanges in one month, by one task. */
export function monthlyCost(measured: Measured, exchanges: number): { what: string; usd: number; monthly: boolean }[] {
  const millions = exchanges / 1e6;
  const size = batchSize({ callsASecond: rateOf(exchanges), ...CONSUMER });
  const lines = costLines({ ...measured, ingestBatches: 1 / size, segments: 1 / size });
  const scaled = lines.map(({ what, usd, monthly }: CostLine) => ({ what, usd: usd * millions, monthly }));
  const nightMs = exchanges * measured.nightWindowMs + 30 * measured.nightTaskMs;
  return [
    ...scaled.filter(({ monthly }) => !monthly),
    { what: "feedback, 3 votes in 100 calls", usd: VOTED_SHARE * millions * VOTE_USD_A_MILLION, monthly: false },
    { what: "the night, CPU", usd: (nightMs / 1e6) * CPU_USD_A_MILLION_MS, monthly: false },
    ...scaled.filter(({ monthly }) => monthly),
  ];
}

/** What is met first: on the first day the rate that is exceeded most, else what fills up soonest. */
export function firstLimit(measured: Measured, exchanges: number): { limit: Limit; share: number } {
  const shares = LIMITS.map((limit) => ({ limit, share: limit.share(measured, exchanges) }));
  const [rate] = shares.filter(({ limit }) => limit.kind === "rate").sort((a, b) => b.share - a.share);
  const [store] = shares.filter(({ limit }) => limit.kind === "store").sort((a, b) => b.share - a.share);
  if (rate === undefined || store === undefined) throw new Error("there are no limits of one kind");
  return rate.share > 1 ? rate : store;
}

/** Markdown, as the README has it. */
export function sheetOf(measured: Measured): string {
  return [costTable(measured), "", limitTable(measured), "", firstLines(measured)].join("\n");
}

function costTable(measured: Measured): string {
  const columns = VOLUMES.map((exchanges) => monthlyCost(measured, exchanges));
  const once = columns.map((lines) => total(lines, false));
  const names = columns[0]?.map(({ what }) => what) ?? [];
  const rows = names.map((what, at) => [what, ...columns.map((lines) => usd(lines[at]?.usd ?? 0))]);
  const kept = columns.map((lines) => total(lines, true));
  return table(
    ["USD a month", ...VOLUMES.map((exchanges) => `${short(exchanges)} exchanges`)],
    [
      ...rows,
      ["**sum, without storage**", ...once.map((sum) => `**${usd(sum)}**`)],
      ["and each month for each month kept", ...kept.map(usd)],
      ["a million exchanges", ...once.map((sum, at) => usd(sum / ((VOLUMES[at] ?? 1) / 1e6)))],
    ],
  );
}

function limitTable(measured: Measured): string {
  const rows = LIMITS.map(({ name, allows, share }) => [
    `${name} (${allows})`,
    ...VOLUMES.map((exchanges) => percent(share(measured, exchanges))),
  ]);
  const peaks = VOLUMES.map((exchanges) => `${figure(rateOf(exchanges))}, ${figure(peakOf(exchanges))}`);
  return table(["needed of each limit", ...VOLUMES.map(short)], [["calls a second: mean, peak", ...peaks], ...rows]);
}

function firstLines(measured: Measured): string {
  const lines = VOLUMES.map((exchanges) => {
    const { limit, share } = firstLimit(measured, exchanges);
    const when =
      limit.kind === "store" ? `full after ${figure(1 / share)} months` : `from the first day, ${percent(share)}`;
    return `- **${short(exchanges)}**: first ${limit.name}, ${when}. Then ${limit.step}.`;
  });
  const held = (exchangesInOneDatabase(measured) / 1e6).toFixed(1);
  return [...lines, `- One database holds ${held} M exchanges with their votes.`].join("\n");
}

function total(lines: readonly { usd: number; monthly: boolean }[], monthly: boolean): number {
  return lines.filter((line) => line.monthly === monthly).reduce((sum, line) => sum + line.usd, 0);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [
    line(head),
    `|---|${head
      .slice(1)
      .map(() => "--:|")
      .join("")}`,
    ...rows.map(line),
  ].join("\n");
}

function short(exchanges: number): string {
  return exchanges >= 1e9 ? `${exchanges / 1e9} G` : `${exchanges / 1e6} M`;
}

function usd(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toFixed(2);
}

function percent(share: number): string {
  if (share >= 2) return `${figure(share)} ×`;
  return share < 0.001 ? "under 0.1%" : `${figure(share * 100)}%`;
}

/** Two digits that matter, and all of a large number. */
function figure(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString("en-US") : Number(value.toPrecision(2)).toString();
}
