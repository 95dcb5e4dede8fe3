/**
 * The tools that a Gemini request offers, in the shape of OpenAI's chat API. One tool of Gemini's holds many functions,
 * and beside them tools that Google runs itself: these stay as they came, one by one.
 * https://ai.google.dev/api/caching#Tool
 */

import { toJsonSchema } from "../core/gemini-schema.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readField, readList } from "./gemini-fields.ts";

/** null when none is offered. */
export function readGeminiTools(tools: Json | undefined): Json {
  const offered = readList(tools).flatMap(readTool);
  return offered.length === 0 ? null : offered;
}

function readTool(tool: Json): Json[] {
  if (!isObject(tool)) return [tool];
  const { functionDeclarations: _camel, function_declarations: _snake, ...others } = tool;
  const functions = readList(readField(tool, "functionDeclarations")).map(readFunction);
  return [...functions, ...Object.entries(others).map(([name, settings]) => ({ [name]: settings }))];
}

function readFunction(declaration: Json): Json {
  if (!isObject(declaration)) return declaration;
  const { name, description, parameters, ...others } = declaration;
  const { parametersJsonSchema, parameters_json_schema = parametersJsonSchema, ...rest } = others;
  const schema = parameters_json_schema ?? (parameters === undefined ? undefined : toJsonSchema(parameters));
  return { type: "function", function: { name, description, parameters: schema } as JsonObject, ...rest };
}
