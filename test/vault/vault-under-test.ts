/** winnow with scripted providers, and the few calls that the tests of keys, limits and tries make. */
import { LOCAL_CLAIMS, makeKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { type LaunchOptions, launch, type Winnow } from "../../workers/local/launch.ts";
import { type ScriptedProvider, startScripted } from "./scripted-provider.ts";

export const SECRET = "a secret for tests, of 32 characters or more";
export const ADMIN_KEY = await makeKey(LOCAL_CLAIMS, new MacSigner(SECRET));

export interface Vault {
  winnow: Winnow;
  mine: ScriptedProvider;
  other: ScriptedProvider;
  /** One call to `mine`. */
  call(options?: { key?: string; headers?: Record<string, string>; model?: string }): Promise<Response>;
  api(method: string, path: string, body?: object): Promise<Response>;
  stop(): Promise<void>;
}

export async function startVault(options: Partial<LaunchOptions> = {}): Promise<Vault> {
  const [mine, other] = await Promise.all([startScripted(), startScripted()]);
  const winnow = await launch({
    ...options,
    secrets: { WINNOW_SECRET: SECRET, ...options.secrets },
    providers: {
      mine: { baseUrl: mine.url, format: "openai" },
      other: { baseUrl: other.url, format: "openai" },
    },
  });
  return {
    winnow,
    mine,
    other,
    call: ({ key = ADMIN_KEY, headers = {}, model = "gpt-4o-mini" } = {}) =>
      fetch(`${winnow.url}/mine/v1/chat/completions`, {
        method: "POST",
        headers: { "x-winnow-key": key, "content-type": "application/json", ...headers },
        body: JSON.stringify({ model, messages: [{ role: "user", content: "Hello" }] }),
      }),
    api: (method, path, body) =>
      fetch(winnow.url + path, {
        method,
        headers: { "x-winnow-key": ADMIN_KEY, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    stop: async () => {
      await winnow.stop();
      await Promise.all([mine.stop(), other.stop()]);
    },
  };
}
