/** What a call cost, by the price list that @pydantic/genai-prices bundles. No network, no clock. */
import { calcPrice, findProvider } from "@pydantic/genai-prices";
import type { TokenCounts } from "./wire-format.ts";

export interface PriceQuery {
  /** winnow's name of the provider. */
  provider: string;
  /** The names that the model goes by, the most exact first. */
  models: readonly (string | null)[];
  tokens: TokenCounts | null;
  /** Prices change with time, and for some providers with the hour. Milliseconds since the epoch. */
  atMs: number;
}

/** Millionths of a dollar, with fractions; null for what the list does not know, never 0 for it. */
export function priceMicros({ provider, models, tokens, atMs }: PriceQuery): number | null {
  const providerId = listedProvider(provider);
  if (tokens === null || providerId === null) return null;
  for (const model of models) {
    const dollars = model === null ? null : priceDollars({ providerId, model, tokens, atMs });
    if (dollars !== null) return dollars * 1e6;
  }
  return null;
}

/** Where our name is not the list's. */
const LISTED_AS: ReadonlyMap<string, string> = new Map([
  ["xai", "x-ai"],
  ["workers-ai", "cloudflare"],
]);

/**
 * The list matches names loosely ("my-openai-proxy" is OpenAI to it). A server of the team's own has no
 * price that anyone knows, so only the list's exact names count.
 */
function listedProvider(provider: string): string | null {
  const providerId = LISTED_AS.get(provider) ?? provider;
  return findProvider({ providerId })?.id === providerId ? providerId : null;
}

interface ListQuery {
  providerId: string;
  model: string;
  tokens: TokenCounts;
  atMs: number;
}

function priceDollars({ providerId, model, tokens, atMs }: ListQuery): number | null {
  const { usage } = tokens;
  const counts = {
    input_tokens: usage.inputTokens,
    cache_read_tokens: usage.cachedInputTokens,
    cache_write_tokens: tokens.cacheWriteTokens,
    cache_write_1h_tokens: tokens.hourCacheWriteTokens,
    input_audio_tokens: tokens.audioInputTokens,
    output_tokens: usage.outputTokens,
    output_reasoning_tokens: usage.reasoningTokens,
    output_audio_tokens: tokens.audioOutputTokens,
    cache_audio_read_tokens: tokens.cachedAudioTokens,
    output_image_tokens: tokens.imageOutputTokens,
  };
  try {
    const price = calcPrice(counts, model, { providerId, timestamp: new Date(atMs) });
    return price !== null && Number.isFinite(price.total_price) ? price.total_price : null;
  } catch {
    return null; // its only way to say that the parts do not fit the whole: nobody knows what was billed
  }
}
