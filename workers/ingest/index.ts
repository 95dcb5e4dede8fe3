/**
 * ingest: takes captures and feedback from the queue and writes them down. A fault here never touches a call.
 *
 *     winnow-capture ──▶ take-in.ts ──▶ R2 segment, then D1 rows, then ack
 *     winnow-dead    ──▶ dead/ in R2, and a row for the console
 *     cron           ──▶ sweep.ts: spill/ and waiting feedback; retake-letters.ts: dead/; let-go.ts: what is over its age, or to be erased
 */
import { unpackedBytes } from "../../shared/capture/envelope.ts";
import { BURY_WAIT_MS_MAX, GROUP_UNPACKED_BYTES_MAX } from "../../shared/core/limits.ts";
import { toBytes } from "../../shared/core/text.ts";
import { bury } from "../../shared/store/dead-letters.ts";
import { listenerOf, tell } from "../../shared/telemetry/tell.ts";
import { exportSpans } from "./export-spans.ts";
import { groupBySize } from "./group-by-size.ts";
import { letGo } from "./let-go.ts";
import { readMessage } from "./read-message.ts";
import { retakeLetters } from "./retake-letters.ts";
import { secretsOf } from "./secrets.ts";
import { sweep } from "./sweep.ts";
import { takeIn } from "./take-in.ts";

/** In another environment than production the name goes on with a dash and that environment's. */
const DEAD_QUEUE = "winnow-dead";
/** From this attempt on messages are taken in one by one, so that one that can't be does not hold up the others. */
const ALONE_FROM_ATTEMPT = 3;

export default {
  async queue(batch, env, ctx): Promise<void> {
    if (`${batch.queue}-`.startsWith(`${DEAD_QUEUE}-`)) {
      for (const message of batch.messages) await buryInTime(message, env);
      return;
    }
    for (const group of groupBySize(batch.messages, sizeOf, GROUP_UNPACKED_BYTES_MAX)) {
      await takeGroup(group, env, ctx);
    }
  },

  async scheduled(controller, env): Promise<void> {
    await sweep(env, controller.scheduledTime);
    await retakeLetters(env, controller.scheduledTime);
    await letGo(env, controller.scheduledTime);
  },
} satisfies ExportedHandler<IngestEnv>;

function sizeOf(message: Message): number {
  if (message.attempts >= ALONE_FROM_ATTEMPT) return Number.POSITIVE_INFINITY;
  const read = readMessage(message);
  return read.kind === "capture" ? unpackedBytes(read.bytes) : 0;
}

async function takeGroup(messages: readonly Message[], env: IngestEnv, ctx: ExecutionContext): Promise<void> {
  if (messages.length === 0) return;
  try {
    const nowMs = Date.now();
    const { stats, records } = await takeIn({ messages: messages.map((message) => readMessage(message)), env, nowMs });
    for (const message of messages) message.ack();
    ctx.waitUntil(exportSpans(records, env));
    tell(listenerOf(env, console.log), { event: "taken_in", messages: messages.length, ...stats });
  } catch (error) {
    tell(listenerOf(env, console.error), { event: "take_in_failed", messages: messages.length, error });
    for (const message of messages) message.retry();
  }
}

/** Behind this queue there is none: while R2 or D1 is down, a message must not use its tries up. */
async function buryInTime(message: Message, env: IngestEnv): Promise<void> {
  try {
    await buryMessage(message, env);
  } catch (error) {
    const delaySeconds = Math.min(2 ** (message.attempts - 1), BURY_WAIT_MS_MAX / 1_000);
    tell(listenerOf(env, console.error), { event: "bury_failed", delaySeconds, error });
    message.retry({ delaySeconds });
  }
}

async function buryMessage(message: Message, env: IngestEnv): Promise<void> {
  const { body } = message;
  const bytes = body instanceof ArrayBuffer ? new Uint8Array(body) : toBytes(JSON.stringify(body));
  const { sealer } = secretsOf(env);
  const reason = "taking it in failed five times";
  const stores = { bucket: env.STORE, d1: env.DB };
  await bury({ ...stores, id: message.id, bytes, sealer, reason, again: true, nowMs: Date.now() });
  message.ack();
}
