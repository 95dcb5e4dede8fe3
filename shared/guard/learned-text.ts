/**
 * The texts that a batch teaches, one an exchange and text: the SFT target, the chosen side of a preference pair, a KTO
 * row that is to be desired. The same text in two files counts once, and eval rows are not learned from.
 */
import type { Example, Lineage } from "../core/example.ts";
import type { Message } from "../core/exchange.ts";
import { canonicalJson, isObject, type Json } from "../core/json.ts";

export interface LearnedText {
  /** Of the exchange. */
  id: string;
  text: string;
  /** What was asked last. */
  prompt: string;
  /** Written or mended by a person. */
  grounded: boolean;
  /** Of the model that wrote it: 0 for base models and people. */
  generation: number;
  /** Was the prompt written by a model? */
  modelPrompt: boolean;
}

/** Ordered by exchange, so that the order of the rows in the batch decides nothing. */
export function learnedTexts(examples: readonly Example[]): LearnedText[] {
  const texts = new Map<string, LearnedText>();
  for (const example of examples) {
    const message = learnedMessage(example);
    if (message === null) continue;
    const { exchangeId: id, lineage } = example.provenance;
    const text = messageText(message);
    texts.set(`${id}\n${text}`, { id, text, prompt: lastAsked(example.prompt), ...originOf(lineage) });
  }
  return [...texts.entries()].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, text]) => text);
}

/** Text of a message; of calls, their names and arguments. */
export function messageText({ content, tool_calls: calls }: Message): string {
  const parts = [contentText(content ?? null)];
  for (const call of calls ?? []) {
    const made = isObject(call) && isObject(call.function) ? call.function : {};
    parts.push(contentText(made.name ?? null), contentText(made.arguments ?? null));
  }
  return parts.filter((part) => part !== "").join("\n");
}

function learnedMessage(example: Example): Message | null {
  if (example.file === "sft") return example.completion;
  if (example.file === "preference") return example.chosen;
  return example.file === "kto" && example.label ? example.completion : null;
}

/** Generation and prompt origin are newer than the rows of older batches, which lack them. */
function originOf(lineage: Lineage & { promptOrigin?: "model" }) {
  const { origin, promptOrigin } = lineage;
  const generation = "generation" in lineage && typeof lineage.generation === "number" ? lineage.generation : 0;
  return { grounded: origin !== "model", generation, modelPrompt: promptOrigin === "model" };
}

function lastAsked(prompt: readonly Message[]): string {
  const last = prompt.findLast(({ role }) => role === "user") ?? prompt.at(-1);
  return last === undefined ? "" : messageText(last);
}

function contentText(content: Json): string {
  if (content === null) return "";
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return canonicalJson(content);
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("\n");
}
