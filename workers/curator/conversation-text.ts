/** A conversation as plain text, for what compares and learns texts. */
import type { Message } from "../../shared/core/exchange.ts";
import type { Json } from "../../shared/core/json.ts";

/** What was asked: everything but the system prompt, which is the template. Where there is nothing else, that. */
export function askedText(messages: readonly Message[]): string {
  const asked = messages.filter(({ role }) => role !== "system" && role !== "developer");
  return (asked.length > 0 ? asked : messages).map(messageText).join("\n");
}

/** What the user said last. */
export function lastWords(messages: readonly Message[]): string {
  const last = messages.findLast(({ role }) => role === "user") ?? messages.at(-1);
  return last === undefined ? "" : messageText(last);
}

/** The text of its content, then the tool calls as JSON. */
export function messageText(message: Message): string {
  const { content, tool_calls: calls } = message;
  const texts = [contentText(content ?? null), ...(calls ?? []).map((call) => JSON.stringify(call))];
  return texts.filter((text) => text !== "").join("\n");
}

function contentText(content: Json): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map(partText).join("");
}

function partText(part: Json): string {
  if (typeof part !== "object" || part === null || Array.isArray(part)) return "";
  return typeof part.text === "string" ? part.text : "";
}
