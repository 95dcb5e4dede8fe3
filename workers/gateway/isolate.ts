/** What one isolate keeps between calls: made once from `env`, never from a request. */
import { KeyRing } from "../../shared/core/keys.ts";
import { KEY_CACHE_ENTRIES_MAX } from "../../shared/core/limits.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { type ProviderTable, readProviders } from "../../shared/core/providers.ts";
import { Sealer } from "../../shared/core/seal.ts";
import { listenerOf } from "../../shared/telemetry/tell.ts";
import { Circuits } from "./circuit.ts";
import type { Limiter } from "./limiter.ts";
import { BindingLimiter } from "./limiter-binding.ts";
import { UpstashLimiter } from "./limiter-upstash.ts";
import { LossCounter } from "./losses.ts";
import { SettingsCache } from "./settings.ts";

/** Secrets that are set only where they are needed; `wrangler types` knows the required ones. */
export interface OptionalSecrets {
  /** Set by `npm start` alone: a key of any form that stands for app `demo` with all scopes. */
  LOCAL_KEY?: string;
  /** Both set: requests are counted by Upstash, for all locations together. */
  UPSTASH_REDIS_REST_URL?: string;
  UPSTASH_REDIS_REST_TOKEN?: string;
}
export type Env = GatewayEnv & OptionalSecrets;

export interface Isolate {
  signer: MacSigner;
  sealer: Sealer;
  keys: KeyRing;
  providers: ProviderTable;
  losses: LossCounter;
  settings: SettingsCache;
  limiter: Limiter;
  /** By Cloudflare's binding in any case: a body may hold events of a hundred exchanges. */
  feedbackLimiter: Limiter;
  circuits: Circuits;
}

let isolate: Isolate | undefined;

/** @throws with what to do when a variable is wrong: nothing can be served then */
export function isolateOf(env: Env): Isolate {
  isolate ??= makeIsolate(env);
  return isolate;
}

function makeIsolate(env: Env): Isolate {
  const signer = new MacSigner(env.WINNOW_SECRET);
  return {
    signer,
    sealer: new Sealer(env.WINNOW_SECRET),
    keys: new KeyRing({ signer, localKey: env.LOCAL_KEY, entriesMax: KEY_CACHE_ENTRIES_MAX }),
    providers: readProviders(env.PROVIDERS),
    losses: new LossCounter(listenerOf(env, console.error)),
    settings: new SettingsCache(listenerOf(env, console.error)),
    limiter: makeLimiter(env),
    feedbackLimiter: bindingLimiter(env),
    circuits: new Circuits(),
  };
}

function makeLimiter(env: Env): Limiter {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = env;
  if (url && token) return new UpstashLimiter({ url, token, now: Date.now });
  return bindingLimiter(env);
}

function bindingLimiter(env: Env): Limiter {
  return new BindingLimiter([
    { perMinute: 10, binding: env.RATE_10 },
    { perMinute: 30, binding: env.RATE_30 },
    { perMinute: 100, binding: env.RATE_100 },
    { perMinute: 300, binding: env.RATE_300 },
    { perMinute: 1_000, binding: env.RATE_1000 },
    { perMinute: 10_000, binding: env.RATE_10000 },
  ]);
}
