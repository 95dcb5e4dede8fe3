/** An exchange as one conversation: what was sent, and what the first choice answered. */
import type { Message } from "../core/exchange.ts";
import type { Bodies, Call, Conversation } from "./wire-format.ts";
import { findWireFormat } from "./wire-formats.ts";

/** In the shape of OpenAI's chat API; undefined for a format that is not understood. */
export function conversationOf(exchange: Bodies & Call): Conversation | undefined {
  return findWireFormat(exchange)?.readConversation(exchange);
}

/** In the shape of OpenAI's chat API; empty for a format that is not understood. Further choices stay in `response`. */
export function messagesOf(exchange: Bodies & Call): Message[] {
  const conversation = conversationOf(exchange);
  if (conversation === undefined) return [];
  const { messages, answer } = conversation;
  return answer === null ? messages : [...messages, answer];
}
