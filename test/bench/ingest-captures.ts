/**
 * What the ingest benchmark puts on the queue: captures as the gateway packs them, a hundred to a round of the mix. The
 * text is made of seeded words that compress as assistants' answers do, because the bytes in R2 depend on it.
 */
import { packCapture } from "../../shared/capture/envelope.ts";
import type { CaptureHeader } from "../../shared/core/exchange.ts";
import { gzip } from "../../shared/core/gzip.ts";
import { type ExchangeId, makeUuidV7 } from "../../shared/core/ids.ts";
import { CAPTURE_MESSAGE_BYTES_MAX } from "../../shared/core/limits.ts";
import { toBytes, toHex } from "../../shared/core/text.ts";
import { seeded } from "../unit/seeded.ts";

type Random = () => number;

export interface CaptureKind {
  name: string;
  /** Of a hundred captures. */
  share: number;
  /** Characters of what the user sends, beside a system prompt of some 500. */
  questionChars: number;
  answer: "json" | "stream";
  answerChars: number;
}

/** An assumption, stated in the report: nobody's traffic is this mix. */
export const MIX: readonly CaptureKind[] = [
  { name: "JSON answer, 1.2 KB", share: 60, questionChars: 400, answer: "json", answerChars: 700 },
  { name: "stream, 52 chunks", share: 37, questionChars: 400, answer: "stream", answerChars: 0 },
  { name: "long request, 80 KB", share: 2, questionChars: 80_000, answer: "json", answerChars: 6_000 },
  { name: "longer request, 250 KB, gzipped", share: 1, questionChars: 250_000, answer: "json", answerChars: 6_000 },
];

const CHUNKS = 52;
const SYSTEM_CHARS = 500;
const TASKS = ["parcel-question", "summarise-ticket", "draft-reply", "classify", "translate-note"];
const USERS = 400;

export interface QueueMessage {
  body: Uint8Array<ArrayBuffer>;
  contentType: "bytes";
}

export class CaptureMaker {
  readonly #random: Random;
  readonly #systems: readonly string[];

  constructor(seed: number) {
    this.#random = seeded(seed);
    this.#systems = TASKS.map(() => prose(this.#random, SYSTEM_CHARS));
  }

  /** `count` messages, the kinds of the mix spread evenly. */
  async messages(count: number): Promise<QueueMessage[]> {
    const hundred = MIX.flatMap((kind) => Array.from({ length: kind.share }, () => kind));
    const made: QueueMessage[] = [];
    for (let at = 0; at < count; at++) {
      const kind = hundred[(at * 37) % hundred.length]; // 37 and 100 have no common factor: each once in a hundred
      if (kind !== undefined) made.push({ body: await this.#message(kind), contentType: "bytes" });
    }
    return made;
  }

  /** As the gateway sends it: gzipped where it would be too large. @throws where it would be spilled */
  async #message(kind: CaptureKind): Promise<Uint8Array<ArrayBuffer>> {
    const packed = packCapture(this.#capture(kind));
    if (packed.byteLength <= CAPTURE_MESSAGE_BYTES_MAX) return packed;
    const zipped = (await gzip(packed)) as Uint8Array<ArrayBuffer>;
    if (zipped.byteLength <= CAPTURE_MESSAGE_BYTES_MAX) return zipped;
    throw new Error(`a capture of "${kind.name}" is ${zipped.byteLength} B gzipped: the gateway would spill it`);
  }

  #capture(kind: CaptureKind) {
    const random = this.#random;
    const task = Math.floor(random() * TASKS.length);
    const request = {
      model: "gpt-4o-mini",
      temperature: 0.2,
      ...(kind.answer === "stream" && { stream: true, stream_options: { include_usage: true } }),
      messages: [
        { role: "system", content: this.#systems[task] },
        { role: "user", content: prose(random, kind.questionChars) },
      ],
    };
    const answer = kind.answer === "stream" ? streamText(random) : jsonText(random, kind.answerChars);
    const header = headerOf({ random, stream: kind.answer === "stream", task: TASKS[task] ?? "" });
    return { header, request: toBytes(JSON.stringify(request)), response: toBytes(answer) };
  }
}

function headerOf(options: { random: Random; stream: boolean; task: string }): CaptureHeader {
  const { random, stream, task } = options;
  const atMs = Date.now();
  return {
    version: 1,
    id: makeUuidV7(atMs, randomBytes(random, 10)) as ExchangeId,
    app: "bench",
    provider: "openai",
    format: "openai",
    method: "POST",
    path: "/v1/chat/completions",
    capture: "full",
    atMs,
    task,
    user: `user-${Math.floor(random() * USERS)}`,
    session: toHex(randomBytes(random, 8)),
    status: 200,
    requestType: "application/json",
    responseType: stream ? "text/event-stream; charset=utf-8" : "application/json",
    outcome: "complete",
    firstByteMs: 200 + Math.floor(random() * 800),
    durationMs: 900 + Math.floor(random() * 4_000),
  };
}

const SYSTEM_FINGERPRINT = "fp_0123456789";

function headOf(random: Random, object: string): object {
  const id = `chatcmpl-${toHex(randomBytes(random, 14))}`;
  return { id, object, created: Math.floor(Date.now() / 1_000), model: "gpt-4o-mini-2024-07-18" };
}

function usageOf(completionTokens: number): object {
  return { prompt_tokens: 212, completion_tokens: completionTokens, total_tokens: 212 + completionTokens };
}

function jsonText(random: Random, chars: number): string {
  const message = { role: "assistant", content: prose(random, chars), refusal: null, annotations: [] };
  return JSON.stringify({
    ...headOf(random, "chat.completion"),
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage: usageOf(Math.ceil(chars / 4)),
    service_tier: "default",
    system_fingerprint: SYSTEM_FINGERPRINT,
  });
}

/** 49 words, the finish, the usage, `[DONE]`. */
function streamText(random: Random): string {
  const head = headOf(random, "chat.completion.chunk");
  const event = (fields: object) =>
    `data: ${JSON.stringify({ ...head, service_tier: "default", system_fingerprint: SYSTEM_FINGERPRINT, ...fields })}\n\n`;
  const chunk = (delta: object, finish: string | null) =>
    event({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null });
  const words = Array.from({ length: CHUNKS - 3 }, () => chunk({ content: `${word(random)} ` }, null));
  return [...words, chunk({}, "stop"), event({ choices: [], usage: usageOf(CHUNKS) }), "data: [DONE]\n\n"].join("");
}

/**
 * Text of so many characters. Its words are drawn unevenly from five hundred, so that gzip shrinks it about as it does
 * the answers of Open Assistant: 400 characters by 1.54 (theirs 1.56), 700 by 1.67 (1.77), 80,000 by 3.1 (3.1).
 */
function prose(random: Random, chars: number): string {
  let text = "";
  while (text.length < chars) text += `${word(random)}${random() < 0.1 ? ". " : " "}`;
  return text.slice(0, chars);
}

const WORDS = makeWords();

/** The frequent ones are short. */
function makeWords(): string[] {
  const random = seeded(1);
  const letter = () => "etaoinshrdlcumwfgypbvkjxqz"[Math.floor(26 * random() ** 2)] ?? "";
  return Array.from({ length: 500 }, (_, at) =>
    Array.from({ length: 2 + Math.ceil(Math.log2(1 + at / 10)) }, letter).join(""),
  );
}

/** Frequent ones first, as in a language. */
function word(random: Random): string {
  return WORDS[Math.floor(WORDS.length * random() ** 2)] ?? "";
}

function randomBytes(random: Random, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
}
