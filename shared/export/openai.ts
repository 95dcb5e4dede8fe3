/**
 * OpenAI's fine-tuning files: SFT and eval `{messages, tools?}`, DPO `{input: {messages, tools?},
 * preferred_output: [m], non_preferred_output: [m]}`. `parallel_tool_calls` is legal too, but an
 * example does not know it, so it is never written.
 *
 * OpenAI trains on every assistant message of a line unless its `weight` is 0. What we know to be
 * good is the completion alone, so the assistant messages before it bear weight 0.
 * Spec: https://platform.openai.com/docs/guides/supervised-fine-tuning
 *       https://platform.openai.com/docs/guides/direct-preference-optimization (text only)
 */
import type { CompletionExample, PreferenceExample } from "../core/example.ts";
import type { JsonObject } from "../core/json.ts";
import type { AssistantMessage, ChatMessage, ToolCall } from "./chat.ts";
import { type Prompt, readAnswer, readPrompt } from "./conversation.ts";
import { type Reading, readAs, stopAt } from "./leave-out.ts";
import { writeTools } from "./write-tools.ts";

const FUNCTION_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
/** Of who speaks; other providers take any. */
const SPEAKER_NAME = /^[^\s<|\\/>]{1,64}$/;
/** https://platform.openai.com/docs/guides/vision-fine-tuning */
const IMAGES_MAX = 10;

export function openaiCompletionRow(example: CompletionExample): Reading<JsonObject> {
  const prompt = readPrompt(example);
  if (!prompt.ok) return prompt;
  const answer = readAnswer(example.completion, "completion");
  if (!answer.ok) return answer;
  const names = checkNames(prompt.value, [answer.value]);
  if (!names.ok) return names;
  const images = prompt.value.messages.reduce((count, message) => count + imagesIn(message), 0);
  if (images > IMAGES_MAX) return stopAt("prompt", "too_long");
  const history = prompt.value.messages.map((message) =>
    message.role === "assistant" ? { ...writeAssistant(message), weight: 0 } : writeMessage(message),
  );
  return readAs({ messages: [...history, writeAssistant(answer.value)], ...writeTools(prompt.value.tools) });
}

export function openaiPreferenceRow(example: PreferenceExample): Reading<JsonObject> {
  const prompt = readPrompt(example);
  if (!prompt.ok) return prompt;
  const chosen = readAnswer(example.chosen, "chosen");
  if (!chosen.ok) return chosen;
  const rejected = readAnswer(example.rejected, "rejected");
  if (!rejected.ok) return rejected;
  const names = checkNames(prompt.value, [chosen.value, rejected.value]);
  if (!names.ok) return names;
  const image = prompt.value.messages.findIndex((message) => imagesIn(message) > 0);
  if (image >= 0) return stopAt(`prompt[${image}].content`, "image");
  const preferred = writeAssistant(chosen.value);
  const nonPreferred = writeAssistant(rejected.value);
  if (JSON.stringify(preferred) === JSON.stringify(nonPreferred)) return stopAt("rejected", "pair_identical");
  return readAs({
    input: { messages: prompt.value.messages.map(writeMessage), ...writeTools(prompt.value.tools) },
    preferred_output: [preferred],
    non_preferred_output: [nonPreferred],
  });
}

/** Other providers allow dots, colons and spaces in names; OpenAI refuses the file. */
function checkNames({ messages, tools }: Prompt, answers: readonly AssistantMessage[]): Reading<true> {
  const tool = tools.findIndex(({ name }) => !FUNCTION_NAME.test(name));
  if (tool >= 0) return stopAt(`tools[${tool}].function.name`, "function_name_invalid");
  const all = [...messages, ...answers];
  const speaker = all.find((message) => "name" in message && message.name !== null && !SPEAKER_NAME.test(message.name));
  if (speaker !== undefined) return stopAt(`${speaker.role}.name`, "name");
  const calls = all.flatMap((message) => (message.role === "assistant" ? message.toolCalls : []));
  const valid = calls.every(({ name }) => FUNCTION_NAME.test(name));
  return valid ? readAs(true) : stopAt("tool_calls", "function_name_invalid");
}

function imagesIn({ content }: ChatMessage): number {
  return Array.isArray(content) ? content.filter((part) => part.type === "image_url").length : 0;
}

function writeMessage(message: ChatMessage): JsonObject {
  if (message.role === "assistant") return writeAssistant(message);
  if (message.role === "tool") {
    return { role: message.role, tool_call_id: message.toolCallId, content: message.content };
  }
  return { role: message.role, ...(message.name !== null && { name: message.name }), content: message.content };
}

/** Content that is null is left away, as in OpenAI's own files; conversation.ts saw to it that there are calls. */
function writeAssistant({ name, content, refusal, toolCalls }: AssistantMessage): JsonObject {
  return {
    role: "assistant",
    ...(name !== null && { name }),
    ...(content !== null && { content }),
    ...(refusal !== null && { refusal }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(writeToolCall) }),
  };
}

function writeToolCall(call: ToolCall): JsonObject {
  return { id: call.id, type: "function", function: { name: call.name, arguments: call.arguments } };
}
