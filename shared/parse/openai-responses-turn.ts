/**
 * What a model says between two messages of the app's, as one assistant message of OpenAI's chat API. The Responses
 * API has an item for each piece of it: reasoning, messages, calls.
 */
import type { Message } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readCall } from "./openai-responses-calls.ts";
import { readParts } from "./openai-responses-parts.ts";

/**
 * - Text, refusals and calls lie where chat has them. Several messages (a comment before the answer) stay apart as
 *   parts, since chat has no line between them.
 * - `reasoning_content` is where chat providers have it: the reasoning, or else its summary. Encrypted reasoning says
 *   nothing to anyone but the provider and stays in the body.
 * - `images`, as OpenRouter has them in chat.
 * - `items`: everything that chat has no place for (searches, code, MCP, references to what OpenAI keeps), as it came.
 */
export class AssistantTurn {
  readonly #said: Json[] = [];
  readonly #refusals: string[] = [];
  readonly #reasoning: string[] = [];
  readonly #calls: Json[] = [];
  readonly #images: Json[] = [];
  readonly #items: Json[] = [];

  add(item: JsonObject): void {
    const call = readCall(item);
    if (call !== null) this.#calls.push(call);
    else if (isMessage(item)) this.#say(item.content);
    else if (item.type === "reasoning") this.#reason(item);
    else if (item.type === "image_generation_call" && typeof item.result === "string") this.#images.push(imageOf(item));
    else this.#items.push(item);
  }

  /** null where nothing was said. */
  finish(): Message | null {
    const content = contentOf(this.#said);
    const fields = {
      ...(this.#refusals.length > 0 ? { refusal: this.#refusals.join("") } : {}),
      ...(this.#reasoning.length > 0 ? { reasoning_content: this.#reasoning.join("\n\n") } : {}),
      ...(this.#calls.length > 0 ? { tool_calls: this.#calls } : {}),
      ...(this.#images.length > 0 ? { images: this.#images } : {}),
      ...(this.#items.length > 0 ? { items: this.#items } : {}),
    };
    return content === null && Object.keys(fields).length === 0 ? null : { role: "assistant", content, ...fields };
  }

  #say(content: Json | undefined): void {
    if (typeof content === "string") this.#said.push({ type: "text", text: content });
    if (!Array.isArray(content)) return;
    let text: string | null = null;
    for (const part of readParts(content)) {
      if (!isObject(part)) continue;
      if (part.type === "text" && typeof part.text === "string") text = (text ?? "") + part.text;
      else if (part.type === "refusal" && typeof part.refusal === "string") this.#refusals.push(part.refusal);
      else this.#said.push(part);
    }
    if (text !== null) this.#said.push({ type: "text", text });
  }

  #reason({ content, summary }: JsonObject): void {
    const texts = textsOf(content);
    for (const text of texts.length > 0 ? texts : textsOf(summary)) this.#reasoning.push(text);
  }
}

/** Of a message the app may leave the type out, and of a reference too: that one has no role. */
function isMessage({ type, role }: JsonObject): boolean {
  return type === "message" || (type == null && typeof role === "string");
}

function contentOf(said: Json[]): Json {
  const [first, ...rest] = said;
  if (first === undefined) return null;
  return rest.length === 0 && isObject(first) && first.type === "text" ? (first.text ?? null) : said;
}

function textsOf(parts: Json | undefined): string[] {
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part) =>
    isObject(part) && typeof part.text === "string" && part.text !== "" ? [part.text] : [],
  );
}

function imageOf({ result, output_format }: JsonObject): Json {
  const format = typeof output_format === "string" ? output_format : "png";
  return { type: "image_url", image_url: { url: `data:image/${format};base64,${String(result)}` } };
}
