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
  /** Of all that was said so far, the answer included; of system prompts nothing, since some tell the time. */
  turn: string | null;
  /** What this call goes on from: the `turn` of an earlier call, or its provider's id where that is what was sent. */
  follows: string | null;
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
    ...linkTurns(conversation),
  };
}

/**
 * Each message's link holds those before it, so that one pass gives the fingerprint of every beginning. The last message
 * is never what the call goes on from: where it is the model's, the app has begun the answer itself.
 */
function linkTurns({ messages, answer, previousResponseId }: Conversation): Pick<Fingerprints, "turn" | "follows"> {
  let link = previousResponseId ?? "";
  let follows = previousResponseId ?? null;
  for (const [index, message] of messages.entries()) {
    if (isInstruction(message)) continue;
    link = fingerprint(link + canonicalJson(saidBy(message)));
    const isAnswer = message.role === "assistant" && index < messages.length - 1;
    if (isAnswer && previousResponseId == null) follows = link;
  }
  return { turn: answer === null ? null : fingerprint(link + canonicalJson(saidBy(answer))), follows };
}

/** What an answer and the message that an app later sends back of it have in common. */
function saidBy({ role, content, refusal, tool_calls, function_call }: Message): Json {
  const others = Array.isArray(content) ? content.filter((part) => !isObject(part) || part.type !== "text") : [];
  const text = fold(textOf(content)) || fold(textOf(refusal));
  return { role, text, others, calls: callsOf({ tool_calls, function_call }).map(callOf) };
}

function systemOf({ messages }: Conversation): Message[] {
  return messages.filter(isInstruction);
}

function isInstruction({ role }: Message): boolean {
  return role === "system" || role === "developer";
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
  const calls = callsOf({ tool_calls, function_call });
  if (text === "" && calls.length === 0) return null;
  return fingerprint(canonicalJson({ text, calls: calls.map(callOf) }));
}

function textOf(content: Json | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join(" ");
}

function callsOf({ tool_calls, function_call }: Pick<Message, "tool_calls" | "function_call">): Json[] {
  return [...(tool_calls ?? []), ...(isObject(function_call) ? [{ function: function_call }] : [])];
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
