/**
 * A recorded stream of chat completion chunks, brought to the shape of the non-streaming answer.
 *
 *     for each event, until [DONE], an error or the end:
 *       the first chunk's fields, then those of every later chunk that has an id, replace the answer's
 *       each of its choices is added to the choice of that index        (openai-chat-choice.ts)
 *
 * Equals the official SDK (openai 7.57, accumulateChatCompletion) on the same bytes; openai-chat-choice.ts
 * says where it differs and why. What the SDK throws for is flagged here, and what came is kept. After an
 * error nothing is taken any more: the SDK stopped there too, so the app saw no more.
 */
import type { ExchangeFlag } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { CHOICES_MAX } from "./bounds.ts";
import { assignFields } from "./merge-deltas.ts";
import { addChoiceDelta, type ChoiceState, finishChoice, startChoice } from "./openai-chat-choice.ts";
import { readChatTokens } from "./openai-chat-tokens.ts";
import { readOpenAiEvent } from "./openai-event.ts";
import { readEvents } from "./sse-events.ts";
import type { Reassembled, TokenCounts } from "./wire-format.ts";

interface ChatState {
  /** Top-level fields; null before the first chunk. */
  fields: JsonObject | null;
  choices: Map<number, ChoiceState>;
  tokens: TokenCounts | null;
}

/** Never throws. */
export function reassembleChatStream(stream: string): Reassembled {
  const chat: ChatState = { fields: null, choices: new Map(), tokens: null };
  const flags = new Set<ExchangeFlag>();
  let end: "done" | "error" | "cut" | null = null;
  let error: Json | undefined;
  for (const event of readEvents(stream)) {
    const read = readOpenAiEvent(event);
    if (read.kind === "chunk") {
      if (!addChunk(chat, read.chunk)) flags.add("stream_bad_event");
    } else if (read.kind === "bad") {
      flags.add("stream_bad_event");
    } else if (read.kind !== "blank") {
      end = read.kind;
      if (read.kind === "error") {
        error = read.error;
        chat.tokens = readChatTokens(read.chunk) ?? chat.tokens; // what failed may be billed all the same
      }
      break;
    }
  }
  if (end === "error") flags.add("stream_error");
  if (end === "cut" || (end === null && !hasFinished(chat))) flags.add("stream_without_end");
  return { response: finish(chat, error), tokens: chat.tokens, flags: [...flags] };
}

/** false when a part of it was not of the API's shape. */
function addChunk(chat: ChatState, chunk: JsonObject): boolean {
  const { choices, obfuscation: _obfuscation, ...rest } = chunk;
  chat.tokens = readChatTokens(chunk) ?? chat.tokens;
  // A chunk without an id (Azure's late content filters) has empty fields that would erase the true ones.
  if (chat.fields === null) chat.fields = rest;
  else if (chunk.id) assignFields(chat.fields, rest);
  if (choices == null) return true;
  if (!Array.isArray(choices)) return false;
  let isWellFormed = true;
  for (const [position, choice] of choices.entries()) {
    isWellFormed = addChoice(chat.choices, { choice, position }) && isWellFormed;
  }
  return isWellFormed;
}

function addChoice(choices: Map<number, ChoiceState>, { choice, position }: { choice: Json; position: number }) {
  if (!isObject(choice)) return false;
  const index = choice.index ?? position;
  if (typeof index !== "number" || !Number.isSafeInteger(index) || index < 0 || index >= CHOICES_MAX) return false;
  const state = choices.get(index) ?? startChoice();
  choices.set(index, state);
  return addChoiceDelta(state, choice);
}

function hasFinished({ choices }: ChatState): boolean {
  return choices.size > 0 && [...choices.values()].every(({ finishReason }) => finishReason !== null);
}

function finish({ fields, choices }: ChatState, error: Json | undefined): Json {
  const failure = error === undefined ? {} : { error };
  if (fields === null) return error === undefined ? null : failure;
  const { system_fingerprint, ...rest } = fields;
  return {
    ...rest,
    object: "chat.completion",
    choices: [...choices].sort(([left], [right]) => left - right).map(([index, state]) => finishChoice(state, index)),
    ...(system_fingerprint ? { system_fingerprint } : {}),
    ...failure,
  };
}
