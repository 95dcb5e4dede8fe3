/**
 * The chunks of a Gemini stream: events of their own with `?alt=sse`, the elements of one JSON array without it.
 * https://ai.google.dev/api/generate-content#method:-models.streamgeneratecontent
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { parseBounded } from "./parse-bounded.ts";
import { readEvents, type SseEvent } from "./sse-events.ts";

export type GeminiChunk =
  | { kind: "chunk"; chunk: JsonObject }
  | { kind: "error"; error: Json; chunk: JsonObject }
  /** cut: the body ends in the middle of it. done: proxies send `[DONE]`, Google does not. */
  | { kind: "blank" | "bad" | "done" | "cut" };

/** Never throws. */
export function readChunks(stream: string): GeminiChunk[] {
  return looksLikeArray(stream) ? readArrayText(stream) : readEvents(stream).map(readEvent);
}

export function readElements(elements: readonly Json[]): GeminiChunk[] {
  return elements.map(readJson);
}

export function looksLikeArray(text: string): boolean {
  return /^\s*\[/.test(text);
}

function readEvent({ event, data, unterminated }: SseEvent): GeminiChunk {
  const text = data.trim();
  if (text === "[DONE]") return { kind: "done" };
  const json = parseBounded(text);
  if (event === "error" && (!isObject(json) || !json.error)) return { kind: "error", error: json ?? text, chunk: {} };
  if (text === "") return { kind: "blank" };
  return json === undefined && unterminated ? { kind: "cut" } : readJson(json ?? null);
}

function readJson(json: Json): GeminiChunk {
  if (!isObject(json)) return { kind: "bad" };
  return json.error ? { kind: "error", error: json.error, chunk: json } : { kind: "chunk", chunk: json };
}

function readArrayText(text: string): GeminiChunk[] {
  const whole = parseBounded(text);
  if (Array.isArray(whole)) return readElements(whole);
  const { objects, isCut } = splitArray(text);
  const chunks = objects.map((object) => readJson(parseBounded(object) ?? null));
  return isCut ? [...chunks, { kind: "cut" }] : chunks;
}

const BRACKET = /["{}[\]]/g;

/** The texts of the array's objects as far as they came. */
function splitArray(text: string): { objects: string[]; isCut: boolean } {
  const objects: string[] = [];
  let depth = 0;
  let start = 0;
  BRACKET.lastIndex = 0;
  for (let found = BRACKET.exec(text); found !== null; found = BRACKET.exec(text)) {
    const [character] = found;
    if (character === '"') {
      BRACKET.lastIndex = endOfString(text, found.index);
    } else if (character === "{" || character === "[") {
      depth++;
      if (depth === 2) start = found.index;
    } else {
      depth--;
      if (depth === 1) objects.push(text.slice(start, found.index + 1));
    }
  }
  return { objects, isCut: depth > 1 };
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\") at++;
    else if (character === '"') return at + 1;
  }
  return text.length;
}
