/**
 * Anthropic's Messages API, as Anthropic and those that speak it after Anthropic offer it.
 * https://docs.anthropic.com/en/api/messages
 */
import { isObject, type Json } from "../core/json.ts";
import { readMessagesConversation } from "./anthropic-conversation.ts";
import { makesMessage, readModelInPath } from "./anthropic-path.ts";
import { reassembleMessageStream } from "./anthropic-stream.ts";
import { readMessageTokens } from "./anthropic-tokens.ts";
import { readName } from "./parse-bounded.ts";
import type { Facts, WireFormat } from "./wire-format.ts";

export const anthropicMessages: WireFormat = {
  understands: makesMessage,
  reassemble: reassembleMessageStream,
  readFacts,
  readConversation: readMessagesConversation,
  modelInPath: readModelInPath,
};

function readFacts(response: Json): Facts {
  if (!isObject(response) || response.type === "error") {
    return { model: null, responseId: null, finishReason: null, tokens: null };
  }
  return {
    model: readName(response.model),
    responseId: readName(response.id),
    finishReason: readFinishReason(readName(response.stop_reason)),
    tokens: readMessageTokens(response),
  };
}

/** In OpenAI's words. A turn that pauses (by itself, or to compact) goes on in another call: this part is cut short. */
const FINISH_REASONS: ReadonlyMap<string, string> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["pause_turn", "length"],
  ["compaction", "length"],
  ["tool_use", "tool_calls"],
  ["refusal", "content_filter"],
]);

function readFinishReason(reason: string | null): string | null {
  return reason === null ? null : (FINISH_REASONS.get(reason) ?? reason);
}
