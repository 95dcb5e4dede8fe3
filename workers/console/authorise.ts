/** Who may: a winnow key with one of the scopes that a route names. Everything a key sees is its own app's. */
import type { Context, MiddlewareHandler } from "hono";
import { type ApiError, apiErrorResponse } from "../../shared/core/api-error.ts";
import { hasExpired, type KeyClaims, KeyRing, looksLikeKey, type Scope } from "../../shared/core/keys.ts";
import { KEY_CACHE_ENTRIES_MAX } from "../../shared/core/limits.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { readKey } from "../../shared/store/keys.ts";

export interface ConsoleContext {
  Bindings: ConsoleEnv & { LOCAL_KEY?: string };
  Variables: { claims: KeyClaims };
}

let signer: MacSigner | undefined;
let keyRing: KeyRing | undefined;

export function signerOf(env: ConsoleContext["Bindings"]): MacSigner {
  signer ??= new MacSigner(env.WINNOW_SECRET);
  return signer;
}

function keyRingOf(env: ConsoleContext["Bindings"]): KeyRing {
  keyRing ??= new KeyRing({ signer: signerOf(env), localKey: env.LOCAL_KEY, entriesMax: KEY_CACHE_ENTRIES_MAX });
  return keyRing;
}

/** Lets a request through whose key has one of `scopes`; puts its claims in the context. */
export function authorise(...scopes: Scope[]): MiddlewareHandler<ConsoleContext> {
  return async (c, next) => {
    const key = keyOf(c);
    if (key === undefined) {
      return apiErrorResponse({
        code: "key_missing",
        message: `no winnow key: send one of scope ${scopes.join(" or ")} as x-winnow-key`,
      });
    }
    const claims = await keyRingOf(c.env).claims(key);
    if (claims === undefined) {
      return apiErrorResponse({
        code: "key_wrong",
        message: "this winnow key is not one that this winnow made; check it for missing characters",
      });
    }
    if (await hasEnded(c, claims)) return apiErrorResponse(KEY_ENDED);
    if (!scopes.some((scope) => claims.scopes.includes(scope))) return apiErrorResponse(scopeMissing(claims, scopes));
    c.set("claims", claims);
    return next();
  };
}

/** Not live traffic: D1 is asked each time, so that an ended key ends here at once. */
async function hasEnded(c: Context<ConsoleContext>, claims: KeyClaims): Promise<boolean> {
  const nowMs = Date.now();
  if (hasExpired(claims, nowMs)) return true;
  const row = await readKey(c.env.DB, { app: claims.app, id: claims.keyId });
  return row !== undefined && row.endsAtMs !== null && row.endsAtMs <= nowMs;
}

const KEY_ENDED: ApiError = {
  code: "key_ended",
  message: "this winnow key has expired or was revoked; make a new one with POST /v1/keys",
};

function scopeMissing(claims: KeyClaims, scopes: readonly Scope[]): ApiError {
  return {
    code: "scope_missing",
    message: `key ${claims.keyId} of app ${claims.app} has scopes ${claims.scopes.join(", ")} and this needs ${scopes.join(" or ")}; use a key that has it`,
  };
}

/** Where the SDKs of providers put their key, too; not in the address, which others write down. */
const SDK_HEADERS = ["x-api-key", "x-goog-api-key", "api-key"];

function keyOf(c: Context<ConsoleContext>): string | undefined {
  const own = c.req.header("x-winnow-key");
  if (own) return own;
  const bearer = /^Bearer\s+(\S+)\s*$/i.exec(c.req.header("authorization") ?? "")?.[1];
  return [bearer, ...SDK_HEADERS.map((name) => c.req.header(name))].find((key) => key && looksLikeKey(key));
}

/** A key speaks for one app: another one may be named, but not reached. */
export function otherApp(claims: KeyClaims, app: string | undefined): Response | undefined {
  if (app === undefined || app === claims.app) return undefined;
  return apiErrorResponse({
    code: "scope_missing",
    message: `app is ${app} and the key belongs to app ${claims.app}; leave app out, or use a key of ${app}`,
  });
}
