/** winnow as the tests of this folder run it: the four real Workers, and one provider in every provider's place. */
import { makeKey, type Scope } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { type LaunchOptions, launch, type Winnow } from "../../workers/local/launch.ts";
import { eventually } from "../local/launch-stubs.ts";
import { type Provider, startProvider } from "./provider.ts";
import { findByTask, findExchange, type StoredExchange } from "./stored.ts";

export const SECRET = "gateway-tests-0123456789abcdef0123456789abcdef";
export const APP = "shop";

export interface UnderTest {
  winnow: Winnow;
  provider: Provider;
  /** The gateway's. */
  url: string;
  /** May only proxy. */
  key: string;
  stop(): Promise<void>;
}

/** openai, anthropic and google, and `raw` of no known format, all lead to the one provider. */
export async function startUnderTest(
  options: Partial<Pick<LaunchOptions, "entries" | "secrets" | "providers" | "log">> = {},
): Promise<UnderTest> {
  const provider = await startProvider();
  const baseUrl = provider.url;
  try {
    const winnow = await launch({
      ...options,
      secrets: { WINNOW_SECRET: SECRET, ...options.secrets },
      providers: {
        openai: { baseUrl, format: "openai" },
        anthropic: { baseUrl, format: "anthropic" },
        google: { baseUrl, format: "google" },
        raw: { baseUrl, format: "raw" },
        ...options.providers,
      },
    });
    const stop = async () => {
      await winnow.stop();
      await provider.stop();
    };
    return { winnow, provider, url: winnow.url, key: await keyWith(["proxy"]), stop };
  } catch (error) {
    await provider.stop();
    throw error;
  }
}

export function keyWith(scopes: readonly Scope[], secret = SECRET): Promise<string> {
  return makeKey({ app: APP, keyId: "k1", scopes }, new MacSigner(secret));
}

/** The exchange that the id of an answer names, once it has been taken in. */
export function exchangeOf(winnow: Winnow, signedId: string | string[] | null | undefined): Promise<StoredExchange> {
  if (typeof signedId !== "string") throw new Error(`x-winnow-id is ${signedId}`);
  return eventually(`exchange ${signedId}`, () => findExchange(winnow, { signedId, app: APP }));
}

/** The exchange of a task that was called once, once it has been taken in. */
export function exchangeOfTask(winnow: Winnow, task: string): Promise<StoredExchange> {
  return eventually(`the exchange of task ${task}`, () => findByTask(winnow, { task, app: APP }));
}
