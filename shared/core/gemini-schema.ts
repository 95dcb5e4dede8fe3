/**
 * Gemini's own schemas as JSON Schema, which OpenAI's tools have: an older OpenAPI subset, whose types are upper case,
 * whose 64-bit bounds are text, and which says `nullable`.
 * https://ai.google.dev/api/caching#Schema
 */
import { isObject, type Json, type JsonObject } from "./json.ts";

const BOUNDS: ReadonlySet<string> = new Set([
  "minItems",
  "maxItems",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
]);
const SCHEMA_LISTS: ReadonlySet<string> = new Set(["anyOf", "oneOf", "allOf", "prefixItems"]);

/** Fields that are none of the schema's stay as they are. */
export function toJsonSchema(schema: Json): Json {
  if (!isObject(schema)) return schema;
  const fields = Object.entries(schema).map(([field, value]) => readKeyword(toCamelCase(field), value ?? null));
  const { nullable, ...rest } = Object.fromEntries(fields.filter((field) => field !== null)) as JsonObject;
  return nullable === true ? withNull(rest) : rest;
}

/** null for what says nothing to JSON Schema. */
function readKeyword(keyword: string, value: Json): [string, Json] | null {
  if (keyword === "type") return readType(value);
  if (keyword === "format" && value === "enum") return null; // only repeats that there is an enum
  if (keyword === "items" || keyword === "additionalProperties") return [keyword, toJsonSchema(value)];
  if (SCHEMA_LISTS.has(keyword)) return [keyword, Array.isArray(value) ? value.map(toJsonSchema) : value];
  if (keyword === "properties") return [keyword, mapProperties(value)];
  if (BOUNDS.has(keyword) && typeof value === "string" && /^\d{1,15}$/.test(value)) return [keyword, Number(value)];
  return [keyword, value];
}

function readType(value: Json): [string, Json] | null {
  if (value === "TYPE_UNSPECIFIED") return null;
  return ["type", typeof value === "string" ? value.toLowerCase() : value];
}

/** The names are the app's, and keep their spelling. */
function mapProperties(properties: Json): Json {
  if (!isObject(properties)) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, toJsonSchema(schema ?? null)]));
}

function withNull(schema: JsonObject): JsonObject {
  const { type, enum: values, anyOf } = schema;
  return {
    ...schema,
    ...(typeof type === "string" ? { type: [type, "null"] } : {}),
    ...(Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}),
    ...(Array.isArray(anyOf) && type === undefined ? { anyOf: [...anyOf, { type: "null" }] } : {}),
  };
}

function toCamelCase(field: string): string {
  return field.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
