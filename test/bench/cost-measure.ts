/** Measures what the cost sheet multiplies: counts, which any machine finds the same, and times, which are this machine's. */
import type { FeedbackEvent } from "../../shared/core/feedback.ts";
import { sha256Hex } from "../../shared/core/hash.ts";
import { type ExchangeId, makeUuidV7 } from "../../shared/core/ids.ts";
import { upsertFeedback } from "../../shared/store/feedback.ts";
import { launch } from "../../workers/local/launch.ts";
import { seeded } from "../unit/seeded.ts";
import type { Measured } from "./cost-model.ts";
import { MIX } from "./ingest-captures.ts";
import { queueOperations } from "./ingest-cost.ts";
import { gatewayCpuMs } from "./ingest-gateway-cpu.ts";
import { measureInserts } from "./ingest-inserts.ts";
import { runIngest } from "./ingest-run.ts";
import { nightOf, USUAL_SHAPE } from "./night.ts";
import { median, sum } from "./statistics.ts";

type Counts = "queueOperations" | "rowsWritten" | "d1Bytes" | "r2Bytes" | "feedbackD1Bytes";

const SECRET = "bench-secret-0123456789abcdef0123456789abcdef";
const SEED = 20_261_123;
const VOTES = 20_000;
const NIGHT_ROWS = 30_000;
/** Of a night, those steps that grow with its window; the others have a budget of rows. */
const WINDOW_STEPS = /^(open|link|draw)\b/;

/** Also the CPU of taking in, which belongs to the same run. */
export async function measureOperations(options: {
  rounds: number;
  exchanges: number;
}): Promise<Pick<Measured, Counts | "ingestCpuMs">> {
  const run = await runIngest({ warmUpRounds: 1, ...options });
  const each = (total: number) => total / run.exchanges;
  return {
    ingestCpuMs: rounded(median(run.cpuUs) / 1_000),
    queueOperations: rounded(each(sum(run.messageBytes.map(queueOperations)))),
    rowsWritten: each(run.rowsWritten),
    d1Bytes: Math.round(each(run.d1Bytes)),
    r2Bytes: Math.round(each(run.r2Bytes)),
    feedbackD1Bytes: await measureVote(),
  };
}

/** @throws where there is no /proc */
export async function measureTimes(): Promise<Omit<Measured, Counts | "ingestCpuMs">> {
  const inserts = (await measureInserts({ rounds: 7, batches: 10 })).filter(({ everyBatch }) => everyBatch);
  const gatewayMs = await gatewayCpuMs({ warmUpCalls: 1_024, calls: 512 });
  if (gatewayMs === undefined) throw new Error("CPU time is read from /proc, and there is none: measure on Linux");
  const { steps } = await nightOf({ ...USUAL_SHAPE, rows: NIGHT_ROWS });
  const ofWindow = sum([...steps].filter(([name]) => WINDOW_STEPS.test(name)).map(([, ms]) => ms));
  return {
    gatewayCpuMs: rounded(sum(MIX.map(({ share, answer }) => (share / 100) * gatewayMs[answer]))),
    rowsRead: rounded(sum(inserts.map(({ rowsRead }) => rowsRead))),
    insertRowUs: Math.round(sum(inserts.map(({ rowUs }) => rowUs))),
    nightWindowMs: rounded(ofWindow / NIGHT_ROWS),
    nightTaskMs: Math.round(sum([...steps.values()]) - ofWindow),
  };
}

/** @returns bytes of D1 that a thumb of a hashed user takes */
async function measureVote(): Promise<number> {
  const winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  try {
    const d1 = await winnow.db();
    const size = async () => (await d1.prepare("select 1").run()).meta.size_after;
    const before = await size();
    const random = seeded(SEED);
    await upsertFeedback(
      d1,
      Array.from({ length: VOTES }, (_, at) => thumbOf(at, random)),
    );
    return Math.round(((await size()) - before) / VOTES);
  } finally {
    await winnow.stop();
  }
}

function thumbOf(at: number, random: () => number): FeedbackEvent & { ref: { id: ExchangeId } } {
  const atMs = 1_790_000_000_000 + at * 1_000;
  const idOf = () =>
    makeUuidV7(
      atMs,
      Uint8Array.from({ length: 10 }, () => Math.floor(256 * random())),
    );
  const common = { type: "feedback", version: 1, kind: "thumb", name: "", text: null, app: null, value: "up" } as const;
  const actor = `u_${sha256Hex(`user ${Math.floor(random() * 400)}`).slice(0, 22)}`;
  return { ...common, eventId: idOf(), ref: { id: idOf() as ExchangeId }, actor, atMs, receivedAtMs: atMs };
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
