/**
 * Takes a group of messages in: unpack, leave out what is known, parse, one R2 segment, D1 rows. R2 before D1, and the
 * caller acks after both, so that whatever fails in between is done again, with the same result.
 */
import { unpackMessage } from "../../shared/capture/envelope.ts";
import type { Capture, ExchangeRecord } from "../../shared/core/exchange.ts";
import type { FeedbackEvent } from "../../shared/core/feedback.ts";
import { bury } from "../../shared/store/dead-letters.ts";
import { insertExchanges, knownIds, rowOf } from "../../shared/store/exchanges.ts";
import { recordFeedback } from "../../shared/store/feedback.ts";
import { writeSegment } from "../../shared/store/segments.ts";
import { readAllSettings } from "../../shared/store/settings.ts";
import { hideActor, hideUser } from "./hide-users.ts";
import { leaveOutErased } from "./leave-out-erased.ts";
import { makeRecord } from "./make-record.ts";
import type { Incoming } from "./read-message.ts";
import { redactEvent, redactForStorage } from "./redact-for-storage.ts";
import { secretsOf } from "./secrets.ts";

export interface TakenIn {
  exchanges: number;
  feedback: number;
  /** Exchanges that had a row already: redelivered. */
  repeated: number;
  rowsWritten: number;
  segments: number;
  buried: number;
}

export interface Taken {
  stats: TakenIn;
  /** Those that have a row now, and had none before. */
  records: ExchangeRecord[];
}

interface Sorted {
  captures: Capture[];
  events: FeedbackEvent[];
  spilled: string[];
  unreadable: { id: string; bytes: Uint8Array<ArrayBuffer>; reason: string }[];
}

export async function takeIn(options: {
  messages: readonly Incoming[];
  env: IngestEnv;
  nowMs: number;
}): Promise<Taken> {
  const { messages, env, nowMs } = options;
  const sorted = await sortMessages(messages, env);
  const fresh = await leaveOutKnown(sorted.captures, env);
  const hiding = { settings: await readAllSettings(env.DB), signer: secretsOf(env).signer };
  const hide = async (capture: Capture) =>
    redactForStorage(await hideUser(await makeRecord(capture), hiding), hiding.settings);
  const hidden = await Promise.all(fresh.map(hide));
  const said = await Promise.all(
    sorted.events.map(async (event) => redactEvent(await hideActor(event, hiding), hiding)),
  );
  const { records, events } = await leaveOutErased({ records: hidden, events: said }, env);
  let rowsWritten = 0;
  const segments = records.length + events.length > 0 ? 1 : 0;
  if (segments > 0) {
    const places = await writeSegment(env.STORE, { exchanges: records, feedback: events });
    rowsWritten = await insertExchanges(env.DB, rowsOf(records, places));
    if (events.length > 0) await recordFeedback(env.DB, events, nowMs);
  }
  for (const { id, bytes, reason } of sorted.unreadable) {
    const { sealer } = secretsOf(env);
    await bury({ bucket: env.STORE, d1: env.DB, id, bytes, sealer, reason, again: false, nowMs });
  }
  if (sorted.spilled.length > 0) await env.STORE.delete(sorted.spilled);
  const stats = {
    exchanges: records.length,
    feedback: events.length,
    repeated: sorted.captures.length - fresh.length,
    rowsWritten,
    segments,
    buried: sorted.unreadable.length,
  };
  return { stats, records };
}

function rowsOf(records: readonly ExchangeRecord[], places: Awaited<ReturnType<typeof writeSegment>>) {
  return records.map((record, index) => {
    const place = places[index];
    if (place === undefined) throw new Error(`segment of ${records.length} records has ${places.length} places`);
    return rowOf(record, place);
  });
}

async function sortMessages(messages: readonly Incoming[], env: IngestEnv): Promise<Sorted> {
  const sorted: Sorted = { captures: [], events: [], spilled: [], unreadable: [] };
  for (const message of messages) {
    if (message.kind === "feedback") sorted.events.push(...message.events);
    else if (message.kind === "capture") await sortCapture({ ...message, id: message.messageId, env, sorted });
    else sorted.unreadable.push({ id: message.messageId, bytes: message.bytes, reason: "not a message of winnow's" });
  }
  return sorted;
}

async function sortCapture(options: {
  bytes: Uint8Array<ArrayBuffer>;
  id: string;
  env: IngestEnv;
  sorted: Sorted;
}): Promise<void> {
  const { bytes, id, env, sorted } = options;
  const message = await unpackMessage(bytes);
  if (message.kind === "capture") sorted.captures.push(message.capture);
  else if (message.kind === "unreadable") sorted.unreadable.push({ id, bytes, reason: message.reason });
  else {
    const object = await env.STORE.get(message.key);
    if (object === null) return; // the sweep was first
    sorted.spilled.push(message.key);
    const opened = await secretsOf(env).sealer.open(new Uint8Array(await object.arrayBuffer()));
    await sortCapture({ bytes: opened, id, env, sorted });
  }
}

async function leaveOutKnown(captures: readonly Capture[], env: IngestEnv): Promise<Capture[]> {
  const byId = new Map(captures.map((capture) => [capture.header.id, capture]));
  const known = await knownIds(env.DB, [...byId.keys()]);
  return [...byId.values()].filter((capture) => !known.has(capture.header.id));
}
