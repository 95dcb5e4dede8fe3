/** The text of a message whose content is text, or parts. */
import type { Message } from "../core/exchange.ts";

export function textOf(message: Message | undefined): string {
  const content = message?.content;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part) => (typeof part === "object" && part !== null && !Array.isArray(part) ? part.text : ""))
    .filter((text) => typeof text === "string")
    .join("");
}

/** Texts of all messages of these roles. */
export function textsOf(prompt: readonly Message[], roles: readonly string[]): string[] {
  return prompt.filter(({ role }) => roles.includes(role)).map(textOf);
}
