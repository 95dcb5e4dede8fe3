/**
 * Fields of Gemini's bodies by their name in the reference. The API takes the Protobuf names as well, and the official
 * Python SDK sends some of them: `systemInstruction` is `system_instruction`.
 * https://protobuf.dev/programming-guides/json/
 */
import type { Json, JsonObject } from "../core/json.ts";

/** @param name in camel case */
export function readField(object: JsonObject, name: string): Json | undefined {
  return object[name] ?? object[toSnakeCase(name)];
}

/** A repeated field: Google's own examples have a single `contents`, `parts` and `tools` without its list. */
export function readList(value: Json | undefined): Json[] {
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
