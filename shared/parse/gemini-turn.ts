/** What Gemini says between two messages of the app's, as one assistant message of OpenAI's chat API. */
import type { Message } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { FunctionCalls } from "./gemini-calls.ts";
import { readField } from "./gemini-fields.ts";
import { readMedia } from "./gemini-media.ts";

/**
 * - Text is one, as the SDK's `response.text` has it, whatever comes between its parts.
 * - `reasoning_content` is where chat providers have it: the summary of the thoughts. Their signatures say nothing to
 *   anyone but the provider and stay in the body.
 * - `images`, as OpenRouter has them in chat.
 * - `items`: everything that chat has no place for (code that Google ran, its searches, speech), as it came.
 */
export class GeminiTurn {
  readonly #calls: FunctionCalls;
  readonly #texts: string[] = [];
  readonly #thoughts: string[] = [];
  #isThinking = false;
  readonly #toolCalls: Json[] = [];
  readonly #images: Json[] = [];
  readonly #items: Json[] = [];

  constructor(calls: FunctionCalls) {
    this.#calls = calls;
  }

  add(part: Json): void {
    const wasThinking = this.#isThinking;
    this.#isThinking = isObject(part) && part.thought === true && typeof part.text === "string";
    if (!isObject(part)) return;
    const call = readField(part, "functionCall");
    if (isObject(call)) this.#toolCalls.push(this.#calls.read(call));
    else if (typeof part.text === "string") this.#say(part.text, wasThinking);
    else this.#show(part);
  }

  /** null where nothing was said. */
  finish(): Message | null {
    const content = this.#texts.length > 0 ? this.#texts.join("") : null;
    const reasoning = this.#thoughts.join("");
    const fields = {
      ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
      ...(this.#toolCalls.length > 0 ? { tool_calls: this.#toolCalls } : {}),
      ...(this.#images.length > 0 ? { images: this.#images } : {}),
      ...(this.#items.length > 0 ? { items: this.#items } : {}),
    };
    return content === null && Object.keys(fields).length === 0 ? null : { role: "assistant", content, ...fields };
  }

  /** Thoughts that follow each other are pieces of one; others stand apart. */
  #say(text: string, wasThinking: boolean): void {
    if (!this.#isThinking) this.#texts.push(text);
    else if (wasThinking || this.#thoughts.length === 0) this.#thoughts.push(text);
    else this.#thoughts.push("\n\n", text);
  }

  #show(part: JsonObject): void {
    const media = readMedia(part);
    // Gemini sends drafts of a picture among its thoughts.
    if (media?.type === "image_url" && part.thought !== true) this.#images.push(media);
    else if (Object.keys(part).some((field) => field !== "thoughtSignature" && field !== "thought")) {
      this.#items.push(part);
    }
  }
}
