/** Token counts as Anthropic tells them: what was read from a cache or written to it stands beside the input. */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { TokenCounts } from "./wire-format.ts";

/** null when not both sides are told. */
export function readMessageTokens({ usage }: JsonObject): TokenCounts | null {
  if (!isObject(usage)) return null;
  const plain = readCount(usage.input_tokens);
  const outputTokens = readCount(usage.output_tokens);
  if (plain === null || outputTokens === null) return null;
  const cacheWriteTokens = readCount(usage.cache_creation_input_tokens) ?? 0;
  const cachedInputTokens = readCount(usage.cache_read_input_tokens) ?? 0;
  const writes = isObject(usage.cache_creation) ? usage.cache_creation : {};
  const details = isObject(usage.output_tokens_details) ? usage.output_tokens_details : {};
  return {
    usage: {
      inputTokens: plain + cacheWriteTokens + cachedInputTokens,
      outputTokens,
      cachedInputTokens,
      reasoningTokens: Math.min(readCount(details.thinking_tokens) ?? 0, outputTokens),
      estimated: false,
    },
    cacheWriteTokens,
    hourCacheWriteTokens: Math.min(readCount(writes.ephemeral_1h_input_tokens) ?? 0, cacheWriteTokens),
    audioInputTokens: 0,
    audioOutputTokens: 0,
  };
}

function readCount(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
