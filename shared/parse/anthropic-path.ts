/**
 * The addresses at which a message is made.
 *
 *     /v1/messages, below whatever prefix                                                  Anthropic, and who speaks it
 *     /messages                                                         a provider whose base address ends in /v1
 *     /v1/projects/{p}/locations/{l}/publishers/anthropic/models/{model}:{method}          Vertex AI
 *
 * https://docs.anthropic.com/en/api/messages, https://docs.anthropic.com/en/api/claude-on-vertex-ai
 */
import { readName } from "./parse-bounded.ts";
import type { Call } from "./wire-format.ts";

const VERTEX = /\/publishers\/anthropic\/models\/([^/:]+):(?:rawPredict|streamRawPredict)\/?$/;
/** Stands in the place of a model: it counts tokens. */
const COUNTER = "count-tokens";

/** Counting tokens and batches are other calls, and OpenAI's threads have messages, too. */
export function makesMessage({ format, path }: Call): boolean {
  if (format === "raw") return false;
  if (/\/v1\/messages\/?$/.test(path) || readModelInPath(path) !== null) return true;
  return format === "anthropic" && /^\/messages\/?$/.test(path);
}

/** Vertex AI's, where the request does not name it. */
export function readModelInPath(path: string): string | null {
  const model = readName(VERTEX.exec(path)?.[1]);
  return model === COUNTER ? null : model;
}
