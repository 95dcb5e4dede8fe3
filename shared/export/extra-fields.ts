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
import { isObject, type Json, type JsonObject } from "../core/json.ts";

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
  "thought_signature",
  "token_ids",
  "weight",
]);

const REASONING_FIELDS = new Set(["thinking", "thinking_blocks"]);
/** Parts of an assistant's content that hold its reasoning. */
const REASONING_PARTS = new Set(["thinking", "redacted_thinking", "reasoning"]);

/** The first field that is neither carried nor harmless. */
export function foreignField(object: JsonObject, carried: readonly string[]): string | undefined {
  return Object.keys(object).find((field) => {
    if (carried.includes(field) || EXTRA_FIELDS.has(field) || isReasoning(field)) return false;
    return !saysNothing(object[field]);
  });
}

/** Is there reasoning in the message, which is dropped? */
export function holdsReasoning({ role, content, ...fields }: JsonObject): boolean {
  if (role !== "assistant") return false;
  const inFields = Object.keys(fields).some((field) => isReasoning(field) && !saysNothing(fields[field]));
  return inFields || (Array.isArray(content) && content.some(isReasoningPart));
}

export function isReasoningPart(part: Json): boolean {
  return isObject(part) && typeof part.type === "string" && REASONING_PARTS.has(part.type);
}

function isReasoning(field: string): boolean {
  return REASONING_FIELDS.has(field) || field.startsWith("reasoning");
}

export function saysNothing(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === false || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
