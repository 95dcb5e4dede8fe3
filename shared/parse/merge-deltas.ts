/**
 * How the pieces of a streamed message grow together. Pure; `current` may be changed in place, since
 * every piece comes from a chunk that was parsed for this alone.
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";

/** Own fields only, `__proto__` as a field like any other: Object.assign would set the target's prototype by it. */
export function assignFields(target: JsonObject, source: JsonObject): void {
  for (const [field, value] of Object.entries(source)) {
    if (field !== "__proto__") target[field] = value;
    else Object.defineProperty(target, field, { value, writable: true, enumerable: true, configurable: true });
  }
}

/** Text grows; Mistral's reasoning models send lists of parts instead, whose parts grow. */
export function appendContent(current: Json | undefined, delta: string | Json[]): string | Json[] {
  if (typeof delta === "string" && !Array.isArray(current)) {
    return typeof current === "string" ? current + delta : delta;
  }
  const parts = contentParts(current);
  appendParts(parts, contentParts(delta));
  return parts;
}

/**
 * OpenRouter's `reasoning_details`: fragments of one entry follow each other and bear its type and index.
 * Encrypted entries (`data`) come whole.
 * https://openrouter.ai/docs/use-cases/reasoning-tokens#streaming-response
 */
export function appendReasoningDetails(current: Json | undefined, delta: Json[]): Json[] {
  const details = Array.isArray(current) ? current : [];
  for (const entry of delta) {
    const last = details.at(-1);
    if (isObject(last) && isObject(entry) && continues(last, entry)) growDetail(last, entry);
    else details.push(entry);
  }
  return details;
}

/** A list of token probabilities grows, everything else is replaced. */
export function mergeLogprobs(current: JsonObject | null, delta: JsonObject): JsonObject {
  const { content, refusal, ...rest } = delta;
  const merged = current ?? {};
  assignFields(merged, rest);
  for (const [field, value] of [
    ["content", content],
    ["refusal", refusal],
  ] as const) {
    if (Array.isArray(value)) merged[field] = appendList(merged[field], value);
    else if (value !== undefined && current === null) merged[field] = value;
  }
  return merged;
}

function contentParts(content: Json | undefined): Json[] {
  if (Array.isArray(content)) return content;
  return typeof content === "string" && content !== "" ? [{ type: "text", text: content }] : [];
}

function appendParts(parts: Json[], more: Json[]): void {
  for (const part of more) {
    const last = parts.at(-1);
    if (isObject(last) && isObject(part) && last.type === part.type && growPart(last, part)) continue;
    parts.push(part);
  }
}

function growPart(last: JsonObject, part: JsonObject): boolean {
  if (typeof last.text === "string" && typeof part.text === "string") {
    last.text += part.text;
    return true;
  }
  if (!Array.isArray(last.thinking) || !Array.isArray(part.thinking)) return false;
  appendParts(last.thinking, part.thinking);
  return true;
}

function continues(last: JsonObject, entry: JsonObject): boolean {
  return last.type === entry.type && last.index === entry.index && (entry.data ?? last.data) === undefined;
}

function growDetail(last: JsonObject, entry: JsonObject): void {
  for (const [field, value] of Object.entries(entry)) {
    const before = last[field];
    const grows = (field === "text" || field === "summary") && typeof before === "string" && typeof value === "string";
    if (grows) last[field] = before + value;
    else if (value !== null) assignFields(last, { [field]: value });
  }
}

/** Not push(...more): arguments lie on the stack, and a hostile list may hold millions. */
export function appendList(current: Json | undefined, more: Json[]): Json[] {
  const list = Array.isArray(current) ? current : [];
  for (const item of more) list.push(item);
  return list;
}
