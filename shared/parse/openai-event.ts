/** One event of an OpenAI stream, of whichever API: what the official SDK's Stream.fromSSEResponse takes it for. */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { parseBounded } from "./parse-bounded.ts";
import type { SseEvent } from "./sse-events.ts";

export type OpenAiEvent =
  | { kind: "chunk"; chunk: JsonObject }
  | { kind: "error"; error: Json; chunk: JsonObject }
  /** cut: the body ends in the middle of it. */
  | { kind: "blank" | "bad" | "done" | "cut" };

export function readOpenAiEvent({ event, data, unterminated }: SseEvent): OpenAiEvent {
  const text = data.trim();
  if (text === "[DONE]") return { kind: "done" };
  const json = parseBounded(text);
  if (event !== "error" && text === "") return { kind: "blank" };
  if (event !== "error" && !isObject(json)) return { kind: unterminated ? "cut" : "bad" };
  const chunk = isObject(json) ? json : {};
  // The SDK's two signs of an error, and the Responses API's own, which lies flat in the event.
  if (event !== "error" && !chunk.error && chunk.type !== "error") return { kind: "chunk", chunk };
  return { kind: "error", error: chunk.error ?? json ?? text, chunk };
}
