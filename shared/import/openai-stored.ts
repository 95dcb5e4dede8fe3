/**
 * OpenAI's stored chat completions (calls made with `store: true`), one a line, as
 * GET /v1/chat/completions lists them, each with its `messages` from GET /v1/chat/completions/{id}/messages beside it: a
 * list, or the page that the API answers with (`{"object":"list","data":[…]}`).
 * https://platform.openai.com/docs/api-reference/chat/list
 *
 * Used: id (request id), created (time), model, choices, usage, messages, tools, tool_choice, response_format,
 * temperature, top_p, seed, metadata, input_user (user). `metadata.task` is the task. A line of the form
 * `{"request":{…},"response":{…}}` is taken as it is.
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { nameIn, objectIn } from "./foreign-fields.ts";
import type { ImportLine, Read } from "./import-line.ts";

const OF_REQUEST = ["tools", "tool_choice", "response_format", "temperature", "top_p", "seed", "metadata"] as const;
const OF_RESPONSE = [
  "id",
  "object",
  "created",
  "model",
  "choices",
  "usage",
  "system_fingerprint",
  "service_tier",
] as const;

export function fromOpenaiStored(
  json: Json,
  { provider = "openai" }: { provider?: string | undefined },
): Read<ImportLine>[] {
  if (!isObject(json)) return [wrong("not a JSON object")];
  const pair = pairOf(json, provider);
  if (pair !== undefined) return [{ ok: true, value: pair }];
  if (!Array.isArray(json.choices)) return [wrong("no stored completion: it has no choices")];
  const messages = messagesOf(json.messages);
  if (messages === undefined) {
    return [wrong("messages are missing: add those of GET /v1/chat/completions/{id}/messages to the line")];
  }
  const metadata = objectIn(json.metadata);
  const request = { model: json.model, messages, ...picked(json, OF_REQUEST) };
  const line: ImportLine = {
    provider,
    id: nameIn(json.id),
    path: "/v1/chat/completions",
    task: nameIn(metadata?.task),
    user: nameIn(json.input_user, json.safety_identifier, json.user),
    session: nameIn(metadata?.session_id, metadata?.conversation_id, metadata?.thread_id),
    request,
    response: picked(json, OF_RESPONSE),
  };
  return [{ ok: true, value: line }];
}

function pairOf(json: JsonObject, provider: string): ImportLine | undefined {
  const [request, response] = [objectIn(json.request), objectIn(json.response)];
  if (request === undefined || response === undefined || !isPlainResponse(response)) return undefined;
  return { provider, id: nameIn(response.id), request, response };
}

function isPlainResponse(response: JsonObject): boolean {
  return Array.isArray(response.choices) || Array.isArray(response.output);
}

/** Stored messages bear ids, and parts under a name of their own, which the API itself does not take. */
function messagesOf(value: Json | undefined): Json[] | undefined {
  const list = isObject(value) ? value.data : value;
  if (!Array.isArray(list) || list.length === 0) return undefined;
  return list.map((message) => {
    if (!isObject(message)) return message;
    const { id: _id, content_parts: parts, ...rest } = message;
    const fields = Object.fromEntries(
      Object.entries(rest).filter(([name, field]) => field !== null || name === "content"),
    );
    return Array.isArray(parts) && parts.length > 0 ? { ...fields, content: parts } : fields;
  });
}

/** null stands for what was not sent. */
function picked(json: JsonObject, names: readonly string[]): JsonObject {
  const fields = names.map((name): [string, Json | undefined] => [name, json[name]]);
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined && value !== null));
}

function wrong(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}
