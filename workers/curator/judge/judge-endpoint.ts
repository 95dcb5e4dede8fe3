/**
 * Where the judge is asked, with which key, and what it costs: from the table of providers, the Worker's secrets and the
 * price list. The judge is called directly and not through the gateway, so that its calls are no exchanges of the app.
 */
import type { Provider, ProviderTable } from "../../../shared/core/providers.ts";
import { REPLY_TOKENS_MAX } from "../../../shared/judge/bounds.ts";
import type { JudgeModel } from "../../../shared/judge/wire-request.ts";
import { priceMicros } from "../../../shared/parse/price.ts";
import type { TokenCounts } from "../../../shared/parse/wire-format.ts";

/** What an app sets. */
export interface JudgeSettings {
  provider: string;
  model: string;
  /** Ending of the secret, as in `providerKeys`. */
  key?: string | undefined;
  /** Dollars for a million tokens: for a model that no list knows, or at a price of one's own. */
  prices?: { inputUsd: number; outputUsd: number } | undefined;
  replyTokensMax?: number | undefined;
}

export interface JudgeEndpoint extends JudgeModel {
  provider: string;
  /** No trailing slash. */
  baseUrl: string;
  keyHeaders: Readonly<Record<string, string>>;
  /** Millionths of a dollar, with fractions; null where nobody knows. */
  priceOf(tokens: TokenCounts): number | null;
}

export type FoundEndpoint =
  | { ok: true; endpoint: JudgeEndpoint }
  | { ok: false; because: "provider_unknown" | "format_unsupported" | "key_missing" | "price_unknown" };

/** @param options.secretNamed a Worker secret by its name, as the gateway reads it */
export function judgeEndpoint(options: {
  judge: JudgeSettings;
  providers: ProviderTable;
  secretNamed: (name: string) => string | undefined;
  atMs: number;
}): FoundEndpoint {
  const { judge, providers, atMs } = options;
  const provider = providers.get(judge.provider);
  if (provider === undefined) return { ok: false, because: "provider_unknown" };
  const wire = wireOf(provider);
  if (wire === undefined) return { ok: false, because: "format_unsupported" };
  const ending = judge.key === undefined ? "" : `_${judge.key}`;
  const secret = options.secretNamed(`${provider.keyVariable}${ending}`);
  if (secret === undefined && !provider.configured) return { ok: false, because: "key_missing" };
  const endpoint: JudgeEndpoint = {
    ...wire,
    model: judge.model,
    replyTokensMax: judge.replyTokensMax ?? REPLY_TOKENS_MAX,
    provider: provider.name,
    baseUrl: provider.baseUrl,
    keyHeaders: secret === undefined ? {} : keyHeaders(provider, secret),
    priceOf: (tokens) => priceOf(judge, { tokens, atMs }),
  };
  return endpoint.priceOf(tokensOf({ input: 1_000, output: 1_000 })) === null
    ? { ok: false, because: "price_unknown" }
    : { ok: true, endpoint };
}

/** Text alone, nothing of it from a provider's cache. */
export function tokensOf({ input, output }: { input: number; output: number }): TokenCounts {
  return {
    usage: { inputTokens: input, outputTokens: output, cachedInputTokens: 0, reasoningTokens: 0, estimated: true },
    cacheWriteTokens: 0,
    audioInputTokens: 0,
    audioOutputTokens: 0,
  };
}

type Wire = Pick<JudgeModel, "format" | "openaiPath" | "tokensField" | "jsonMode">;

/** undefined: it has none of the three APIs. */
function wireOf(provider: Provider): Wire | undefined {
  const { name, format, openaiPath, configured } = provider;
  const ofOpenAi = name === "openai" || name === "azure";
  const tokensField = ofOpenAi ? "max_completion_tokens" : "max_tokens";
  const jsonMode = ofOpenAi || !configured;
  if (format === "raw" || (format === "openai" && openaiPath === undefined)) return undefined;
  return { format, openaiPath: openaiPath ?? "", tokensField, jsonMode };
}

function keyHeaders({ name, format }: Provider, secret: string): Record<string, string> {
  if (format === "anthropic") return { "x-api-key": secret };
  if (format === "google") return { "x-goog-api-key": secret };
  return name === "azure" ? { "api-key": secret } : { authorization: `Bearer ${secret}` };
}

function priceOf(judge: JudgeSettings, { tokens, atMs }: { tokens: TokenCounts; atMs: number }): number | null {
  const { prices, provider, model } = judge;
  if (prices === undefined) return priceMicros({ provider, models: [model], tokens, atMs });
  const { inputTokens, outputTokens } = tokens.usage;
  if (!(prices.inputUsd >= 0 && prices.outputUsd >= 0)) return null;
  const micros = inputTokens * prices.inputUsd + outputTokens * prices.outputUsd;
  return Number.isFinite(micros) ? micros : null;
}
