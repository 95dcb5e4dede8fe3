/** JSON that was asked for in the request, by each provider's own field. */
import type { Message } from "../core/exchange.ts";
import { toJsonSchema } from "../core/gemini-schema.ts";
import { isObject, type Json, type JsonObject, parseJson } from "../core/json.ts";
import { brokenKeyword } from "./json-schema.ts";
import { textOf } from "./text-of.ts";

/** @returns why the answer is not what was asked for */
export function findInvalidJson(request: Json, answer: Message | undefined): string | undefined {
  const asked = isObject(request) ? askedFor(request) : undefined;
  if (asked === undefined || answer === undefined) return undefined;
  const text = withoutFence(textOf(answer).trim());
  if (text === "" || (answer.tool_calls?.length ?? 0) > 0) return undefined; // it calls a tool first
  const value = parseJson(text);
  if (value === undefined) return "JSON was asked for, and it does not parse";
  if (asked.object && !isObject(value)) return "a JSON object was asked for, and it is none";
  const broken = asked.schema === null ? undefined : brokenKeyword(asked.schema, value);
  return broken === undefined ? undefined : `a JSON Schema was given, and it breaks its "${broken}"`;
}

/** Servers that take the field and ignore it answer so, and their apps cope. */
function withoutFence(text: string): string {
  const [first = "", ...rest] = text.split("\n");
  return /^```(?:json)?\s{0,5}$/i.test(first) && rest.at(-1)?.trim() === "```" ? rest.slice(0, -1).join("\n") : text;
}

interface Asked {
  /** Must it be an object? */
  object: boolean;
  schema: Json;
}

function askedFor(request: JsonObject): Asked | undefined {
  return askedOfOpenai(request) ?? askedOfGemini(request) ?? askedOfAnthropic(request);
}

/** `response_format` of chat completions, `text.format` of responses. */
function askedOfOpenai(request: JsonObject): Asked | undefined {
  const own = isObject(request.text) ? request.text.format : undefined;
  const format = own ?? request.response_format;
  if (!isObject(format)) return undefined;
  if (format.type === "json_object") return { object: true, schema: format.schema ?? null }; // Together and Fireworks have one
  if (format.type !== "json_schema") return undefined;
  const inner = isObject(format.json_schema) ? format.json_schema.schema : format.schema;
  return { object: false, schema: inner ?? null };
}

/** `responseJsonSchema` is one, `responseSchema` is OpenAPI's and becomes one. */
function askedOfGemini(request: JsonObject): Asked | undefined {
  const config = request.generationConfig ?? request.generation_config;
  if (!isObject(config)) return undefined;
  const type = config.responseMimeType ?? config.response_mime_type;
  if (type !== "application/json") return undefined;
  const own = config.responseSchema ?? config.response_schema;
  const schema = config.responseJsonSchema ?? config.response_json_schema;
  return { object: false, schema: schema ?? (own === undefined ? null : toJsonSchema(own)) };
}

function askedOfAnthropic(request: JsonObject): Asked | undefined {
  const config = isObject(request.output_config) ? request.output_config.format : request.output_format;
  if (!isObject(config) || config.type !== "json_schema") return undefined;
  return { object: false, schema: config.schema ?? null };
}
