/**
 * TRL's conversational files: SFT and eval `{messages, tools?}`, DPO `{prompt, chosen, rejected, tools?}`,
 * KTO `{prompt, completion, label, tools?}`, each side a list of messages.
 *
 * Where it differs from OpenAI's shape, and what we do:
 * - `arguments` is an object. Text that is no JSON object, or would change, leaves the row out.
 * - developer is written as system: OpenAI documents the two as the same instruction under a newer name,
 *   and chat templates know system alone.
 * - Content is text. A list of text parts is joined without a separator, which is what the templates that
 *   take lists do; images (TRL wants them decoded, in a column of their own) and refusals leave the row out.
 * - A tool message names its function, as in TRL's documentation.
 * - `tools` goes with preference and KTO rows as well: DPOTrainer and KTOTrainer render that column, and without
 *   it they would learn calls to tools that nobody offered (https://github.com/huggingface/trl/pull/6259).
 * - There is no weight: SFTTrainer learns the assistant messages of the history too.
 * Spec: https://huggingface.co/docs/trl/dataset_formats
 */
import type { CompletionExample, Example, KtoExample, PreferenceExample } from "../core/example.ts";
import type { Message } from "../core/exchange.ts";
import type { JsonObject } from "../core/json.ts";
import type { AssistantMessage, ChatMessage, ToolCall } from "./chat.ts";
import { readAnswer, readPrompt } from "./conversation.ts";
import { type Reading, readAs, readEach, stopAt } from "./leave-out.ts";
import { readText } from "./plain-text.ts";
import { readPair } from "./read-pair.ts";
import { readArguments } from "./tool-arguments.ts";
import { writeTools } from "./write-tools.ts";

export function trlCompletionRow(example: CompletionExample): Reading<JsonObject> {
  const prompt = writePrompt(example);
  if (!prompt.ok) return prompt;
  const completion = writeAnswer(example.completion, "completion");
  if (!completion.ok) return completion;
  return readAs({ messages: [...prompt.value.messages, completion.value], ...prompt.value.tools });
}

export function trlPreferenceRow(example: PreferenceExample): Reading<JsonObject> {
  const prompt = writePrompt(example);
  if (!prompt.ok) return prompt;
  const pair = readPair(example, writeAnswer);
  if (!pair.ok) return pair;
  const { chosen, rejected } = pair.value;
  const { messages, tools } = prompt.value;
  return readAs({ prompt: messages, chosen: [chosen], rejected: [rejected], ...tools });
}

export function trlKtoRow(example: KtoExample): Reading<JsonObject> {
  const prompt = writePrompt(example);
  if (!prompt.ok) return prompt;
  const completion = writeAnswer(example.completion, "completion");
  if (!completion.ok) return completion;
  const { messages, tools } = prompt.value;
  return readAs({ prompt: messages, completion: [completion.value], label: example.label, ...tools });
}

function writePrompt(example: Example): Reading<{ messages: JsonObject[]; tools: JsonObject }> {
  const prompt = readPrompt(example);
  if (!prompt.ok) return prompt;
  const messages = readEach(prompt.value.messages, (message, at) => writeMessage(message, `prompt[${at}]`));
  return messages.ok ? readAs({ messages: messages.value, tools: writeTools(prompt.value.tools) }) : messages;
}

function writeAnswer(message: Message, where: string): Reading<JsonObject> {
  const answer = readAnswer(message, where);
  return answer.ok ? writeAssistant(answer.value, where) : answer;
}

function writeMessage(message: ChatMessage, where: string): Reading<JsonObject> {
  if (message.role === "assistant") return writeAssistant(message, where);
  const content = readText(message.content, `${where}.content`);
  if (!content.ok) return content;
  if (message.role === "tool") {
    const { functionName, toolCallId } = message;
    return readAs({ role: "tool", name: functionName, tool_call_id: toolCallId, content: content.value });
  }
  const role = message.role === "developer" ? "system" : message.role;
  return readAs({ role, ...(message.name !== null && { name: message.name }), content: content.value });
}

/** Content that is null is left away: some templates would print it as "None". */
function writeAssistant(message: AssistantMessage, where: string): Reading<JsonObject> {
  if (message.refusal !== null) return stopAt(`${where}.refusal`, "refusal");
  const content = message.content === null ? null : readText(message.content, `${where}.content`);
  if (content !== null && !content.ok) return content;
  const calls = readEach(message.toolCalls, (call, at) => writeToolCall(call, `${where}.tool_calls[${at}]`));
  if (!calls.ok) return calls;
  return readAs({
    role: "assistant",
    ...(message.name !== null && { name: message.name }),
    ...(content !== null && { content: content.value }),
    ...(calls.value.length > 0 && { tool_calls: calls.value }),
  });
}

function writeToolCall({ id, name, arguments: text }: ToolCall, where: string): Reading<JsonObject> {
  const reading = readArguments(text, `${where}.function.arguments`);
  return reading.ok ? readAs({ id, type: "function", function: { name, arguments: reading.value } }) : reading;
}
