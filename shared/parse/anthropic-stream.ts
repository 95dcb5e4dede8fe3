/**
 * A recorded stream of the Messages API, brought to the shape of the non-streaming answer.
 *
 *     message_start                              the message, still empty
 *     content_block_start | _delta | _stop       its blocks, one after the other     (anthropic-blocks.ts)
 *     message_delta                              why it ended, and its usage, cumulative
 *     message_stop                               the end; some streams lack it
 *     ping, and kinds to come                    nothing
 *     error                                      the end, inside a 200
 *
 * Equals the official SDK (@anthropic-ai/sdk 1.12, client.beta.messages.stream(…).finalMessage(), which knows all that
 * its plain twin knows and the input of MCP's tools) on the same bytes, except that
 *  - an event counts by the type in its data where it has no name of its own, which some proxies drop;
 *  - what comes behind the end is left out;
 *  - what the SDK throws for or drops is flagged, and what came is kept        (anthropic-blocks.ts).
 */
import type { ExchangeFlag } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { MessageBlocks } from "./anthropic-blocks.ts";
import { readMessageTokens } from "./anthropic-tokens.ts";
import { parseBounded } from "./parse-bounded.ts";
import { readEvents, type SseEvent } from "./sse-events.ts";
import type { Reassembled, TokenCounts } from "./wire-format.ts";

interface MessageState {
  /** Without its content; null before message_start. */
  fields: JsonObject | null;
  blocks: MessageBlocks;
  error: Json | undefined;
  /** Has the message said why it ended, or the stream that it has? */
  ended: boolean;
  /** Has it said how many tokens it came to? message_start counts those that were there when it was sent. */
  counted: boolean;
}

/** Never throws. */
export function reassembleMessageStream(stream: string): Reassembled {
  const state: MessageState = {
    fields: null,
    blocks: new MessageBlocks(),
    error: undefined,
    ended: false,
    counted: false,
  };
  const flags = new Set<ExchangeFlag>();
  for (const event of readEvents(stream)) {
    const read = readEvent(event);
    if (read === "cut") break;
    if (read === "bad") flags.add("stream_bad_event");
    if (typeof read === "string") continue;
    const { type, data } = read;
    if (type === "error") {
      state.error = data.error ?? data;
      break;
    }
    if (type === "message_stop") {
      state.ended = true;
      break;
    }
    if (!addEvent(state, type, data)) flags.add("stream_bad_event");
  }
  if (state.error !== undefined) flags.add("stream_error");
  else if (!state.ended) flags.add("stream_without_end");
  const { response, isWellFormed } = finish(state);
  if (!isWellFormed) flags.add("stream_bad_event");
  return { response, tokens: tokensOf(state), flags: [...flags] };
}

type ReadEvent = { type: string; data: JsonObject } | "blank" | "bad" | "cut";

function readEvent({ event, data, unterminated }: SseEvent): ReadEvent {
  if (data.trim() === "" || event === "ping") return "blank";
  const json = parseBounded(data);
  if (event === "error") return { type: "error", data: isObject(json) ? json : { error: data } };
  if (!isObject(json)) return data.trim() === "[DONE]" ? "blank" : unterminated ? "cut" : "bad";
  return { type: typeof json.type === "string" ? json.type : (event ?? ""), data: json };
}

/** false when a part of it was not of the API's shape. */
function addEvent(state: MessageState, type: string, data: JsonObject): boolean {
  switch (type) {
    case "message_start":
      return startMessage(state, data.message);
    case "content_block_start":
      if (isObject(data.content_block) && data.content_block.type === "fallback") fallBack(state, data.content_block);
      return state.fields !== null && state.blocks.begin(data.index, data.content_block);
    case "content_block_delta":
      return state.fields !== null && state.blocks.add(data.index, data.delta);
    case "message_delta":
      return endMessage(state, data);
    default:
      return true;
  }
}

/** Another model has taken over, and it is the one that answered. */
function fallBack({ fields }: MessageState, { to }: JsonObject): void {
  if (fields !== null && isObject(to) && to.model !== undefined) fields.model = to.model;
}

function startMessage(state: MessageState, message: Json | undefined): boolean {
  if (!isObject(message) || state.fields !== null) return false;
  const { content, usage, ...fields } = message;
  state.fields = { ...fields, ...(usage === undefined ? {} : { usage: isObject(usage) ? { ...usage } : usage }) };
  if (!Array.isArray(content) || !isObject(usage)) return false;
  return content.filter((block, index) => !state.blocks.begin(index, block)).length === 0;
}

/** Counts of the whole message, each told where it applies. */
const COUNTS = [
  "input_tokens",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
  "server_tool_use",
  "iterations",
  "fallback_credit",
  "output_tokens_details",
];

function endMessage(state: MessageState, event: JsonObject): boolean {
  const { fields } = state;
  const { delta, usage, context_management, input_transformations } = event;
  if (fields === null || !isObject(delta)) return false;
  for (const name of ["stop_reason", "stop_sequence", "stop_details"]) fields[name] = delta[name];
  assignTold(fields, { container: delta.container, context_management, input_transformations });
  if (typeof delta.stop_reason === "string") state.ended = true;
  if (!isObject(usage)) return false;
  const total = isObject(fields.usage) ? fields.usage : {};
  assignTold(total, Object.fromEntries(COUNTS.map((name) => [name, usage[name]])));
  total.output_tokens = usage.output_tokens;
  fields.usage = total;
  state.counted = true;
  return true;
}

function assignTold(fields: JsonObject, values: JsonObject): void {
  for (const [name, value] of Object.entries(values)) if (value != null) fields[name] = value;
}

/** What the message came to; where there is none, the error alone. */
function finish({ fields, blocks, error }: MessageState): { response: Json; isWellFormed: boolean } {
  if (fields === null) return { response: error === undefined ? null : { type: "error", error }, isWellFormed: true };
  const { content, isWellFormed } = blocks.finish();
  return { response: { ...fields, content, ...(error === undefined ? {} : { error }) }, isWellFormed };
}

function tokensOf({ fields, counted }: MessageState): TokenCounts | null {
  const tokens = fields === null ? null : readMessageTokens(fields);
  return tokens === null || counted ? tokens : { ...tokens, usage: { ...tokens.usage, estimated: true } };
}
