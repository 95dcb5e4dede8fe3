/**
 * A conversation as the writers see it: OpenAI's chat shape with every field known, every extra
 * gone. Made by conversation.ts from the loose messages of an example; formats write from this
 * and never look at the loose messages themselves.
 * Spec: https://platform.openai.com/docs/api-reference/chat/create
 */
import type { JsonObject } from "../core/json.ts";

export const ROLES = ["system", "developer", "user", "assistant", "tool"] as const;
export type Role = (typeof ROLES)[number];

export type TextPart = { type: "text"; text: string };
export type RefusalPart = { type: "refusal"; refusal: string };
export type ImagePart = { type: "image_url"; image_url: { url: string; detail?: string } };
export type Part = TextPart | RefusalPart | ImagePart;

/** A list is never empty. Images stand in user messages only, refusals in assistant messages only. */
export type Content = string | Part[];

export interface InstructionMessage {
  role: "system" | "developer";
  name: string | null;
  content: Content;
}

export interface UserMessage {
  role: "user";
  name: string | null;
  content: Content;
}

/** Has content, or calls, or both. */
export interface AssistantMessage {
  role: "assistant";
  name: string | null;
  content: Content | null;
  refusal: string | null;
  toolCalls: ToolCall[];
}

export interface ToolMessage {
  role: "tool";
  toolCallId: string;
  /** Of the call that it answers. */
  functionName: string;
  content: Content;
}

export type ChatMessage = InstructionMessage | UserMessage | AssistantMessage | ToolMessage;

export interface ToolCall {
  id: string;
  name: string;
  /** As the model wrote it: JSON by intention, not by proof. */
  arguments: string;
}

export interface Tool {
  name: string;
  description: string | null;
  /** JSON Schema; its key order is kept, since the model reads it in that order. */
  parameters: JsonObject | null;
  strict: boolean | null;
}
