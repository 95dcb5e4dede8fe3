/**
 * Token counts as OpenAI's APIs tell them: two sides, the parts of each, a total. What is not a whole number of
 * zero or more counts as missing.
 */
import { isObject, type Json } from "../core/json.ts";
import type { TokenCounts } from "./wire-format.ts";

export interface ToldCounts {
  input: Json | undefined;
  output: Json | undefined;
  total: Json | undefined;
  inputDetails: Json | undefined;
  outputDetails: Json | undefined;
}

/** null when not both sides are told. A part never exceeds its whole. */
export function countTokens(told: ToldCounts): TokenCounts | null {
  const inputTokens = readCount(told.input);
  const answerTokens = readCount(told.output);
  if (inputTokens === undefined || answerTokens === undefined) return null;
  const input = isObject(told.inputDetails) ? told.inputDetails : {};
  const output = isObject(told.outputDetails) ? told.outputDetails : {};
  const reasoningTokens = readCount(output.reasoning_tokens) ?? 0;
  // xAI counts reasoning beside the answer (its total shows it); ours is part of the output, as OpenAI's is.
  const isBeside = reasoningTokens > 0 && told.total === inputTokens + answerTokens + reasoningTokens;
  const outputTokens = isBeside ? answerTokens + reasoningTokens : answerTokens;
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
