/**
 * Tokens of the tools that a request offers. OpenAI writes them down for the model in a short form of its own; how many
 * tokens that takes beside the words is known from trying
 * (https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken_for_chat_models, gpt-4o).
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";

const TOKENS_OF_TOOLS = 12;
const TOKENS_A_TOOL = 7;
const TOKENS_OF_PROPERTIES = 3;
const TOKENS_A_PROPERTY = 3;
const TOKENS_A_CHOICE = 3;
const TOKENS_OF_CHOICES = -3;
/** Schemas nest, and a request's may be made to nest without end. */
const DEPTH_MAX = 20;

export function countTools(tools: Json, count: (text: string) => number): number {
  if (!Array.isArray(tools) || tools.length === 0) return 0;
  return tools.reduce<number>((sum, tool) => sum + countTool(tool, count), TOKENS_OF_TOOLS);
}

function countTool(tool: Json, count: (text: string) => number): number {
  if (!isObject(tool)) return 0;
  const { function: called, custom } = tool;
  const inner = isObject(called) ? called : isObject(custom) ? custom : tool;
  const words = count(`${textOf(inner.name)}:${textOf(inner.description)}`);
  return TOKENS_A_TOOL + words + countSchema(inner.parameters, { count, depth: 0 });
}

function countSchema(schema: Json | undefined, at: { count: (text: string) => number; depth: number }): number {
  if (!isObject(schema) || at.depth > DEPTH_MAX) return 0;
  const deeper = { ...at, depth: at.depth + 1 };
  const { properties, items, enum: choices, $defs } = schema;
  let sum = countSchema(items, deeper);
  for (const variant of [schema.anyOf, schema.oneOf, schema.allOf].flat()) sum += countSchema(variant, deeper);
  if (isObject($defs)) for (const definition of Object.values($defs)) sum += countSchema(definition, deeper);
  if (Array.isArray(choices)) {
    sum += TOKENS_OF_CHOICES;
    for (const choice of choices) sum += TOKENS_A_CHOICE + at.count(String(choice));
  }
  if (!isObject(properties) || Object.keys(properties).length === 0) return sum;
  return sum + TOKENS_OF_PROPERTIES + countProperties(properties, deeper);
}

function countProperties(properties: JsonObject, at: { count: (text: string) => number; depth: number }): number {
  let sum = 0;
  for (const [name, property] of Object.entries(properties)) {
    const { type, description } = isObject(property) ? property : {};
    sum += TOKENS_A_PROPERTY + at.count(`${name}:${textOf(type)}:${textOf(description)}`) + countSchema(property, at);
  }
  return sum;
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value.replace(/\.$/, "") : "";
}
