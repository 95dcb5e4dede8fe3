/** Captures for the tests of the stage `parse`, from text. */
import type { Capture, CaptureHeader } from "../../shared/core/exchange.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";

interface Bodies {
  request?: Json | string | Uint8Array;
  response?: Json | string | Uint8Array;
  header?: Partial<CaptureHeader>;
}

export const question: Json = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Is it raining?" }] };

/** A call of OpenAI chat that answers JSON. Text and bytes go in as they are, other values as JSON. */
export function captureOf({ request = question, response = "", header = {} }: Bodies): Capture {
  return {
    header: {
      version: 1,
      id: "0198c0de-0000-7000-8000-000000000001" as ExchangeId,
      app: "demo",
      provider: "openai",
      format: "openai",
      method: "POST",
      path: "/v1/chat/completions",
      capture: "full",
      atMs: Date.UTC(2026, 0, 15),
      status: 200,
      requestType: "application/json",
      responseType: "application/json",
      outcome: "complete",
      firstByteMs: 5,
      durationMs: 9,
      ...header,
    },
    request: bytesOf(request),
    response: bytesOf(response),
  };
}

export function streamCaptureOf(response: string | Uint8Array, header: Partial<CaptureHeader> = {}): Capture {
  return captureOf({ response, header: { responseType: "text/event-stream; charset=utf-8", ...header } });
}

/** Chunks as OpenAI frames them. */
export function streamOf(chunks: readonly Json[], end = "data: [DONE]\n\n"): string {
  return chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("") + end;
}

/** One chunk of choice 0. */
export function chunkOf(delta: Json, choice: { [field: string]: Json } = {}): { [field: string]: Json } {
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1_760_000_000,
    model: "gpt-4o-mini-2024-07-18",
    choices: [{ index: 0, delta, finish_reason: null, ...choice }],
  };
}

export const start = chunkOf({ role: "assistant", content: "" });
export const stop = chunkOf({}, { finish_reason: "stop" });

export function parseStream(body: string) {
  return parseCapture(streamCaptureOf(body));
}

/** The first choice's message of a stream. */
export function messageOf(body: string): JsonObject {
  const { response } = parseStream(body);
  const choice = isObject(response) && Array.isArray(response.choices) ? response.choices[0] : undefined;
  const message = isObject(choice) ? choice.message : undefined;
  if (!isObject(message)) throw new Error(`no message in ${JSON.stringify(response)}`);
  return message;
}

export const usage = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };

/** A whole answer with one choice. */
export function answerOf(message: JsonObject): JsonObject {
  return {
    id: "chatcmpl-2",
    object: "chat.completion",
    created: 1_760_000_000,
    model: "gpt-4o-mini-2024-07-18",
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage,
  };
}

function bytesOf(body: Json | string | Uint8Array): Uint8Array {
  if (body instanceof Uint8Array) return body;
  return toBytes(typeof body === "string" ? body : JSON.stringify(body));
}
