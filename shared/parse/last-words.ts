/** What the user says in this call to the answer that it goes on from, and what the user had asked before that answer. */
import type { Message } from "../core/exchange.ts";
import { isObject, type Json } from "../core/json.ts";
import type { Conversation } from "./wire-format.ts";

export interface LastWords {
  /** Empty where the provider keeps what came before. */
  asked: string;
  next: string;
}

/** null where the user is not the last to speak, or nothing was answered before. */
export function readLastWords({ messages, previousResponseId }: Conversation): LastWords | null {
  const spoken = messages.filter(({ role }) => role === "user" || role === "assistant" || role === "tool");
  const last = spoken.at(-1);
  if (last?.role !== "user") return null;
  const before = spoken.slice(0, -1);
  if (before.length === 0) return previousResponseId == null ? null : { asked: "", next: textOf(last) };
  if (before.at(-1)?.role !== "assistant") return null;
  const question = before.findLast(({ role }) => role === "user");
  return { asked: question === undefined ? "" : textOf(question), next: textOf(last) };
}

function textOf({ content }: Message): string {
  if (!Array.isArray(content)) return typeof content === "string" ? content : "";
  return content.map(partText).join("\n");
}

function partText(part: Json): string {
  return isObject(part) && typeof part.text === "string" ? part.text : "";
}
