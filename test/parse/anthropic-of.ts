/** Calls of Anthropic's Messages API for the tests of this stage: streams by their events, parsed as ingest does it. */
import type { CaptureHeader } from "../../shared/core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import { messagesOf } from "../../shared/parse/messages-of.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { captureOf, streamCaptureOf } from "./capture-of.ts";

const HEADER: Partial<CaptureHeader> = { provider: "anthropic", format: "anthropic", path: "/v1/messages" };

export const REQUEST: JsonObject = {
  model: "claude-sonnet-4-5",
  max_tokens: 100,
  messages: [{ role: "user", content: "Is it raining?" }],
};

export function parseMessage(response: Json | string, request: Json = REQUEST, header: Partial<CaptureHeader> = {}) {
  return parseCapture(captureOf({ request, response, header: { ...HEADER, ...header } }));
}

export function parseMessageStream(body: string | Uint8Array) {
  return parseCapture(streamCaptureOf(body, HEADER));
}

/** Of a request, and of what was answered. */
export function conversationOf(request: JsonObject, content: Json[] = []) {
  const response = { ...MESSAGE, content };
  return messagesOf({ format: "anthropic", path: "/v1/messages", request: { ...REQUEST, ...request }, response });
}

export const MESSAGE: JsonObject = {
  id: "msg_1",
  type: "message",
  role: "assistant",
  model: "claude-sonnet-4-5-20250929",
  content: [],
  stop_reason: null,
  stop_sequence: null,
  usage: { input_tokens: 10, cache_read_input_tokens: 4, cache_creation_input_tokens: 6, output_tokens: 1 },
};

export const START: JsonObject = { type: "message_start", message: MESSAGE };
export const STOP: JsonObject = { type: "message_stop" };

export function block(index: number, content_block: JsonObject, ...deltas: JsonObject[]): JsonObject[] {
  return [
    { type: "content_block_start", index, content_block },
    ...deltas.map((delta) => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}

export function text(index: number, ...pieces: string[]): JsonObject[] {
  const deltas = pieces.map((piece) => ({ type: "text_delta", text: piece }));
  return block(index, { type: "text", text: "" }, ...deltas);
}

export function ending(stop_reason = "end_turn", output_tokens = 7): JsonObject {
  return { type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage: { output_tokens } };
}

/** As Anthropic frames them: each event has its type for a name. */
export function framed(events: readonly JsonObject[], newline = "\n"): string {
  const lines = events.map(
    (event) => `event: ${event.type}${newline}data: ${JSON.stringify(event)}${newline}${newline}`,
  );
  return lines.join("");
}

/** The blocks of an answer. */
export function contentOf(response: Json): Json {
  return isObject(response) ? (response.content ?? null) : null;
}
