/** A JSON Schema as people read it: a type as TypeScript would have it, with its bounds and defaults as comments. */
import { isObject, type Json, type JsonObject, parseJson } from "../../../shared/core/json.ts";

/** Deeper than any schema of ours: a bound, not a wish. */
const DEPTH_MAX = 12;

export function schemaText(schema: object): string {
  const json = parseJson(JSON.stringify(schema)) ?? null;
  const many = oneOrMany(json);
  if (many === undefined) return typeOf(json, 0);
  return `// one of these, or an array of up to ${many.itemsMax}\n${typeOf(many.item, 0)}`;
}

/** One line for one parameter: `string`, `"ready" | "held"`. */
export function parameterText(schema: object): { type: string; notes: string } {
  const json = parseJson(JSON.stringify(schema)) ?? null;
  return { type: typeOf(json, 0), notes: notesOf(json) };
}

/** What is sent as one thing or as an array of such: said once. */
function oneOrMany(schema: Json): { item: Json; itemsMax: Json } | undefined {
  const [one, array, ...others] = isObject(schema) && Array.isArray(schema.anyOf) ? schema.anyOf : [];
  if (one === undefined || !isObject(array) || array.type !== "array" || others.length > 0) return undefined;
  if (JSON.stringify(array.items) !== JSON.stringify(one)) return undefined;
  return { item: one, itemsMax: array.maxItems ?? "any number" };
}

function typeOf(schema: Json | undefined, depth: number): string {
  if (!isObject(schema) || depth > DEPTH_MAX) return "any";
  const choices = schema.anyOf ?? schema.oneOf;
  if (Array.isArray(choices)) return unionOf(choices.map((choice) => typeOf(choice, depth)));
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(schema.enum)) return unionOf(schema.enum.map((value) => JSON.stringify(value)));
  if (schema.type === "array") return arrayOf(typeOf(schema.items, depth));
  if (schema.type === "object") return objectOf(schema, depth);
  return typeof schema.type === "string" ? schema.type : "any";
}

function unionOf(types: readonly string[]): string {
  return [...new Set(types)].join(" | ");
}

function arrayOf(item: string): string {
  return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
}

function objectOf(schema: JsonObject, depth: number): string {
  const { properties, additionalProperties: others } = schema;
  const required = Array.isArray(schema.required) ? schema.required : [];
  if (!isObject(properties)) return isObject(others) ? `{ [name]: ${typeOf(others, depth + 1)} }` : "object";
  const [only, ...more] = Object.entries(properties);
  if (only !== undefined && more.length === 0) return inlineOf(only, required.includes(only[0]), depth);
  const indent = "  ".repeat(depth + 1);
  const lines = Object.entries(properties).map(([name, value]) => {
    const notes = notesOf(value ?? null);
    const type = typeOf(value, depth + 1);
    return `${indent}${name}${required.includes(name) ? "" : "?"}: ${type}${notes === "" ? "" : `  // ${notes}`}`;
  });
  return lines.length === 0 ? "{}" : `{\n${lines.join("\n")}\n${"  ".repeat(depth)}}`;
}

function inlineOf([name, value]: [string, Json | undefined], isRequired: boolean, depth: number): string {
  const notes = notesOf(value ?? null);
  const type = typeOf(value, depth);
  return `{ ${name}${isRequired ? "" : "?"}: ${type}${notes === "" ? "" : ` /* ${notes} */`} }`;
}

function notesOf(schema: Json): string {
  if (!isObject(schema)) return "";
  const { description, format, pattern } = schema;
  const notes = [
    typeof description === "string" ? description : "",
    rangeOf(schema, ["minimum", "exclusiveMinimum"], ["maximum", "exclusiveMaximum"], ""),
    rangeOf(schema, ["minLength"], ["maxLength"], " characters"),
    rangeOf(schema, ["minItems"], ["maxItems"], " of them"),
    typeof format === "string" ? format : typeof pattern === "string" ? pattern : "",
    schema.default === undefined || isEmpty(schema.default) ? "" : `default ${JSON.stringify(schema.default)}`,
  ];
  return notes.filter((note) => note !== "").join("; ");
}

function rangeOf(schema: JsonObject, lows: readonly string[], highs: readonly string[], unit: string): string {
  const low = boundIn(schema, lows);
  const high = boundIn(schema, highs);
  if (low === undefined && high === undefined) return "";
  if (low === undefined) return `at most ${high}${unit}`;
  return high === undefined ? `at least ${low}${unit}` : `${low} to ${high}${unit}`;
}

/** Those of JavaScript's whole numbers say nothing. */
function boundIn(schema: JsonObject, names: readonly string[]): string | undefined {
  const name = names.find((one) => typeof schema[one] === "number");
  const bound = name === undefined ? undefined : schema[name];
  if (typeof bound !== "number" || Math.abs(bound) >= Number.MAX_SAFE_INTEGER) return undefined;
  return `${name?.startsWith("exclusive") ? "over " : ""}${bound.toLocaleString("en")}`;
}

function isEmpty(value: Json): boolean {
  return isObject(value) ? Object.keys(value).length === 0 : Array.isArray(value) && value.length === 0;
}
