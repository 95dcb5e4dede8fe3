/**
 * Tool calls among the items of the Responses API, and what the app answers to them, in the shape of OpenAI's chat API.
 *
 * A call that the app runs becomes a tool call. The tools that OpenAI defines and the app runs (shell, apply_patch,
 * computer, tool_search) have no place in chat; they become calls of a custom tool of that name, with what is to be
 * done as JSON. A call that OpenAI runs itself (web search, code interpreter, MCP …) is none of these.
 */

import type { Message } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readParts } from "./openai-responses-parts.ts";

/** The field that says what is to be done. */
const OWN_TOOLS: ReadonlyMap<Json | undefined, string> = new Map([
  ["shell_call", "action"],
  ["local_shell_call", "action"],
  ["apply_patch_call", "operation"],
  ["computer_call", "action"],
  ["tool_search_call", "arguments"],
]);

const OUTPUTS: ReadonlySet<Json | undefined> = new Set([
  "function_call_output",
  "custom_tool_call_output",
  "shell_call_output",
  "local_shell_call_output",
  "apply_patch_call_output",
  "computer_call_output",
  "tool_search_output",
]);

/** null where the item is no call, or OpenAI runs it. */
export function readCall(item: JsonObject): JsonObject | null {
  const { type, id, call_id, status: _status, created_by: _createdBy, ...fields } = item;
  const callId = call_id ?? id ?? null;
  if (type === "function_call") {
    const { name, arguments: args, ...rest } = fields;
    return { id: callId, type: "function", function: { name: name ?? null, arguments: textOf(args) }, ...said(rest) };
  }
  if (type === "custom_tool_call") {
    const { name, input, ...rest } = fields;
    return { id: callId, type: "custom", custom: { name: name ?? null, input: textOf(input) }, ...said(rest) };
  }
  const field = OWN_TOOLS.get(type);
  if (field === undefined || typeof type !== "string" || isRunByOpenAi(item)) return null;
  const input = textOf(item.actions ?? item[field]); // `actions` is what newer computer calls have
  return { id: callId, type: "custom", custom: { name: type.replace(/_call$/, ""), input } };
}

/** The message that answers a call; null where the item is none. */
export function readCallOutput(item: JsonObject): Message | null {
  const { type, call_id, id, output, tools } = item;
  if (!OUTPUTS.has(type) || isRunByOpenAi(item)) return null;
  const content = type === "tool_search_output" ? textOf(tools) : contentOf(output);
  // A local shell's output has the call's id as its own.
  return { role: "tool", tool_call_id: call_id ?? id ?? null, content };
}

/** `namespace`, `caller` and what else there may come; a call of the model's own is the rule and says nothing. */
function said({ caller, ...rest }: JsonObject): JsonObject {
  return isObject(caller) && caller.type !== "direct" ? { ...rest, caller } : rest;
}

function isRunByOpenAi({ type, execution, environment }: JsonObject): boolean {
  if (type === "tool_search_call" || type === "tool_search_output") return execution !== "client";
  return isObject(environment) && environment.type === "container_reference";
}

/** Text or parts; the results of shell commands are neither, and become JSON. */
function contentOf(output: Json | undefined): Json {
  const parts = isObject(output) ? [output] : output;
  const isParts = Array.isArray(parts) && parts.every((part) => isObject(part) && typeof part.type === "string");
  return isParts ? readParts(parts) : textOf(output);
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
