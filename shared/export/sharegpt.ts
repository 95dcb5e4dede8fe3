/**
 * ShareGPT files as LLaMA-Factory reads them: SFT and eval `{conversations, system, tools}`, preference with
 * `conversations` up to the user's turn and `chosen`, `rejected`, KTO with `label` (its `kto_tag`).
 * dataset-info.ts says which column is which.
 *
 * - Turns: human or observation in odd places, gpt or function_call in even ones. So several answers of tools in a
 *   row, or two turns of one side, leave the row out.
 * - A turn is text or calls. `function_call` holds `{"name", "arguments"}`, for parallel calls a list of them;
 *   arguments are an object. The ids of calls are not kept: an observation always answers the turn before it.
 * - `tools` is JSON in a text: LLaMA-Factory looks up description and properties without asking whether they are
 *   there, so they are always written. `strict` is about decoding and goes.
 * - `system` and `tools` are "" where there are none: a column must be in every row.
 * - <image>, <video>, <audio> in a text stand for a file that is not there, and would stop the training.
 * - All assistant turns are learned unless `mask_history: true` is set.
 * Spec: https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md
 */
import type { CompletionExample, Example, KtoExample, PreferenceExample } from "../core/example.ts";
import type { Message } from "../core/exchange.ts";
import { isObject, type JsonObject } from "../core/json.ts";
import type { AssistantMessage, Tool, ToolCall } from "./chat.ts";
import { readAnswer } from "./conversation.ts";
import { type PlacedTurn, readDialogue, refuseName } from "./dialogue.ts";
import { type Reading, readAs, readEach, stopAt } from "./leave-out.ts";
import { holdsLoneSurrogate } from "./line.ts";
import { readText } from "./plain-text.ts";
import { readPair } from "./read-pair.ts";
import { readArguments } from "./tool-arguments.ts";

const PLACEHOLDERS = ["<image>", "<video>", "<audio>"];

export function sharegptCompletionRow(example: CompletionExample): Reading<JsonObject> {
  const prompt = writePrompt(example);
  if (!prompt.ok) return prompt;
  const answer = writeAnswer(example.completion, "completion");
  if (!answer.ok) return answer;
  const { turns, head } = prompt.value;
  return readAs({ conversations: [...turns, answer.value], ...head });
}

export function sharegptPreferenceRow(example: PreferenceExample): Reading<JsonObject> {
  const prompt = writePrompt(example);
  if (!prompt.ok) return prompt;
  const pair = readPair(example, writeAnswer);
  if (!pair.ok) return pair;
  const { chosen, rejected } = pair.value;
  const { turns, head } = prompt.value;
  return readAs({ conversations: turns, chosen, rejected, ...head });
}

export function sharegptKtoRow(example: KtoExample): Reading<JsonObject> {
  const prompt = writePrompt(example);
  if (!prompt.ok) return prompt;
  const answer = writeAnswer(example.completion, "completion");
  if (!answer.ok) return answer;
  const { turns, head } = prompt.value;
  return readAs({ conversations: [...turns, answer.value], label: example.label, ...head });
}

function writePrompt(example: Example): Reading<{ turns: JsonObject[]; head: JsonObject }> {
  const dialogue = readDialogue(example);
  if (!dialogue.ok) return dialogue;
  const { instruction, turns, tools } = dialogue.value;
  const system = instruction === null ? readAs("") : readText(instruction, "prompt[0].content");
  if (!system.ok) return system;
  const described = writeTools(tools);
  if (!described.ok) return described;
  if (holdsPlaceholder(system.value)) return stopAt("prompt[0].content", "text_reserved");
  if (holdsPlaceholder(described.value)) return stopAt("tools", "text_reserved");
  const written = readEach(turns, writeTurn);
  if (!written.ok) return written;
  return readAs({ turns: written.value, head: { system: system.value, tools: described.value } });
}

function writeAnswer(message: Message, where: string): Reading<JsonObject> {
  const answer = readAnswer(message, where);
  if (!answer.ok) return answer;
  const unnamed = refuseName(answer.value, where);
  return unnamed.ok ? writeAssistant(unnamed.value, where) : unnamed;
}

function writeTurn({ turn, where }: PlacedTurn): Reading<JsonObject> {
  if (turn.role === "assistant") return writeAssistant(turn, where);
  const text = readText(turn.content, `${where}.content`);
  if (!text.ok) return text;
  return writeValue({ from: turn.role === "tool" ? "observation" : "human", value: text.value, where });
}

function writeAssistant(message: AssistantMessage, where: string): Reading<JsonObject> {
  if (message.refusal !== null) return stopAt(`${where}.refusal`, "refusal");
  const text = message.content === null ? readAs("") : readText(message.content, `${where}.content`);
  if (!text.ok) return text;
  if (message.toolCalls.length === 0) return writeValue({ from: "gpt", value: text.value, where });
  if (text.value.trim() !== "") return stopAt(`${where}.content`, "call_with_text");
  const calls = readEach(message.toolCalls, (call, at) => writeCall(call, `${where}.tool_calls[${at}]`));
  if (!calls.ok) return calls;
  const value = JSON.stringify(calls.value.length === 1 ? calls.value[0] : calls.value);
  // LLaMA-Factory parses this text, and what it then holds must be Unicode too.
  if (holdsLoneSurrogate(value)) return stopAt(`${where}.tool_calls`, "text_not_unicode");
  return writeValue({ from: "function_call", value, where });
}

function writeCall(call: ToolCall, where: string): Reading<JsonObject> {
  const reading = readArguments(call.arguments, `${where}.function.arguments`);
  return reading.ok ? readAs({ name: call.name, arguments: reading.value }) : reading;
}

function writeValue({ from, value, where }: { from: string; value: string; where: string }): Reading<JsonObject> {
  return holdsPlaceholder(value) ? stopAt(where, "text_reserved") : readAs({ from, value });
}

function writeTools(tools: readonly Tool[]): Reading<string> {
  if (tools.length === 0) return readAs("");
  const written = readEach(tools, ({ name, description, parameters }, at): Reading<JsonObject> => {
    const schema = parameters ?? { type: "object", properties: {} };
    const { properties } = schema;
    const isReadable = isObject(properties) && Object.values(properties).every(isObject);
    if (!isReadable) return stopAt(`tools[${at}].function.parameters`, "tool_malformed");
    return readAs({ name, description: description ?? "", parameters: schema });
  });
  if (!written.ok) return written;
  const value = JSON.stringify(written.value);
  return holdsLoneSurrogate(value) ? stopAt("tools", "text_not_unicode") : readAs(value);
}

function holdsPlaceholder(text: string): boolean {
  return PLACEHOLDERS.some((placeholder) => text.includes(placeholder));
}
