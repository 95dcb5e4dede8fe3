/**
 * Which fields of a message may be dropped. Sinks reject unknown keys, so everything that is not
 * carried must go, and what goes must not change what was said.
 *
 * - Empty (null, false, "", [], {}) says nothing: dropped, whatever its name.
 * - The provider's extras below are about the answer, not part of it, and no sink can learn them:
 *   reasoning (its shape and signatures belong to one provider), annotations, log-probabilities,
 *   channels, cache marks, ids and indexes of the stream. Dropped.
 * - `weight` is an instruction of somebody else's training file; an example says itself what is learned.
 * - Anything else might carry meaning (a generated image, hidden context): the row is left out.
 */
import type { Json, JsonObject } from "../core/json.ts";

const EXTRA_FIELDS = new Set([
  "annotations",
  "cache_control",
  "channel",
  "citations",
  "content_filter_results",
  "extra_content",
  "finish_reason",
  "id",
  "index",
  "logprobs",
  "object",
  "parsed",
  "parsed_arguments",
  "prompt_cache_breakpoint",
  "provider_specific_fields",
  "signature",
  "status",
  "stop_reason",
  "thinking",
  "thinking_blocks",
  "thought_signature",
  "token_ids",
  "weight",
]);

/** Parts of an assistant's content that hold its reasoning. */
export const REASONING_PARTS = new Set(["thinking", "redacted_thinking", "reasoning"]);

/** The first field that is neither carried nor harmless. */
export function foreignField(object: JsonObject, carried: readonly string[]): string | undefined {
  return Object.keys(object).find((field) => {
    if (carried.includes(field) || EXTRA_FIELDS.has(field) || field.startsWith("reasoning")) return false;
    return !saysNothing(object[field]);
  });
}

export function saysNothing(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
