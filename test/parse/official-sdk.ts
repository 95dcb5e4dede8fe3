/** What OpenAI's official SDK makes of a recorded stream, brought to a form in which it can be compared with ours. */
import OpenAI from "openai";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";

export interface SdkResult {
  /** As far as it came, when it threw. */
  completion: Json;
  threw: string | null;
}

export async function accumulateWithSdk(body: string | Uint8Array<ArrayBuffer>): Promise<SdkResult> {
  const client = new OpenAI({
    apiKey: "none",
    baseURL: "http://sdk.invalid/v1",
    maxRetries: 0,
    logLevel: "off",
    fetch: async () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
  });
  const stream = client.chat.completions.stream({ model: "any", messages: [] });
  let snapshot: unknown = null;
  stream.on("chunk", (_chunk, soFar) => {
    snapshot = soFar;
  });
  try {
    return { completion: toJson(await stream.finalChatCompletion()), threw: null };
  } catch (error) {
    return { completion: toJson(snapshot), threw: String(error) };
  }
}

const REASONING = new Set(["reasoning", "reasoning_content", "reasoning_details"]);

/**
 * Without the fields that we mean to have otherwise (reasoning) or that are the SDK's own (`parsed`), and with
 * what the SDK adds only at the end, so that its unfinished snapshot compares too.
 */
export function comparable(completion: Json): Json {
  if (!isObject(completion)) return null;
  const { error: _error, system_fingerprint, ...fields } = completion;
  return {
    ...fields,
    ...(system_fingerprint ? { system_fingerprint } : {}),
    object: "chat.completion",
    choices: listOf(completion.choices).map((choice) => ({ ...choice, message: comparableMessage(choice.message) })),
  };
}

function comparableMessage(message: Json | undefined): Json {
  const { parsed: _parsed, tool_calls, ...fields } = isObject(message) ? message : {};
  const kept = Object.fromEntries(Object.entries(fields).filter(([field]) => !REASONING.has(field)));
  return {
    ...kept,
    role: fields.role ?? "assistant",
    content: fields.content ?? null,
    refusal: fields.refusal ?? null,
    ...(Array.isArray(tool_calls) ? { tool_calls: listOf(tool_calls) } : {}),
  };
}

/** An index that was left out is a hole in the SDK's lists, and null in JSON. */
function listOf(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function toJson(value: unknown): Json {
  return value === null ? null : (JSON.parse(JSON.stringify(value)) as Json);
}
