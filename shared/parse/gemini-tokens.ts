/**
 * Token counts as Gemini tells them. A count of zero is left out, as Protobuf does.
 * https://ai.google.dev/api/generate-content#UsageMetadata
 */
import { isObject, type Json } from "../core/json.ts";
import { readField, readList } from "./gemini-fields.ts";
import type { TokenCounts } from "./wire-format.ts";

/**
 * null without the prompt's count. Cached tokens are part of the prompt; what Google's own tools found is input beside
 * it; thoughts are output beside the candidates.
 */
export function readGeminiTokens(usage: Json | undefined): TokenCounts | null {
  if (!isObject(usage)) return null;
  const prompt = readCount(readField(usage, "promptTokenCount"));
  if (prompt === null) return null;
  const count = (name: string) => readCount(readField(usage, name)) ?? 0;
  const audioIn = (name: string) => countModality(readField(usage, name), "AUDIO");
  const images = countModality(readField(usage, "candidatesTokensDetails"), "IMAGE");
  const inputTokens = prompt + count("toolUsePromptTokenCount");
  const candidates = count("candidatesTokenCount");
  const thoughts = count("thoughtsTokenCount");
  // The total is the sum of all four; where it is not, because the thoughts are missing in it, the candidates hold them.
  const areInside = thoughts <= candidates && count("totalTokenCount") === inputTokens + candidates;
  const outputTokens = areInside ? candidates : candidates + thoughts;
  const cachedDetails = readField(usage, "cacheTokensDetails");
  const audioInput = audioIn("promptTokensDetails") + audioIn("toolUsePromptTokensDetails");
  return {
    usage: {
      inputTokens,
      outputTokens,
      cachedInputTokens: Math.min(count("cachedContentTokenCount"), inputTokens),
      reasoningTokens: thoughts,
      estimated: false,
    },
    cacheWriteTokens: 0,
    audioInputTokens: Math.min(audioInput, inputTokens),
    audioOutputTokens: Math.min(audioIn("candidatesTokensDetails"), outputTokens),
    ...(cachedDetails === undefined ? {} : { cachedAudioTokens: countModality(cachedDetails, "AUDIO") }),
    ...(images === 0 ? {} : { imageOutputTokens: Math.min(images, outputTokens) }),
  };
}

function countModality(details: Json | undefined, modality: string): number {
  let tokens = 0;
  for (const detail of readList(details)) {
    if (isObject(detail) && detail.modality === modality) tokens += readCount(readField(detail, "tokenCount")) ?? 0;
  }
  return tokens;
}

/** Protobuf writes 64-bit numbers as text; these have 32, but a proxy need not know that. */
function readCount(value: Json | undefined): number | null {
  const count = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof count === "number" && Number.isSafeInteger(count) && count >= 0 ? count : null;
}
