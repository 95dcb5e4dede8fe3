/**
 * Who calls, and with whose provider key. Either `x-winnow-key` names the caller and the provider's key
 * passes through; or the winnow key stands where the provider's SDK puts its key, and the provider's key,
 * a Worker secret, takes its place.
 */
import type { ApiError } from "../../shared/core/api-error.ts";
import { type KeyClaims, looksLikeKey, type Scope } from "../../shared/core/keys.ts";
import type { Provider } from "../../shared/core/providers.ts";
import type { ProviderKey } from "./provider-key.ts";

export type KeyPlace = { header: "authorization" | "x-api-key" | "x-goog-api-key" | "api-key" } | { query: "key" };

export interface FoundKey {
  key: string;
  /** Where it stood, if it stood in the provider key's place. */
  place: KeyPlace | undefined;
}

const PLAIN_PLACES = ["x-api-key", "x-goog-api-key", "api-key"] as const;

export function findKey(options: { own: string | undefined; headers: Headers; query: string }): FoundKey | undefined {
  const placed = findPlaced(options.headers, options.query);
  // In both: the provider's key takes the winnow key's place, or the provider would get to see it.
  return options.own === undefined ? placed : { key: options.own, place: placed?.place };
}

function findPlaced(headers: Headers, query: string): FoundKey | undefined {
  const bearer = bearerOf(headers);
  if (bearer !== undefined) return { key: bearer, place: { header: "authorization" } };
  for (const header of PLAIN_PLACES) {
    const value = headers.get(header);
    if (value !== null && looksLikeKey(value)) return { key: value, place: { header } };
  }
  if (!query.includes("key=wk_")) return undefined;
  const key = new URLSearchParams(query).get("key");
  return key === null ? undefined : { key, place: { query: "key" } };
}

function bearerOf(headers: Headers): string | undefined {
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(headers.get("authorization") ?? "")?.[1];
  return bearer !== undefined && looksLikeKey(bearer) ? bearer : undefined;
}

export function checkScope(claims: KeyClaims | undefined, scope: Scope): ApiError | undefined {
  if (claims === undefined) {
    return {
      code: "key_wrong",
      message: "this winnow key is not one that this winnow made; check it for missing characters, or make a new one",
    };
  }
  if (claims.scopes.includes(scope)) return undefined;
  return {
    code: "scope_missing",
    message: `key ${claims.keyId} of app ${claims.app} has scopes ${claims.scopes.join(", ")} and this needs ${scope}; use a key that has it`,
  };
}

export const KEY_MISSING: ApiError = {
  code: "key_missing",
  message: "no winnow key: send it as x-winnow-key, or in the place of the provider's key",
};

/** Puts the provider's key where the winnow key stood. */
export function replaceKey(options: {
  headers: Headers;
  place: KeyPlace;
  provider: Provider;
  key: ProviderKey;
}): ApiError | undefined {
  const { headers, place, provider } = options;
  const { variable, secret } = options.key;
  if (bearerOf(headers) !== undefined) headers.delete("authorization");
  for (const header of PLAIN_PLACES) if (looksLikeKey(headers.get(header) ?? "")) headers.delete(header);
  if (secret === undefined) {
    if (provider.configured) return undefined; // a server of the team's own may want no key
    return {
      code: "provider_key_missing",
      message: `winnow holds no key for ${provider.name}: set it with \`wrangler secret put ${variable}\`, or send the provider's own key and put the winnow key in x-winnow-key`,
    };
  }
  if ("header" in place && place.header === "api-key") headers.set("api-key", secret);
  else setKey({ headers, provider, secret });
  return undefined;
}

/** Takes out every key that is there, and puts the provider's where the provider looks for it. */
export function setKey(options: { headers: Headers; provider: Provider; secret: string | undefined }): void {
  const { headers, provider, secret } = options;
  for (const name of ["authorization", ...PLAIN_PLACES]) headers.delete(name);
  if (secret === undefined) return;
  if (provider.format === "anthropic") headers.set("x-api-key", secret);
  else if (provider.format === "google") headers.set("x-goog-api-key", secret);
  else headers.set("authorization", `Bearer ${secret}`);
}
