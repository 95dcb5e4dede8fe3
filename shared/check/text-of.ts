/** The text of a message whose content is text, or parts. */
import type { Message } from "../core/exchange.ts";
import type { Json } from "../core/json.ts";

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

/** What the user said last. */
export function questionOf(prompt: readonly Message[]): string {
  return textOf(prompt.findLast(({ role }) => role === "user"));
}

/** Every text in a value, however deep: arguments of calls, results, parts of any kind. */
export function textsIn(value: Json | undefined): string[] {
  const open: (Json | undefined)[] = [value];
  const texts: string[] = [];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one === "string") texts.push(one);
    else if (typeof one === "object" && one !== null) for (const inner of Object.values(one)) open.push(inner);
  }
  return texts;
}
