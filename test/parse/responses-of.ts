/** Calls of the Responses API for the tests of the stage `parse`: their events, items and bodies. */
import type { CaptureHeader } from "../../shared/core/exchange.ts";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { captureOf, streamCaptureOf } from "./capture-of.ts";

export const responsesHeader = { path: "/v1/responses" } as const;
export const asked: Json = { model: "gpt-5-mini", input: "Is it raining?" };

/** A response as far as it is known when it starts. */
export const begun: JsonObject = {
  id: "resp_1",
  object: "response",
  created_at: 1_760_000_000,
  status: "in_progress",
  error: null,
  incomplete_details: null,
  instructions: null,
  model: "gpt-5-mini-2025-08-07",
  output: [],
  previous_response_id: null,
  usage: null,
};

export const responseUsage = {
  input_tokens: 1000,
  input_tokens_details: { cached_tokens: 600 },
  output_tokens: 100,
  output_tokens_details: { reasoning_tokens: 64 },
  total_tokens: 1100,
};

export function completed(output: Json, fields: JsonObject = {}): JsonObject {
  return { ...begun, status: "completed", output, usage: responseUsage, ...fields };
}

/** Framed as OpenAI does it. */
export function frame(events: readonly JsonObject[]): string {
  return events
    .map((event, at) => `event: ${String(event.type)}\ndata: ${JSON.stringify({ sequence_number: at, ...event })}\n\n`)
    .join("");
}

export const created: JsonObject = { type: "response.created", response: begun };
export const inProgress: JsonObject = { type: "response.in_progress", response: begun };
export const ends = (output: Json, fields: JsonObject = {}): JsonObject => ({
  type: "response.completed",
  response: completed(output, fields),
});

/** An event about the item at an index. */
export function at(index: number, type: string, fields: JsonObject): JsonObject {
  return { type: `response.${type}`, output_index: index, item_id: `item_${index}`, ...fields };
}

export function added(index: number, item: JsonObject): JsonObject {
  return { type: "response.output_item.added", output_index: index, item: { id: `item_${index}`, ...item } };
}

export function done(index: number, item: JsonObject): JsonObject {
  return { type: "response.output_item.done", output_index: index, item: { id: `item_${index}`, ...item } };
}

export const opened: JsonObject = { type: "message", role: "assistant", status: "in_progress", content: [] };
export const textPart = (text: string): JsonObject => ({ type: "output_text", text, annotations: [] });
export const messageItem = (...texts: string[]): JsonObject => ({
  ...opened,
  status: "completed",
  content: texts.map(textPart),
});

/** A call of a function as an item, and as chat has it. */
export const call = (id: string, name = "rain"): JsonObject => ({
  type: "function_call",
  id: `fc_${id}`,
  call_id: id,
  name,
  arguments: '{"city":"Köln"}',
  status: "completed",
});
export const toolCall = (id: string, name = "rain") => ({
  id,
  type: "function",
  function: { name, arguments: '{"city":"Köln"}' },
});
export const reasoning = (...summary: string[]): JsonObject => ({
  type: "reasoning",
  id: "rs_1",
  summary: summary.map((text) => ({ type: "summary_text", text })),
  encrypted_content: "gAAA",
});

/** A message that streams as far as its last delta. */
export function speaking(index: number, ...deltas: string[]): JsonObject[] {
  return [
    added(index, opened),
    at(index, "content_part.added", { content_index: 0, part: textPart("") }),
    ...deltas.map((delta) => at(index, "output_text.delta", { content_index: 0, delta, logprobs: [] })),
  ];
}

/** A message from its beginning to its end. */
export function spoken(index: number, ...deltas: string[]): JsonObject[] {
  const text = deltas.join("");
  return [
    ...speaking(index, ...deltas),
    at(index, "output_text.done", { content_index: 0, text, logprobs: [] }),
    at(index, "content_part.done", { content_index: 0, part: textPart(text) }),
    done(index, messageItem(text)),
  ];
}

export function parseResponseStream(body: string | Uint8Array, header: Partial<CaptureHeader> = {}) {
  return parseCapture(streamCaptureOf(body, { ...responsesHeader, ...header }));
}

export function parseResponse(response: Json, request: Json = asked) {
  return parseCapture(captureOf({ request, response, header: responsesHeader }));
}
