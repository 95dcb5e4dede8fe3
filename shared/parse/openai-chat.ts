/**
 * OpenAI's chat completions, spoken by most other providers too (Groq, OpenRouter, Mistral, Cerebras, vLLM …).
 * https://platform.openai.com/docs/api-reference/chat
 */
import type { Message } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readDeployment } from "./azure-path.ts";
import { reassembleChatStream } from "./openai-chat-stream.ts";
import { readChatTokens } from "./openai-chat-tokens.ts";
import { readName } from "./parse-bounded.ts";
import type { Bodies, Call, Conversation, Facts, WireFormat } from "./wire-format.ts";

export const openAiChat: WireFormat = {
  understands,
  reassemble: reassembleChatStream,
  readFacts,
  readConversation,
  modelInPath: readDeployment,
};

/** By its path whatever the provider's own format is: Google and Anthropic offer this API beside theirs. */
function understands({ format, path }: Call): boolean {
  return format !== "raw" && /\/chat\/completions\/?$/.test(path);
}

function readFacts(response: Json): Facts {
  if (!isObject(response)) return { model: null, responseId: null, finishReason: null, tokens: null };
  return {
    model: readName(response.model),
    responseId: readName(response.id),
    finishReason: readName(firstChoice(response)?.finish_reason),
    tokens: readChatTokens(response),
  };
}

function readConversation({ request, response }: Bodies): Conversation {
  const fields = isObject(request) ? request : {};
  const sent = Array.isArray(fields.messages) ? fields.messages : [];
  const answer = isObject(response) ? firstChoice(response)?.message : undefined;
  return {
    messages: sent.map((message) => readMessage(message)).filter((message) => message !== null),
    tools: readTools(fields),
    answer: readMessage(answer, "assistant"),
  };
}

function firstChoice(response: JsonObject): JsonObject | undefined {
  const choice = Array.isArray(response.choices) ? response.choices[0] : undefined;
  return isObject(choice) ? choice : undefined;
}

function readMessage(value: Json | undefined, roleByDefault?: string): Message | null {
  if (!isObject(value)) return null;
  const role = readName(value.role) ?? roleByDefault;
  if (role === undefined) return null;
  const { tool_calls, ...fields } = value;
  return { ...fields, role, ...(Array.isArray(tool_calls) ? { tool_calls } : {}) };
}

/** `functions` is what tools were called until 2023, and some apps still send it. */
function readTools({ tools, functions }: JsonObject): Json {
  const offered = [tools, functions].filter((list) => Array.isArray(list)).flat();
  return offered.length === 0 ? null : offered;
}
