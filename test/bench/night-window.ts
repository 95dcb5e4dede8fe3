/**
 * What the benchmark of the night works on: a day of exchanges with feedback, written to D1 and R2 as ingest writes them, but
 * without the queue, which is measured elsewhere. Seeded words: a fifth of the prompts are asked several times.
 */
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import type { FeedbackEvent } from "../../shared/core/feedback.ts";
import { fingerprint } from "../../shared/core/hash.ts";
import { type ExchangeId, makeUuidV7 } from "../../shared/core/ids.ts";
import type { Json } from "../../shared/core/json.ts";
import { insertExchanges, rowOf } from "../../shared/store/exchanges.ts";
import { upsertFeedback } from "../../shared/store/feedback.ts";
import { writeSegment } from "../../shared/store/segments.ts";
import { seeded } from "../unit/seeded.ts";

export interface WindowShape {
  rows: number;
  /** Of the exchanges, those with a thumb. */
  votedShare: number;
  /** In a question, about. */
  questionWords: number;
  /** The exchanges are shared out evenly. */
  tasks: number;
}

const SEGMENT_ROWS = 100;
const USERS = 2_000;
const DAY_MS = 24 * 3_600_000;
const SYSTEM = "You are the support desk of a shop. Answer in a few sentences, and never promise what you can't keep.";

type Random = () => number;

export async function writeWindow(
  store: { d1: D1Database; bucket: R2Bucket },
  options: WindowShape & { fromMs: number; seed: number },
): Promise<void> {
  const { votedShare } = options;
  const random = seeded(options.seed);
  const words = Array.from({ length: 4_000 }, () => word(random));
  for (let at = 0; at < options.rows; at += SEGMENT_ROWS) {
    const count = Math.min(SEGMENT_ROWS, options.rows - at);
    const records = Array.from({ length: count }, (_, place) => {
      const atMs = options.fromMs + Math.floor(((at + place) / options.rows) * DAY_MS);
      return recordOf({ random, words, atMs, number: at + place, shape: options });
    });
    const places = await writeSegment(store.bucket, { exchanges: records, feedback: [] });
    await insertExchanges(
      store.d1,
      records.flatMap((record, place) => {
        const where = places[place];
        return where === undefined ? [] : [rowOf(record, where)];
      }),
    );
    const events = records.filter(() => random() < votedShare).map((record) => thumbOn(record, random));
    if (events.length > 0) await upsertFeedback(store.d1, events);
  }
}

function recordOf(options: {
  random: Random;
  words: readonly string[];
  atMs: number;
  number: number;
  shape: WindowShape;
}): ExchangeRecord {
  const { random, words, atMs } = options;
  const { questionWords, tasks } = options.shape;
  const shared = random() < 0.2;
  const topic = shared ? Math.floor(random() * 500) : options.number + 500;
  const question = shared
    ? `About case ${topic}: ${prose(seeded(topic), words, Math.ceil(0.7 * questionWords))}?`
    : `${prose(random, words, questionWords)}?`;
  const answer = prose(random, words, 40 + Math.floor(random() * 120));
  const messages: Json[] = [
    { role: "system", content: SYSTEM },
    { role: "user", content: question },
  ];
  const user = `user-${Math.floor(random() * USERS)}`;
  return {
    type: "exchange",
    version: 1,
    id: makeUuidV7(
      atMs,
      Uint8Array.from({ length: 10 }, () => Math.floor(256 * random())),
    ) as ExchangeId,
    app: "demo",
    task: `bench-${options.number % tasks}`,
    template: fingerprint(SYSTEM),
    prompt: fingerprint(question),
    conversation: fingerprint(`${user} ${question}`),
    answer: fingerprint(answer),
    turn: fingerprint(`${question}${answer}`),
    follows: null,
    next: null,
    user,
    session: null,
    parent: null,
    traceparent: null,
    requestId: null,
    responseId: `chatcmpl-${options.number}`,
    provider: "openai",
    format: "openai",
    path: "/v1/chat/completions",
    model: "gpt-4o-mini",
    capture: "full",
    meta: null,
    at: new Date(atMs).toISOString(),
    status: 200,
    outcome: "complete",
    streamed: false,
    finishReason: "stop",
    usage: {
      inputTokens: 90,
      outputTokens: Math.ceil(answer.length / 4),
      cachedInputTokens: 0,
      reasoningTokens: 0,
      estimated: false,
    },
    costUsdMicros: 100,
    firstByteMs: 300,
    durationMs: 900,
    flags: [],
    request: { model: "gpt-4o-mini", messages },
    response: {
      id: `chatcmpl-${options.number}`,
      object: "chat.completion",
      created: 1,
      model: "gpt-4o-mini",
      choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: "stop" }],
    },
  };
}

function thumbOn(record: ExchangeRecord, random: Random): FeedbackEvent & { ref: { id: ExchangeId } } {
  const atMs = Date.parse(record.at) + 60_000;
  const eventId = makeUuidV7(
    atMs,
    Uint8Array.from({ length: 10 }, () => Math.floor(256 * random())),
  );
  const value = random() < 0.6 ? "up" : "down";
  const common = { type: "feedback", version: 1, kind: "thumb", name: "", text: null, app: null } as const;
  return { ...common, eventId, ref: { id: record.id }, actor: record.user ?? "", value, atMs, receivedAtMs: atMs };
}

function prose(random: Random, words: readonly string[], count: number): string {
  // squared: some words are much more common than others, as in any language
  return Array.from({ length: count }, () => words[Math.floor(words.length * random() ** 2)]).join(" ");
}

function word(random: Random): string {
  return Array.from({ length: 2 + Math.floor(random() * 7) }, () => "etaoinshrdlu"[Math.floor(12 * random())]).join("");
}
