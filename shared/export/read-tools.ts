/** Reads tools and tool calls: functions only, since no sink learns hosted or custom tools. */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { Tool, ToolCall } from "./chat.ts";
import { foreignField, saysNothing } from "./extra-fields.ts";
import { type Reading, readAs, readEach, stopAt } from "./leave-out.ts";

export function readTools(tools: readonly Json[] | null): Reading<Tool[]> {
  return readEach(tools ?? [], (tool, at) => readTool(tool, `tools[${at}]`));
}

function readTool(tool: Json, where: string): Reading<Tool> {
  if (!isObject(tool)) return stopAt(where, "tool_malformed");
  if (tool.type !== "function") return stopAt(`${where}.type`, "tool_not_function");
  const definition = tool.function;
  if (!isObject(definition)) return stopAt(`${where}.function`, "tool_malformed");
  const foreign =
    foreignField(tool, ["type", "function"]) ??
    foreignField(definition, ["name", "description", "parameters", "strict"]);
  if (foreign !== undefined) return stopAt(`${where}.${foreign}`, "field_unknown");
  return readDefinition(definition, `${where}.function`);
}

function readDefinition(definition: JsonObject, where: string): Reading<Tool> {
  const { name, description = null, parameters = null, strict = null } = definition;
  if (typeof name !== "string" || name === "") return stopAt(`${where}.name`, "tool_malformed");
  if (description !== null && typeof description !== "string") return stopAt(`${where}.description`, "tool_malformed");
  if (parameters !== null && !isObject(parameters)) return stopAt(`${where}.parameters`, "tool_malformed");
  if (strict !== null && typeof strict !== "boolean") return stopAt(`${where}.strict`, "tool_malformed");
  return readAs({ name, description, parameters, strict });
}

/** The calls of one assistant message, in order; their ids differ. */
export function readToolCalls(calls: Json | undefined, where: string): Reading<ToolCall[]> {
  if (saysNothing(calls)) return readAs([]);
  if (!Array.isArray(calls)) return stopAt(where, "tool_call_malformed");
  const reading = readEach(calls, (call, at) => readToolCall(call, `${where}[${at}]`));
  if (!reading.ok) return reading;
  const ids = new Set(reading.value.map((call) => call.id));
  return ids.size === reading.value.length ? reading : stopAt(where, "tool_call_malformed");
}

function readToolCall(call: Json, where: string): Reading<ToolCall> {
  if (!isObject(call)) return stopAt(where, "tool_call_malformed");
  // Compatible providers leave the type out; with a function in place it can mean nothing else.
  const type = call.type ?? "function";
  if (type !== "function") return stopAt(`${where}.type`, "tool_call_not_function");
  const called = call.function;
  if (!isObject(called)) return stopAt(`${where}.function`, "tool_call_malformed");
  const foreign = foreignField(call, ["id", "type", "function"]) ?? foreignField(called, ["name", "arguments"]);
  if (foreign !== undefined) return stopAt(`${where}.${foreign}`, "field_unknown");
  if (typeof call.id !== "string" || call.id === "") return stopAt(`${where}.id`, "tool_call_malformed");
  if (typeof called.name !== "string" || called.name === "") return stopAt(`${where}.name`, "tool_call_malformed");
  if (typeof called.arguments !== "string") return stopAt(`${where}.arguments`, "tool_call_malformed");
  return readAs({ id: call.id, name: called.name, arguments: called.arguments });
}
