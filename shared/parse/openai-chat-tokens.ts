/** Token counts of an OpenAI chat answer or chunk. What is not a whole number of zero or more counts as missing. */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { TokenCounts } from "./wire-format.ts";

/** null when the answer does not tell both sides. Groq's streams tell them under `x_groq` only. */
export function readChatTokens(answer: JsonObject): TokenCounts | null {
  const groq = isObject(answer.x_groq) ? answer.x_groq.usage : undefined;
  return readUsage(answer.usage) ?? readUsage(groq);
}

function readUsage(usage: Json | undefined): TokenCounts | null {
  if (!isObject(usage)) return null;
  const inputTokens = readCount(usage.prompt_tokens);
  const completionTokens = readCount(usage.completion_tokens);
  if (inputTokens === undefined || completionTokens === undefined) return null;
  const input = isObject(usage.prompt_tokens_details) ? usage.prompt_tokens_details : {};
  const output = isObject(usage.completion_tokens_details) ? usage.completion_tokens_details : {};
  const reasoningTokens = readCount(output.reasoning_tokens) ?? 0;
  // xAI counts reasoning beside the completion (its total shows it); ours is part of the output, as OpenAI's is.
  const isBeside = reasoningTokens > 0 && usage.total_tokens === inputTokens + completionTokens + reasoningTokens;
  const outputTokens = isBeside ? completionTokens + reasoningTokens : completionTokens;
  const inputPart = (count: Json | undefined) => Math.min(readCount(count) ?? 0, inputTokens);
  const outputPart = (count: Json | undefined) => Math.min(readCount(count) ?? 0, outputTokens);
  return {
    usage: {
      inputTokens,
      outputTokens,
      cachedInputTokens: inputPart(input.cached_tokens),
      reasoningTokens: outputPart(reasoningTokens),
      estimated: false,
    },
    cacheWriteTokens: inputPart(input.cache_write_tokens),
    audioInputTokens: inputPart(input.audio_tokens),
    audioOutputTokens: outputPart(output.audio_tokens),
  };
}

function readCount(value: Json | undefined): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
