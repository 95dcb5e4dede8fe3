/**
 * May this call go on? The key's end, the app's day, requests in this minute; in this order, cheapest first. Nothing is
 * asked of anyone where the app has set no limits.
 */
import type { ApiError } from "../../shared/core/api-error.ts";
import { hasExpired, type KeyClaims } from "../../shared/core/keys.ts";
import type { MacSigner } from "../../shared/core/mac.ts";
import { hashUserId } from "../../shared/core/user-id.ts";
import type { AppSettings } from "../../shared/settings/app-settings.ts";
import type { Limiter, Taken } from "./limiter.ts";
import type { SettingsCache } from "./settings.ts";

export interface Refusal {
  error: ApiError;
  retryAfterS?: number;
}

export interface Admission {
  refusal?: Refusal;
  /** Limits that nobody could check: the call goes on, and they are counted. */
  unchecked: string[];
}

export interface Applicant {
  claims: KeyClaims;
  user: string | undefined;
  settings: SettingsCache;
  limiter: Limiter;
  signer: MacSigner;
  nowMs: number;
}

const DAY_MS = 24 * 3_600_000;

export async function admit(applicant: Applicant): Promise<Admission> {
  const { claims, settings, nowMs } = applicant;
  const ended = checkEnd({ claims, settings, nowMs });
  if (ended !== undefined) return { refusal: { error: ended }, unchecked: [] };
  const { limits } = settings.settingsOf(claims.app);
  const spent = checkDay(applicant, limits);
  if (spent !== undefined) return { refusal: spent, unchecked: [] };
  return checkMinute(applicant, limits);
}

/** By its own expiry, or ended before that: revoked, or replaced and its overlap over. */
export function checkEnd(key: { claims: KeyClaims; settings: SettingsCache; nowMs: number }): ApiError | undefined {
  const { claims, settings, nowMs } = key;
  if (!hasExpired(claims, nowMs) && !settings.hasEnded(claims.keyId, nowMs)) return undefined;
  return {
    code: "key_ended",
    message: `key ${claims.keyId} of app ${claims.app} has expired or was revoked; make a new one with POST /v1/keys`,
  };
}

function checkDay({ claims, settings, nowMs }: Applicant, limits: AppSettings["limits"]): Refusal | undefined {
  const { tokensPerDay, costUsdPerDay } = limits;
  if (tokensPerDay === undefined && costUsdPerDay === undefined) return undefined;
  const spent = settings.spentBy(claims.app, nowMs);
  const costUsd = spent.costUsdMicros / 1e6;
  const retryAfterS = Math.ceil((DAY_MS - (nowMs % DAY_MS)) / 1_000);
  if (tokensPerDay !== undefined && spent.tokens >= tokensPerDay) {
    return over({ what: `${spent.tokens} tokens today, ${tokensPerDay} allowed`, app: claims.app, retryAfterS });
  }
  if (costUsdPerDay !== undefined && costUsd >= costUsdPerDay) {
    return over({ what: `${costUsd.toFixed(2)} USD today, ${costUsdPerDay} allowed`, app: claims.app, retryAfterS });
  }
  return undefined;
}

async function checkMinute(applicant: Applicant, limits: AppSettings["limits"]): Promise<Admission> {
  const { claims, user, limiter } = applicant;
  const asked: { name: string; key: string; perMinute: number }[] = [];
  const { requestsPerMinute, userRequestsPerMinute } = limits;
  if (requestsPerMinute !== undefined) {
    asked.push({ name: "requestsPerMinute", key: `app:${claims.app}`, perMinute: requestsPerMinute });
  }
  if (userRequestsPerMinute !== undefined && user !== undefined) {
    const key = `user:${claims.app}:${await hashUserId(user, applicant.signer)}`; // a limiter may be elsewhere
    asked.push({ name: "userRequestsPerMinute", key, perMinute: userRequestsPerMinute });
  }
  const taken = await Promise.all(asked.map((one) => limiter.take(one)));
  const unchecked = taken.flatMap((one) => (one.ok && "unchecked" in one ? [`${one.unchecked}: ${one.error}`] : []));
  const at = taken.findIndex((one) => !one.ok);
  const refused: Taken | undefined = taken[at];
  const limit = asked[at];
  if (refused === undefined || refused.ok || limit === undefined) return { unchecked };
  const what = `more than ${limit.perMinute} calls a minute (${limit.name})`;
  return { refusal: over({ what, app: claims.app, retryAfterS: refused.retryAfterS }), unchecked };
}

function over(limit: { what: string; app: string; retryAfterS: number }): Refusal {
  const message = `app ${limit.app}: ${limit.what}; try again in ${limit.retryAfterS} s, or raise the limit with PUT /v1/settings`;
  return { error: { code: "rate_limited", message }, retryAfterS: limit.retryAfterS };
}
