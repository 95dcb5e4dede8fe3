/** Tool calls: those of the answer against the tools' own schemas, those of the conversation against their results. */
import type { Message } from "../core/exchange.ts";
import { isObject, type Json, parseJson } from "../core/json.ts";
import { brokenKeyword } from "./json-schema.ts";

/** @returns which call is wrong, and how */
export function findInvalidArguments(tools: Json, answer: Message | undefined): string | undefined {
  const schemas = schemasOf(tools);
  for (const [at, call] of (answer?.tool_calls ?? []).entries()) {
    const wrong = wrongCall(call, schemas);
    if (wrong !== undefined) return `call ${at + 1} ${wrong}`;
  }
  return undefined;
}

/** @returns how many calls of the conversation have no result after them; nothing where a result does not say whose it is */
export function findUnanswered(prompt: readonly Message[]): string | undefined {
  if (prompt.some(isNameless)) return undefined;
  const open = new Set<string>();
  let calls = 0;
  for (const { role, tool_calls: called, tool_call_id: answered } of prompt) {
    if (role === "tool" && typeof answered === "string") open.delete(answered);
    for (const call of role === "assistant" ? (called ?? []) : []) {
      if (!isObject(call) || typeof call.id !== "string") continue;
      open.add(call.id);
      calls++;
    }
  }
  return open.size === 0 ? undefined : `${open.size} of ${calls} earlier tool calls have no result`;
}

/** Some providers, and OpenAI until 2023, go by the tool's name or by order. */
function isNameless({ role, tool_call_id }: Message): boolean {
  return role === "function" || (role === "tool" && typeof tool_call_id !== "string");
}

/** By name; undefined where the tools are not listed, or not in a form that is known. */
function schemasOf(tools: Json): Map<string, Json> | undefined {
  if (!Array.isArray(tools) || tools.length === 0) return undefined;
  const schemas = new Map<string, Json>();
  for (const tool of tools) {
    if (!isObject(tool) || !isObject(tool.function) || typeof tool.function.name !== "string") return undefined;
    schemas.set(tool.function.name, tool.function.parameters ?? null);
  }
  return schemas;
}

function wrongCall(call: Json, schemas: Map<string, Json> | undefined): string | undefined {
  if (!isObject(call) || !isObject(call.function)) return undefined; // a custom tool's call: free text
  const { name, arguments: given } = call.function;
  if (typeof name !== "string" || typeof given !== "string") return undefined;
  const value = parseJson(given.trim() === "" ? "{}" : given);
  if (!isObject(value)) return "has arguments that are no JSON object";
  if (schemas === undefined) return undefined;
  const schema = schemas.get(name);
  if (schema === undefined) return "is to a tool that was not offered";
  const broken = brokenKeyword(schema, value);
  return broken === undefined ? undefined : `breaks "${broken}" of the tool's schema`;
}
