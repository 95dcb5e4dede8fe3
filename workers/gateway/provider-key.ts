/** A provider's key: a Worker secret whose name only the provider and the app's settings make. */
import type { Provider } from "../../shared/core/providers.ts";
import { secretNamed } from "../../shared/core/secret-named.ts";
import type { Env } from "./isolate.ts";

export interface ProviderKey {
  /** Name of the secret, for the error that asks for it. */
  variable: string;
  secret: string | undefined;
}

/** @param options.ending of the secret's name, as the app's settings have it: `TEAM_B` for OPENAI_API_KEY_TEAM_B */
export function providerKey(options: { env: Env; provider: Provider; ending: string | undefined }): ProviderKey {
  const { env, provider, ending } = options;
  const variable = ending === undefined ? provider.keyVariable : `${provider.keyVariable}_${ending}`;
  return { variable, secret: secretNamed(env, variable) };
}
