/**
 * The conversation of a Responses call, in the shape of OpenAI's chat API: `instructions` and `input` as messages, the
 * tools that are offered, `output` as one answer.
 * https://platform.openai.com/docs/api-reference/responses/create
 */
import type { Message } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readCallOutput } from "./openai-responses-calls.ts";
import { readParts } from "./openai-responses-parts.ts";
import { AssistantTurn } from "./openai-responses-turn.ts";
import { readName } from "./parse-bounded.ts";
import type { Bodies, Conversation } from "./wire-format.ts";

export function readResponseConversation({ request, response }: Bodies): Conversation {
  const asked = isObject(request) ? request : {};
  const answered = isObject(response) ? response : {};
  return {
    messages: [...readInstructions(asked, answered), ...readInput(asked.input)],
    tools: readTools(asked),
    answer: readAnswer(answered.output),
    previousResponseId: readName(asked.previous_response_id) ?? readName(answered.previous_response_id),
    conversationId: readConversationId(asked.conversation) ?? readConversationId(answered.conversation),
  };
}

/**
 * What an instruction comes to is a developer message (https://platform.openai.com/docs/guides/text). A prompt that
 * OpenAI keeps for the app is told by its id only; the response shows it written out, its variables filled in.
 */
function readInstructions({ instructions, prompt }: JsonObject, answered: JsonObject): Message[] {
  if (instructions || !isObject(prompt)) return readInput(instructions || null, "developer");
  const shown = readInput(answered.instructions, "developer");
  const { id, version } = prompt;
  return shown.length > 0 ? shown : [{ role: "developer", content: [{ type: "prompt", id, version }] }];
}

/** These say nothing to the model that a message could hold; tools are read by readTools. */
const SILENT: ReadonlySet<Json | undefined> = new Set([
  "additional_tools",
  "configuration_update",
  "compaction_trigger",
]);

function readInput(input: Json | undefined, roleByDefault = "user"): Message[] {
  if (typeof input === "string") return [{ role: roleByDefault, content: input }];
  if (!Array.isArray(input)) return [];
  const messages: Message[] = [];
  let turn = new AssistantTurn();
  const endTurn = (next: Message | null) => {
    const said = turn.finish();
    if (said !== null) messages.push(said);
    if (next !== null) messages.push(next);
    turn = new AssistantTurn();
  };
  for (const item of input) {
    if (!isObject(item) || SILENT.has(item.type)) continue;
    const message = readCallOutput(item) ?? readMessage(item);
    if (message !== null) endTurn(message);
    else turn.add(item);
  }
  endTurn(null);
  return messages;
}

/** A message of anyone but the model; null for every other item. */
function readMessage(item: JsonObject): Message | null {
  const { type, id: _id, status: _status, phase: _phase, ...fields } = item;
  const role = readName(fields.role);
  if ((type ?? "message") !== "message" || role === null || role === "assistant") return null;
  const { content } = fields;
  return { ...fields, role, ...(Array.isArray(content) ? { content: readParts(content) } : {}) };
}

/** null before the first item. What OpenAI itself answered to a call of its own stays among the items. */
function readAnswer(output: Json | undefined): Message | null {
  const items = Array.isArray(output) ? output.filter((item) => isObject(item)) : [];
  if (items.length === 0) return null;
  const turn = new AssistantTurn();
  for (const item of items) turn.add(item);
  return turn.finish() ?? { role: "assistant", content: null };
}

function readConversationId(conversation: Json | undefined): string | null {
  return readName(isObject(conversation) ? conversation.id : conversation);
}

/** Chat has functions and custom tools, each in a field of its own; what else is offered stays as it came. */
function readTools({ tools, input }: JsonObject): Json {
  const later = Array.isArray(input) ? input.filter((item) => isObject(item) && item.type === "additional_tools") : [];
  const lists = [tools, ...later.map((item) => (isObject(item) ? item.tools : null))];
  const offered = lists.filter((list) => Array.isArray(list)).flat();
  return offered.length === 0 ? null : offered.map(readTool);
}

function readTool(tool: Json): Json {
  if (!isObject(tool) || isObject(tool.function) || isObject(tool.custom)) return tool;
  const { type, name, description, parameters, strict, format, ...rest } = tool;
  if (type === "function") return { type, function: { name, description, parameters, strict }, ...rest };
  return type === "custom" ? { type, custom: { name, description, format }, ...rest } : tool;
}
