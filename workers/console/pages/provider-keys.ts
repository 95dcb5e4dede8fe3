/**
 * Which providers' keys winnow keeps, by the names of their secrets; never a key. The secrets are the gateway's: it names those
 * it has in a header of its own on its way to the console. Locally every Worker has them.
 */
import { readProviders } from "../../../shared/core/providers.ts";
import type { AppSettings } from "../../../shared/settings/app-settings.ts";
import type { PageContext } from "../session.ts";

export const GATEWAY_SECRETS_HEADER = "x-winnow-provider-secrets";

export interface ProviderKeyState {
  provider: string;
  /** Name of the secret that this app's calls would use. */
  variable: string;
  state: "present" | "not set" | "not known here";
}

export function providerKeyStates(c: PageContext, settings: AppSettings): ProviderKeyState[] {
  const named = c.req.header(GATEWAY_SECRETS_HEADER);
  const known = named === undefined ? undefined : new Set(named.split(","));
  const own = c.env as unknown as Record<string, unknown>;
  return [...readProviders(undefined).values()].map(({ name, keyVariable }) => {
    const ending = settings.providerKeys[name];
    const variable = ending === undefined ? keyVariable : `${keyVariable}_${ending}`;
    const isOwn = typeof own[variable] === "string" && own[variable] !== "";
    if (isOwn || known?.has(variable)) return { provider: name, variable, state: "present" };
    const isKnown = known !== undefined || c.env.LOCAL_KEY !== undefined;
    return { provider: name, variable, state: isKnown ? "not set" : "not known here" };
  });
}
