/**
 * The conversation of a Messages call, in the shape of OpenAI's chat API: `system` and `messages`, the tools that are
 * offered, the answer.
 */
import type { Message } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readParts } from "./anthropic-parts.ts";
import { readTurn } from "./anthropic-turn.ts";
import { readName } from "./parse-bounded.ts";
import type { Bodies, Conversation } from "./wire-format.ts";

export function readMessagesConversation({ request, response }: Bodies): Conversation {
  const asked = isObject(request) ? request : {};
  const answered = isObject(response) ? response : {};
  const sent = Array.isArray(asked.messages) ? asked.messages : [];
  return {
    messages: [...readSystem(asked.system), ...sent.flatMap(readMessage)],
    tools: readTools(asked.tools),
    answer: Array.isArray(answered.content) ? readTurn(answered.content) : null,
  };
}

function readSystem(system: Json | undefined): Message[] {
  if (typeof system === "string" && system !== "") return [{ role: "system", content: system }];
  return Array.isArray(system) && system.length > 0 ? [{ role: "system", content: readParts(system) }] : [];
}

function readMessage(message: Json): Message[] {
  if (!isObject(message)) return [];
  const { content } = message;
  const role = readName(message.role);
  if (role === null) return [];
  if (!Array.isArray(content)) return [{ role, content: content ?? null }];
  return role === "assistant" ? [readTurn(content)] : readSent(role, content);
}

/** Results of tools are messages of their own in chat; what stands between two of them stays there. */
function readSent(role: string, content: readonly Json[]): Message[] {
  const messages: Message[] = [];
  let pending: Json[] = [];
  const flush = () => {
    if (pending.length > 0) messages.push({ role, content: readParts(pending) });
    pending = [];
  };
  for (const block of content) {
    if (isObject(block) && block.type === "tool_result") {
      flush();
      messages.push(readResult(block));
    } else pending.push(block);
  }
  flush();
  return messages;
}

function readResult({ tool_use_id, content, is_error }: JsonObject): Message {
  const said = Array.isArray(content) ? readParts(content) : (content ?? "");
  const result = { role: "tool", tool_call_id: tool_use_id ?? null, content: said };
  return is_error === true ? { ...result, is_error } : result;
}

/** A tool that the app runs is a function; one that Anthropic defines stays as it came. */
function readTools(tools: Json | undefined): Json {
  if (!Array.isArray(tools) || tools.length === 0) return null;
  return tools.map((tool) => {
    if (!isObject(tool) || !isObject(tool.input_schema)) return tool;
    const { type: _type, name, description, input_schema, strict, cache_control: _mark, ...rest } = tool;
    return { type: "function", function: { name, description, parameters: input_schema, strict }, ...rest };
  });
}
