/**
 * Reads the prompt and the answer of an example, and holds the rule of OpenAI's chat API on tools:
 * after an assistant message with calls come, at once, the tool messages that answer each of them.
 */
import type { Example } from "../core/example.ts";
import type { Message } from "../core/exchange.ts";
import type { AssistantMessage, ChatMessage, Tool } from "./chat.ts";
import { type Reading, readAs, readEach, stopAt } from "./leave-out.ts";
import { readMessage } from "./read-message.ts";
import { readTools } from "./read-tools.ts";

export interface Prompt {
  messages: ChatMessage[];
  tools: Tool[];
}

export function readPrompt(example: Example): Reading<Prompt> {
  const messages = readEach(example.prompt, (message, at) => readMessage(message, `prompt[${at}]`));
  if (!messages.ok) return messages;
  const last = messages.value.at(-1);
  if (last === undefined) return stopAt("prompt", "prompt_empty");
  const answered = nameToolAnswers(messages.value);
  if (!answered.ok) return answered;
  if (last.role === "assistant") return stopAt(`prompt[${messages.value.length - 1}]`, "prompt_ends_in_assistant");
  const tools = readTools(example.tools);
  return tools.ok ? readAs({ messages: answered.value, tools: tools.value }) : tools;
}

/** The message that is learned, preferred or rejected; its calls need no answer. */
export function readAnswer(message: Message, where: string): Reading<AssistantMessage> {
  if (message.role !== "assistant") return stopAt(`${where}.role`, "completion_not_assistant");
  const reading = readMessage(message, where);
  if (!reading.ok) return reading;
  const answer = reading.value;
  if (answer.role !== "assistant") return stopAt(`${where}.role`, "completion_not_assistant");
  return saysSomething(answer) ? readAs(answer) : stopAt(where, "completion_empty");
}

function saysSomething({ content, refusal, toolCalls }: AssistantMessage): boolean {
  if (toolCalls.length > 0 || refusal !== null) return true;
  if (content === null || typeof content === "string") return (content ?? "").trim() !== "";
  return content.some((part) => part.type !== "text" || part.text.trim() !== "");
}

function nameToolAnswers(messages: readonly ChatMessage[]): Reading<ChatMessage[]> {
  let open = new Map<string, string>();
  const reading = readEach(messages, (message, at): Reading<ChatMessage> => {
    const where = `prompt[${at}]`;
    if (message.role === "tool") {
      const functionName = open.get(message.toolCallId);
      open.delete(message.toolCallId);
      return functionName === undefined
        ? stopAt(`${where}.tool_call_id`, "tool_result_orphan")
        : readAs({ ...message, functionName });
    }
    if (open.size > 0) return stopAt(where, "tool_call_unanswered");
    if (message.role === "assistant") open = new Map(message.toolCalls.map((call) => [call.id, call.name]));
    return readAs(message);
  });
  return reading.ok && open.size > 0 ? stopAt("prompt", "tool_call_unanswered") : reading;
}
