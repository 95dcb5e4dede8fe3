/** The answers that the stand-in was taught, by model and prompt. In memory, bounded; told to forget by a reset. */
import { type Replay, StandinError } from "./standin-request.ts";

/** As many characters as one PUT can bring. */
const CHARS_MAX = 100 * 1024 * 1024;

export class StandinMemory {
  readonly #texts = new Map<string, string>();
  #chars = 0;

  get size(): number {
    return this.#texts.size;
  }

  recall(model: string, prompt: string): string | undefined {
    return this.#texts.get(keyOf(model, prompt));
  }

  /** @throws StandinError when it would hold too much; what fitted stays */
  learn({ answers, reset }: Replay): void {
    if (reset === true) this.#forget();
    for (const { model, prompt, text } of answers) {
      const key = keyOf(model, prompt);
      const before = this.#texts.get(key);
      const chars = this.#chars + text.length + (before === undefined ? key.length : -before.length);
      if (chars > CHARS_MAX) {
        const message = `the stand-in remembers ${CHARS_MAX} characters at most; PUT {"answers":[],"reset":true} first`;
        throw new StandinError({ status: 413, type: "invalid_request_error", message });
      }
      this.#texts.set(key, text);
      this.#chars = chars;
    }
  }

  #forget(): void {
    this.#texts.clear();
    this.#chars = 0;
  }
}

function keyOf(model: string, prompt: string): string {
  return `${model}\n${prompt}`;
}
