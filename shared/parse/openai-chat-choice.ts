/**
 * One choice of a streamed chat completion: its deltas, and what they come to.
 *
 * Equals what the official SDK accumulates (openai 7.57, lib/ChatCompletionStream.js, accumulateChatCompletion
 * and finalizeChatCompletion), which takes a field's last value unless it knows the field to grow, except that
 *  - `reasoning`, `reasoning_content` and `reasoning_details` grow too, where the SDK keeps their last fragment
 *    only: we promise the shape of the non-streaming answer, and there they are whole;
 *  - content in parts (Mistral) grows by parts, where the SDK makes "[object Object]" of it;
 *  - where the SDK throws (no role, no finish reason, no index, no type or id of a tool call, an index out of
 *    bounds), what is there is kept.
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { appendContent, appendReasoningDetails, assignFields, mergeLogprobs } from "./merge-deltas.ts";
import { addToolCallDelta, finishToolCalls, type ToolCalls } from "./openai-chat-tool-calls.ts";

export interface ChoiceState {
  finishReason: Json;
  logprobs: JsonObject | null;
  /** Fields of the choice that are none of the API's. */
  other: JsonObject;
  message: JsonObject;
  toolCalls: ToolCalls | null;
  /** The last delta told when the audio expires and nothing else, which is how a stream of audio ends. */
  audioEnded: boolean;
}

export function startChoice(): ChoiceState {
  return { finishReason: null, logprobs: null, other: {}, message: {}, toolCalls: null, audioEnded: false };
}

/** false when something in it was not of the API's shape; the rest of it is taken all the same. */
export function addChoiceDelta(state: ChoiceState, choice: JsonObject): boolean {
  const { index: _index, delta, message, finish_reason, logprobs, ...other } = choice;
  assignFields(state.other, other);
  if (finish_reason) state.finishReason = finish_reason;
  if (isObject(logprobs)) state.logprobs = mergeLogprobs(state.logprobs, logprobs);
  if (isObject(delta) && (Object.keys(delta).length > 0 || !isObject(message))) return addDelta(state, delta);
  if (!isObject(message)) return !delta;
  // A whole message in the place of a delta (Perplexity sends both): it stands for all that came before.
  state.message = {};
  state.toolCalls = null;
  return addDelta(state, message);
}

export function finishChoice(state: ChoiceState, index: number): JsonObject {
  const { message, toolCalls, logprobs } = state;
  const finishReason = state.finishReason ?? (state.audioEnded && isWholeAudio(message.audio) ? "stop" : null);
  return {
    ...state.other,
    index,
    message: {
      ...message,
      role: message.role ?? "assistant",
      content: message.content ?? null,
      refusal: message.refusal ?? null,
      ...(toolCalls === null ? {} : { tool_calls: finishToolCalls(toolCalls) }),
    },
    logprobs,
    finish_reason: finishReason,
  };
}

function addDelta(state: ChoiceState, delta: JsonObject): boolean {
  const { role, content, refusal, audio, function_call, tool_calls, ...rest } = delta;
  const { message } = state;
  state.audioEnded = endsAudio(delta);
  if (role) message.role = role;
  if (typeof content === "string" || Array.isArray(content)) message.content = appendContent(message.content, content);
  if (typeof refusal === "string" && refusal !== "") message.refusal = appendText(message.refusal, refusal);
  if (isObject(audio)) message.audio = mergeAudio(message.audio, audio);
  if (isObject(function_call)) message.function_call = mergeFunctionCall(message.function_call, function_call);
  assignFields(message, growReasoning(message, rest));
  const isWellFormed =
    (content == null || typeof content === "string" || Array.isArray(content)) &&
    (refusal == null || typeof refusal === "string") &&
    (audio == null || isObject(audio)) &&
    (function_call == null || isObject(function_call));
  return addToolCalls(state, tool_calls) && isWellFormed;
}

function addToolCalls(state: ChoiceState, deltas: Json | undefined): boolean {
  if (deltas == null) return true;
  if (!Array.isArray(deltas)) return false;
  state.toolCalls ??= new Map();
  let isWellFormed = true;
  for (const delta of deltas) isWellFormed = addToolCallDelta(state.toolCalls, delta) && isWellFormed;
  return isWellFormed;
}

/** The delta's fields with those of reasoning replaced by what they have grown to. */
function growReasoning(message: JsonObject, delta: JsonObject): JsonObject {
  for (const field of ["reasoning", "reasoning_content"]) {
    if (!Object.hasOwn(delta, field)) continue;
    const value = delta[field];
    if (typeof value === "string") delta[field] = appendText(message[field], value);
    else delta[field] = value ?? message[field] ?? null;
  }
  if (Object.hasOwn(delta, "reasoning_details")) {
    const details = delta.reasoning_details;
    const before = message.reasoning_details;
    delta.reasoning_details = Array.isArray(details)
      ? appendReasoningDetails(before, details)
      : (details ?? before ?? null);
  }
  return delta;
}

function mergeAudio(current: Json | undefined, { id, data, transcript, expires_at }: JsonObject): JsonObject {
  const audio = isObject(current) ? current : {};
  if (id != null) audio.id = id;
  if (typeof data === "string") audio.data = appendText(audio.data, data);
  if (typeof transcript === "string") audio.transcript = appendText(audio.transcript, transcript);
  if (expires_at != null) audio.expires_at = expires_at;
  return audio;
}

function mergeFunctionCall(current: Json | undefined, delta: JsonObject): JsonObject {
  const call = isObject(current) ? current : { name: "", arguments: "" };
  if (delta.name) call.name = delta.name;
  if (typeof delta.arguments === "string") call.arguments = appendText(call.arguments, delta.arguments);
  return call;
}

function endsAudio(delta: JsonObject): boolean {
  const { audio, ...rest } = delta;
  if (!isObject(audio) || audio.expires_at == null) return false;
  const others = [audio.id, audio.data, audio.transcript, ...Object.values(rest)];
  return others.every((value) => value == null);
}

function isWholeAudio(audio: Json | undefined): boolean {
  if (!isObject(audio)) return false;
  return [audio.id, audio.data, audio.transcript, audio.expires_at].every((value) => value != null);
}

function appendText(current: Json | undefined, fragment: string): string {
  return typeof current === "string" ? current + fragment : fragment;
}
