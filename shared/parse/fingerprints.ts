/**
 * Fingerprints of a conversation: 16 hex characters that are equal for equal content. They lead to
 * exchanges that are alike; they are no proof, and nothing can be read back from them.
 */
import type { Message } from "../core/exchange.ts";
import { fingerprint } from "../core/hash.ts";
import { canonicalJson, isObject, type Json } from "../core/json.ts";
import { parseBounded } from "./parse-bounded.ts";
import type { Conversation } from "./wire-format.ts";

export interface Fingerprints {
  /** Of system and developer messages and the tools: one prompt of the app's code. null without messages. */
  template: string | null;
  /** Of all that the model was given. null without messages. */
  prompt: string | null;
  /**
   * Of the system prompt and the first user message, which the turns of a conversation share, or of the id that the
   * provider gave the conversation. null where the call goes on from an answer whose conversation it does not hold.
   */
  conversationStart: string | null;
  /** Of the first choice's text and tool calls. null when it has neither. */
  answer: string | null;
}

export function takeFingerprints(conversation: Conversation): Fingerprints {
  const { messages, tools, answer } = conversation;
  const system = systemOf(conversation);
  const hasMessages = messages.length > 0;
  return {
    template: hasMessages ? fingerprint(canonicalJson({ system, tools })) : null,
    prompt: hasMessages ? fingerprint(canonicalJson({ messages, tools, ...keptElsewhere(conversation) })) : null,
    conversationStart: fingerprintStart(conversation),
    answer: answer === null ? null : fingerprintAnswer(answer),
  };
}

function systemOf({ messages }: Conversation): Message[] {
  return messages.filter(({ role }) => role === "system" || role === "developer");
}

function fingerprintStart(conversation: Conversation): string | null {
  const { conversationId, previousResponseId } = keptElsewhere(conversation);
  if (conversationId !== undefined) return fingerprint(canonicalJson({ conversationId }));
  const user = conversation.messages.find(({ role }) => role === "user");
  if (user === undefined || previousResponseId !== undefined) return null;
  return fingerprint(canonicalJson({ system: systemOf(conversation), user }));
}

/** What names the messages that the provider kept: two that say "yes" to different questions are not the same prompt. */
function keptElsewhere({ conversationId, previousResponseId }: Conversation) {
  return { conversationId: conversationId ?? undefined, previousResponseId: previousResponseId ?? undefined };
}

/** Without the ids of the calls, which are new each time, and however the arguments' JSON is spaced and ordered. */
function fingerprintAnswer({ content, refusal, tool_calls, function_call }: Message): string | null {
  const text = fold(textOf(content)) || fold(textOf(refusal));
  const calls = [...(tool_calls ?? []), ...(isObject(function_call) ? [{ function: function_call }] : [])];
  if (text === "" && calls.length === 0) return null;
  return fingerprint(canonicalJson({ text, calls: calls.map(callOf) }));
}

function textOf(content: Json | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join(" ");
}

function callOf(call: Json): Json {
  if (!isObject(call)) return null;
  const { function: called, custom } = call;
  if (isObject(custom)) return { name: custom.name, input: argumentsOf(custom.input) };
  return isObject(called) ? { name: called.name, arguments: argumentsOf(called.arguments) } : null;
}

function argumentsOf(value: Json | undefined): Json | undefined {
  return typeof value === "string" ? (parseBounded(value) ?? fold(value)) : value;
}

function fold(text: string): string {
  return text.normalize("NFC").replace(/\s+/gu, " ").trim();
}
