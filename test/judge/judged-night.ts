/** A night to be judged: rows, pairs, a cache in memory, an endpoint, and options that a test changes what it needs of. */
import { readProviders } from "../../shared/core/providers.ts";
import { DEFAULT_RUBRIC } from "../../shared/judge/rubric.ts";
import { type FoundEndpoint, type JudgeSettings, judgeEndpoint } from "../../workers/curator/judge/judge-endpoint.ts";
import type { JudgeOptions } from "../../workers/curator/judge/judge-rows.ts";
import type { JudgePair, JudgeRow } from "../../workers/curator/judge/questions.ts";
import type { JudgeCache } from "../../workers/curator/judge/verdict-cache.ts";
import { says } from "./attacks.ts";
import { type JudgeStandin, PRICES } from "./judge-standin.ts";

export const AT_MS = Date.UTC(2026, 10, 23);
export const FORMATS = ["openai", "anthropic", "google"] as const;
const MODELS = { openai: "gpt-4o", anthropic: "claude-sonnet-4-5", google: "gemini-2.5-flash" };

export function endpointAt(
  baseUrl: string,
  { format = "openai", ...judge }: Partial<JudgeSettings> & { format?: (typeof FORMATS)[number] } = {},
): FoundEndpoint {
  return judgeEndpoint({
    judge: { provider: "desk", model: MODELS[format], prices: PRICES, ...judge },
    providers: readProviders(JSON.stringify({ desk: { baseUrl, format } })),
    secretNamed: (name) => (name === "DESK_API_KEY" ? "sk-of-the-desk" : undefined),
    atMs: AT_MS,
  });
}

export interface MemoryCache extends JudgeCache {
  entries: Map<string, string>;
}

export function memoryCache(): MemoryCache {
  const entries = new Map<string, string>();
  return {
    entries,
    get: async (key) => entries.get(key) ?? null,
    put: async (key, value) => void entries.set(key, value),
  };
}

export function optionsFor(standin: Pick<JudgeStandin, "fetch">, changed: Partial<JudgeOptions> = {}): JudgeOptions {
  return {
    found: endpointAt("http://judge.test"),
    rubric: DEFAULT_RUBRIC,
    seed: "app",
    run: "night-1/app/task",
    budgetUsdMicros: 1_000_000_000,
    spentUsdMicros: 0,
    cache: memoryCache(),
    history: [],
    outside: { fetch: (address, init) => standin.fetch(address, init), wait: async () => undefined },
    ...changed,
  };
}

/** An answer of a quality from 1 to 5, that the stand-in can read. */
export function row(id: string, { quality = 3, text = "", model = "ministral-8b" as string | null } = {}): JudgeRow {
  return {
    id,
    model,
    messages: [says("user", `Question ${id}?`)],
    answer: says("assistant", `[q:${quality}] ${text}`),
  };
}

export function pair(id: string, { first = 4, second = 2, firstText = "", secondText = "" } = {}): JudgePair {
  const side = (quality: number, text: string) => ({
    model: "ministral-8b",
    answer: says("assistant", `[q:${quality}] ${text}`),
  });
  return {
    id,
    messages: [says("user", `Question ${id}?`)],
    first: side(first, firstText),
    second: side(second, secondText),
  };
}
