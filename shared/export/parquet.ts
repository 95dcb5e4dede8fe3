/**
 * Rows of the Parquet files: TRL's dialogues, and beside each the row's provenance, since columns that a trainer
 * does not know do it no harm. parquet-columns.ts has the columns, parquet-file.ts makes the bytes.
 *
 * - `arguments` stays the text that the model wrote: a struct of all arguments of all tools would fill every call
 *   with the nulls of the others. Parse it before a chat template that wants an object. `tools` is a text likewise;
 *   TRL parses that one itself.
 * - Content is text; images and refusals leave the row out. developer is written as system, as for TRL.
 * - A field that a message lacks is null: a column has every field in every row.
 */
import type { CompletionExample, Example, KtoExample, PreferenceExample } from "../core/example.ts";
import type { Message } from "../core/exchange.ts";
import type { JsonObject } from "../core/json.ts";
import type { ChatMessage, ToolCall } from "./chat.ts";
import { readAnswer, readPrompt } from "./conversation.ts";
import { type Reading, readAs, readEach, stopAt } from "./leave-out.ts";
import { holdsLoneSurrogate } from "./line.ts";
import { readText } from "./plain-text.ts";
import { readPair } from "./read-pair.ts";
import { writeTools } from "./write-tools.ts";

export function parquetCompletionRow(example: CompletionExample): Reading<JsonObject> {
  const prompt = writePrompt(example);
  if (!prompt.ok) return prompt;
  const completion = writeAnswer(example.completion, "completion");
  if (!completion.ok) return completion;
  const { messages, tools } = prompt.value;
  return readAs({ ...writeIds(example), messages: [...messages, completion.value], tools, ...writeOrigin(example) });
}

export function parquetPreferenceRow(example: PreferenceExample): Reading<JsonObject> {
  const prompt = writePrompt(example);
  if (!prompt.ok) return prompt;
  const pair = readPair(example, writeAnswer);
  if (!pair.ok) return pair;
  const { chosen, rejected } = pair.value;
  const { messages, tools } = prompt.value;
  const sides = { prompt: messages, chosen: [chosen], rejected: [rejected] };
  return readAs({ ...writeIds(example), ...sides, tools, ...writeOrigin(example) });
}

export function parquetKtoRow(example: KtoExample): Reading<JsonObject> {
  const prompt = writePrompt(example);
  if (!prompt.ok) return prompt;
  const completion = writeAnswer(example.completion, "completion");
  if (!completion.ok) return completion;
  const { messages, tools } = prompt.value;
  const labelled = { prompt: messages, completion: [completion.value], label: example.label };
  return readAs({ ...writeIds(example), ...labelled, tools, ...writeOrigin(example) });
}

function writeIds(example: Example): JsonObject {
  return { example_id: example.id, exchange_id: example.provenance.exchangeId };
}

function writeOrigin({ provenance }: Example): JsonObject {
  const { lineage } = provenance;
  return {
    at: provenance.at,
    model: provenance.model,
    template: provenance.template,
    stratum: provenance.stratum,
    inclusion_probability: provenance.inclusionProbability,
    p_good: provenance.pGood,
    because: provenance.because,
    lineage_origin: lineage.origin,
    lineage_model: lineage.origin === "model" ? lineage.model : null,
  };
}

function writePrompt(example: Example): Reading<{ messages: JsonObject[]; tools: string | null }> {
  const prompt = readPrompt(example);
  if (!prompt.ok) return prompt;
  const messages = readEach(prompt.value.messages, (message, at) => writeMessage(message, `prompt[${at}]`));
  if (!messages.ok) return messages;
  const { tools } = writeTools(prompt.value.tools);
  if (tools === undefined) return readAs({ messages: messages.value, tools: null });
  const text = JSON.stringify(tools);
  return holdsLoneSurrogate(text)
    ? stopAt("tools", "text_not_unicode")
    : readAs({ messages: messages.value, tools: text });
}

function writeAnswer(message: Message, where: string): Reading<JsonObject> {
  const answer = readAnswer(message, where);
  return answer.ok ? writeMessage(answer.value, where) : answer;
}

function writeMessage(message: ChatMessage, where: string): Reading<JsonObject> {
  if (message.role === "assistant" && message.refusal !== null) return stopAt(`${where}.refusal`, "refusal");
  const content = message.content === null ? readAs(null) : readText(message.content, `${where}.content`);
  if (!content.ok) return content;
  const calls = message.role === "assistant" ? message.toolCalls : [];
  return readAs({
    role: message.role === "developer" ? "system" : message.role,
    content: content.value,
    name: message.role === "tool" ? message.functionName : message.name,
    tool_calls: calls.length === 0 ? null : calls.map(writeCall),
    tool_call_id: message.role === "tool" ? message.toolCallId : null,
  });
}

function writeCall({ id, name, arguments: text }: ToolCall): JsonObject {
  return { id, type: "function", function: { name, arguments: text } };
}
