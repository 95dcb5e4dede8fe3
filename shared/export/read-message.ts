/**
 * Reads one message of an example. `audio` and `function_call` carry part of the answer in a way
 * that no format takes, so such a row is left out; what may be dropped is in extra-fields.ts.
 */
import type { Message } from "../core/exchange.ts";
import type { Json } from "../core/json.ts";
import { type AssistantMessage, type ChatMessage, type Content, ROLES, type Role } from "./chat.ts";
import { foreignField, saysNothing } from "./extra-fields.ts";
import { type Reading, readAs, stopAt } from "./leave-out.ts";
import { readContent } from "./read-content.ts";
import { readToolCalls } from "./read-tools.ts";

const CARRIED: Record<Role, readonly string[]> = {
  system: ["role", "content", "name"],
  developer: ["role", "content", "name"],
  user: ["role", "content", "name"],
  assistant: ["role", "content", "refusal", "name", "tool_calls"],
  // Older code repeats the function's name here; the call that is answered has it too.
  tool: ["role", "content", "tool_call_id", "name"],
};

/** A tool message comes back without its function's name: that stands in an earlier message. */
export function readMessage(message: Message, where: string): Reading<ChatMessage> {
  const role = ROLES.find((known) => known === message.role);
  if (message.role === "function") return stopAt(`${where}.role`, "function_call");
  if (role === undefined) return stopAt(`${where}.role`, "role_unknown");
  const fields = checkFields({ message, role, where });
  if (!fields.ok) return fields;
  const content = readContent(message.content, { where: `${where}.content`, role });
  if (!content.ok) return content;
  if (role === "assistant") return readAssistant({ message, content: content.value, where });
  if (content.value === null) return stopAt(`${where}.content`, "content_missing");
  if (role !== "tool") return readAs({ role, name: textOrNull(message.name), content: content.value });
  const toolCallId = textOrNull(message.tool_call_id);
  if (toolCallId === null) return stopAt(`${where}.tool_call_id`, "tool_result_orphan");
  return readAs({ role, toolCallId, functionName: "", content: content.value });
}

function checkFields({ message, role, where }: { message: Message; role: Role; where: string }): Reading<true> {
  if (!saysNothing(message.audio)) return stopAt(`${where}.audio`, "audio");
  if (!saysNothing(message.images)) return stopAt(`${where}.images`, "image");
  if (!saysNothing(message.function_call)) return stopAt(`${where}.function_call`, "function_call");
  const foreign = foreignField(message, CARRIED[role]) ?? ["name", "refusal"].find((field) => isOdd(message[field]));
  return foreign === undefined ? readAs(true) : stopAt(`${where}.${foreign}`, "field_unknown");
}

function readAssistant(options: {
  message: Message;
  content: Content | null;
  where: string;
}): Reading<AssistantMessage> {
  const { message, content, where } = options;
  const calls = readToolCalls(message.tool_calls, `${where}.tool_calls`);
  if (!calls.ok) return calls;
  const refusal = textOrNull(message.refusal);
  // OpenAI asks for content wherever there are no calls, so a refusal cannot stand alone.
  if (content === null && calls.value.length === 0) {
    return stopAt(`${where}.content`, refusal === null ? "content_missing" : "refusal");
  }
  return readAs({ role: "assistant", name: textOrNull(message.name), content, refusal, toolCalls: calls.value });
}

function isOdd(value: Json | undefined): boolean {
  return typeof value !== "string" && !saysNothing(value);
}

function textOrNull(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
