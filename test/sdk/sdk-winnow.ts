/** winnow with all four Workers in front of the stand-in, under the names that an app's own configuration would use. */
import { expect } from "vitest";
import { LOCAL_CLAIMS, makeKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { type Standin, type StandinSeen, startStandin } from "../../workers/local/standin.ts";
import { eventually } from "../local/launch-stubs.ts";

const SECRET = "a secret for tests, of 32 characters or more";
const KEY = await makeKey(LOCAL_CLAIMS, new MacSigner(SECRET));
/** Right in form, and of another winnow. */
export const FORGED_KEY = await makeKey(LOCAL_CLAIMS, new MacSigner("the secret of someone else, of 32 characters"));

/** The names that an app's own configuration uses, and the stand-in's entry for each. */
const STANDINS = {
  openai: "standin",
  azure: "standin-azure",
  mistral: "standin-mistral",
  anthropic: "standin-anthropic",
  google: "standin-google",
} as const;
const NAMES = Object.keys(STANDINS) as ProviderName[];
export type ProviderName = keyof typeof STANDINS;

/** Where an SDK is pointed at, instead of at its provider. */
export interface SdkAddress {
  url: string;
  /** winnow's, in the place of the provider's. */
  key: string;
  headers: Record<string, string>;
}

export interface SdkWinnow {
  /** @param session marks a test's calls: they are found by it */
  address(session: string): SdkAddress;
  /** What the provider had of the call with this in its body. */
  seenWith(text: string): StandinSeen[];
  /** What the stand-in answers without winnow in between, in any format. */
  textFor(prompt: string): Promise<string>;
  /** Waits until ingest has it. @throws when the session has more than this one */
  exchangeOf(session: string): Promise<Detail>;
  stop(): Promise<void>;
}

/** Of GET /v1/exchanges/{id}, what is looked at. */
export interface Detail {
  provider: string;
  format: string;
  model: string | null;
  status: number;
  outcome: string;
  streamed: boolean;
  finishReason: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  flags: string[];
  request: unknown;
  response: unknown;
  rawResponse?: string;
  messages: { role: string; content?: unknown; tool_calls?: unknown }[];
}

export function providerKeyOf(provider: ProviderName): string {
  return `sk-kept-for-${provider}`;
}

export async function startSdkWinnow(): Promise<SdkWinnow> {
  const seen: StandinSeen[] = [];
  const standin = await startStandin({ port: 0, watch: (call) => seen.push(call) });
  const winnow = await launchBefore(standin);
  return {
    address: (session) => ({ url: winnow.url, key: KEY, headers: { "x-winnow-session": session } }),
    seenWith: (text) => seen.filter(({ body }) => body.includes(text)),
    textFor: (prompt) => textFor(standin.url, prompt),
    exchangeOf: (session) => exchangeOf(winnow, session),
    stop: async () => {
      await winnow.stop();
      await standin.stop();
    },
  };
}

function launchBefore(standin: Standin): Promise<Winnow> {
  const keys = Object.fromEntries(NAMES.map((name) => [`${name.toUpperCase()}_API_KEY`, providerKeyOf(name)]));
  const providers = Object.fromEntries(NAMES.map((name) => [name, standin.providers[STANDINS[name]]]));
  return launch({ secrets: { WINNOW_SECRET: SECRET, ...keys }, providers });
}

async function textFor(url: string, prompt: string): Promise<string> {
  const body = JSON.stringify({ model: "standin-1", messages: [{ role: "user", content: prompt }] });
  const response = await fetch(`${url}/v1/chat/completions`, { method: "POST", body });
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  return choices[0]?.message.content ?? "";
}

async function exchangeOf({ url }: Winnow, session: string): Promise<Detail> {
  const headers = { "x-winnow-key": KEY };
  const found = await eventually(`the exchange of ${session}`, async () => {
    const response = await fetch(`${url}/v1/exchanges?session=${session}`, { headers });
    expect(response.status).toBe(200);
    const { exchanges } = (await response.json()) as { exchanges: { id: string }[] };
    expect(exchanges.length).toBeLessThanOrEqual(1);
    return exchanges[0];
  });
  const response = await fetch(`${url}/v1/exchanges/${found.id}`, { headers });
  expect(response.status).toBe(200);
  return (await response.json()) as Detail;
}
