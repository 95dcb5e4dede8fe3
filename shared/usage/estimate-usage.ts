/**
 * What a call used, where its provider did not say: counted by a real tokenizer, and marked as estimated. Text alone is
 * counted; images and audio are not, and neither is what a provider adds of its own. For models with another vocabulary
 * than OpenAI's it is off by some ten or twenty percent.
 */
import type { Message, Usage } from "../core/exchange.ts";
import { isObject, type Json } from "../core/json.ts";
import { countTools } from "./count-tools.ts";

export interface Countable {
  messages: readonly Message[];
  tools: Json;
  /** One for each choice. */
  answers: readonly Message[];
}

/** Of every message's frame and of the answer's beginning (https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken_for_chat_models). */
const TOKENS_A_MESSAGE = 3;
/** Of a tool call beside its name and arguments; of several at once a frame in addition. Seen in recorded answers of gpt-4o. */
const TOKENS_A_CALL = 7;
const TOKENS_OF_PARALLEL_CALLS = 17;
/**
 * A tokenizer takes a word apart in time that grows with the square of its length: longer ones are cut, at one token more
 * for each cut.
 */
const WORD_CHARS_MAX = 256;
const LONG_WORD = new RegExp(`\\S{${WORD_CHARS_MAX}}`, "g");

/** @param countTokens of one text without words longer than WORD_CHARS_MAX */
export function estimateUsage(call: Countable, countTokens: (text: string) => number): Usage {
  const count = (text: string) => (text === "" ? 0 : countTokens(text.replace(LONG_WORD, "$& ")));
  const ofMessage = (message: Message) =>
    textsOf(message).reduce((sum, text) => sum + count(text), frameOfCalls(message));
  const tools = countTools(call.tools, count);
  const asked = call.messages.reduce((sum, message) => sum + ofMessage(message) + TOKENS_A_MESSAGE, TOKENS_A_MESSAGE);
  return {
    inputTokens: asked + tools,
    outputTokens: call.answers.reduce((sum, answer) => sum + ofMessage(answer), 0),
    cachedInputTokens: 0,
    reasoningTokens: call.answers.reduce((sum, answer) => sum + count(reasoningOf(answer)), 0),
    estimated: true,
  };
}

/** All that a model reads or writes of a message. */
function textsOf(message: Message): string[] {
  return [contentOf(message.content), reasoningOf(message), textOrNothing(message.refusal), ...callsOf(message)];
}

function contentOf(content: Json | undefined): string {
  if (!Array.isArray(content)) return textOrNothing(content);
  return content.map((part) => (isObject(part) ? textOrNothing(part.text) : "")).join("\n");
}

function reasoningOf(message: Message): string {
  return textOrNothing(message.reasoning_content) || textOrNothing(message.reasoning);
}

function callsOf({ tool_calls }: Message): string[] {
  return (tool_calls ?? []).map((call) => {
    if (!isObject(call)) return "";
    const { function: called, custom } = call;
    if (isObject(custom)) return `${textOrNothing(custom.name)} ${textOrNothing(custom.input)}`;
    return isObject(called) ? `${textOrNothing(called.name)} ${textOrNothing(called.arguments)}` : "";
  });
}

function frameOfCalls({ tool_calls }: Message): number {
  const calls = tool_calls?.length ?? 0;
  return calls * TOKENS_A_CALL + (calls > 1 ? TOKENS_OF_PARALLEL_CALLS : 0);
}

function textOrNothing(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
