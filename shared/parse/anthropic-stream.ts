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
 *  - what the SDK throws for is flagged, and what came is kept.
 */
import type { ExchangeFlag } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { MessageBlocks } from "./anthropic-blocks.ts";
import { readMessageTokens } from "./anthropic-tokens.ts";
import { parseBounded } from "./parse-bounded.ts";
import { readEvents, type SseEvent } from "./sse-events.ts";
import type { Reassembled } from "./wire-format.ts";

interface MessageState {
  /** Without its content; null before message_start. */
  fields: JsonObject | null;
  blocks: MessageBlocks;
  error: Json | undefined;
  /** Has the message said why it ended, or the stream that it has? */
  ended: boolean;
}

/** Never throws. */
export function reassembleMessageStream(stream: string): Reassembled {
  const state: MessageState = { fields: null, blocks: new MessageBlocks(), error: undefined, ended: false };
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
  const response = finish(state);
  return { response, tokens: isObject(response) ? readMessageTokens(response) : null, flags: [...flags] };
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
      return state.fields !== null && state.blocks.begin(data.content_block);
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
  const { content, ...fields } = message;
  state.fields = { ...fields, ...(isObject(fields.usage) ? { usage: { ...fields.usage } } : {}) };
  if (Array.isArray(content)) for (const block of content) state.blocks.begin(block);
  return true;
}

function endMessage(state: MessageState, { delta, usage, ...more }: JsonObject): boolean {
  const { fields } = state;
  if (fields === null || !isObject(delta)) return false;
  for (const name of ["stop_reason", "stop_sequence", "stop_details"]) fields[name] = delta[name];
  const { container } = delta;
  for (const [name, value] of Object.entries({ container, ...pick(more) })) if (value != null) fields[name] = value;
  if (typeof delta.stop_reason === "string") state.ended = true;
  if (!isObject(usage)) return usage == null;
  const told = Object.entries(usage).filter(([, value]) => value !== null);
  fields.usage = { ...(isObject(fields.usage) ? fields.usage : {}), ...Object.fromEntries(told) };
  return true;
}

function pick({ context_management, input_transformations }: JsonObject): JsonObject {
  return { context_management, input_transformations };
}

/** What the message came to; where there is none, the error alone. */
function finish({ fields, blocks, error }: MessageState): Json {
  if (fields === null) return error === undefined ? null : { type: "error", error };
  const message = { ...fields, content: blocks.list() };
  return error === undefined ? message : { ...message, error };
}
