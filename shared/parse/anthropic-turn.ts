/** What the model says in one message, its blocks brought to one assistant message of OpenAI's chat API. */
import type { Message } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";

/**
 * - Text that is cut into blocks (by citations) is one text; texts with something between them stay apart as parts.
 * - `reasoning_content`: what the model thought, as far as it is shown. Redacted thoughts and signatures say nothing to
 *   anyone but Anthropic and stay in the body.
 * - `items`: everything that chat has no place for (searches, code and MCP that Anthropic runs), as it came.
 */
export function readTurn(content: readonly Json[]): Message {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const calls: Json[] = [];
  const items: Json[] = [];
  let isOpen = false;
  for (const block of content) {
    if (!isObject(block)) continue;
    const { type, text, thinking } = block;
    if (type === "text" && typeof text === "string") {
      if (isOpen) texts.push((texts.pop() ?? "") + text);
      else texts.push(text);
    } else if (type === "thinking" && typeof thinking === "string") {
      if (thinking !== "") thoughts.push(thinking);
    } else if (type === "tool_use") calls.push(readCall(block));
    else if (type !== "redacted_thinking") items.push(block);
    isOpen = type === "text";
  }
  const [only = null] = texts;
  return {
    role: "assistant",
    content: texts.length > 1 ? texts.map((text) => ({ type: "text", text })) : only,
    ...(thoughts.length > 0 ? { reasoning_content: thoughts.join("\n\n") } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(items.length > 0 ? { items } : {}),
  };
}

function readCall({ id, name, input }: JsonObject): Json {
  const args = typeof input === "string" ? input : JSON.stringify(input ?? {});
  return { id: id ?? null, type: "function", function: { name: name ?? null, arguments: args } };
}
