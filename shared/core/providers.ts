/**
 * The providers that `/{provider}/*` may go to. A base address is the provider's origin, so that a
 * client's own address keeps its path: https://api.groq.com/openai/v1 becomes …/groq/openai/v1.
 * Built in, plus the PROVIDERS variable; nothing of a request can choose a host.
 */
import * as z from "zod";

export const FORMATS = ["openai", "anthropic", "google", "raw"] as const;
export type ProviderFormat = (typeof FORMATS)[number];

export interface Provider {
  name: string;
  /** No trailing slash. */
  baseUrl: string;
  format: ProviderFormat;
  /** Where it has OpenAI's API, if it has: `/v1` of `/v1/chat/completions`. */
  openaiPath: string | undefined;
  /** The Worker secret that may hold this provider's key. */
  keyVariable: string;
  /** Came from PROVIDERS, so it may be a server of the team's own that needs no key. */
  configured: boolean;
}

export type ProviderTable = ReadonlyMap<string, Provider>;

interface Entry {
  baseUrl: string;
  format: ProviderFormat;
  openaiPath?: string;
}

const BUILT_IN: Record<string, Entry> = {
  openai: { baseUrl: "https://api.openai.com", format: "openai", openaiPath: "/v1" },
  anthropic: { baseUrl: "https://api.anthropic.com", format: "anthropic", openaiPath: "/v1" },
  google: { baseUrl: "https://generativelanguage.googleapis.com", format: "google", openaiPath: "/v1beta/openai" },
  mistral: { baseUrl: "https://api.mistral.ai", format: "openai", openaiPath: "/v1" },
  groq: { baseUrl: "https://api.groq.com", format: "openai", openaiPath: "/openai/v1" },
  together: { baseUrl: "https://api.together.xyz", format: "openai", openaiPath: "/v1" },
  fireworks: { baseUrl: "https://api.fireworks.ai", format: "openai", openaiPath: "/inference/v1" },
  deepseek: { baseUrl: "https://api.deepseek.com", format: "openai", openaiPath: "/v1" },
  openrouter: { baseUrl: "https://openrouter.ai", format: "openai", openaiPath: "/api/v1" },
  xai: { baseUrl: "https://api.x.ai", format: "openai", openaiPath: "/v1" },
  cerebras: { baseUrl: "https://api.cerebras.ai", format: "openai", openaiPath: "/v1" },
  "workers-ai": { baseUrl: "https://api.cloudflare.com", format: "openai" },
};

/** In the table, but its address is the customer's own resource: PROVIDERS must give it. */
export const NEEDS_ADDRESS: ReadonlyMap<string, string> = new Map([
  ["azure", '{"azure":{"baseUrl":"https://<resource>.openai.azure.com","format":"openai"}}'],
]);

const BASE_URL_FORM = "baseUrl is an http or https address without query, fragment or password";
const LOOKS_LIKE = 'it looks like {"name":{"baseUrl":"https://…","format":"openai"}}';
const configuredSchema = z.record(
  z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "a provider's name is 1 to 32 of a-z 0-9 -"),
  z.strictObject({
    baseUrl: z
      .url({ protocol: /^https?$/, error: BASE_URL_FORM })
      // what follows the provider's name is appended as text, and fetch refuses an address with a password
      .refine((text) => !/[?#]|^[^/]*\/\/[^/]*@/.test(text), BASE_URL_FORM),
    format: z.enum(FORMATS).default("openai"),
  }),
);
const RESERVED = new Set(["v1", "console", "docs", "healthz"]);

/**
 * @param variable the PROVIDERS variable: JSON, or empty
 * @throws when it is not of API.md's form; the message names the place, and no value: every caller gets to see it
 */
export function readProviders(variable: string | undefined): ProviderTable {
  const table = new Map<string, Provider>();
  for (const [name, entry] of Object.entries(BUILT_IN)) table.set(name, provider(name, entry, false));
  for (const [name, entry] of Object.entries(parseVariable(variable))) {
    if (RESERVED.has(name)) throw new Error(`PROVIDERS: "${name}" is a path of winnow's own; choose another name`);
    table.set(name, provider(name, entry, true));
  }
  return table;
}

function parseVariable(variable: string | undefined): z.infer<typeof configuredSchema> {
  if (variable === undefined || variable.trim() === "") return {};
  let json: unknown;
  try {
    json = JSON.parse(variable);
  } catch (error) {
    throw new Error(`PROVIDERS is not JSON (${String(error)}); ${LOOKS_LIKE}`);
  }
  const parsed = configuredSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined || issue.path.length === 0) throw new Error(`PROVIDERS is not a JSON object; ${LOOKS_LIKE}`);
  const reason = issue.code === "invalid_key" ? (issue.issues[0]?.message ?? issue.message) : issue.message;
  throw new Error(`PROVIDERS: ${issue.path.join(".")}: ${reason}`);
}

function provider(name: string, entry: Entry, configured: boolean): Provider {
  return {
    name,
    baseUrl: entry.baseUrl.replace(/\/+$/, ""),
    format: entry.format,
    openaiPath:
      entry.openaiPath ?? BUILT_IN[name]?.openaiPath ?? (configured && entry.format === "openai" ? "/v1" : undefined),
    keyVariable: `${name.toUpperCase().replaceAll("-", "_")}_API_KEY`,
    configured,
  };
}
