/**
 * A call through winnow: ANY /{provider}/*.
 *
 *     key ──▶ headers ──▶ may it go on? ──▶ body ──▶ provider ──▶ answer to the client
 *            (caller.ts)   (admit.ts)               (forward.ts)     └─ copy ──▶ waitUntil: queue, or spill/
 *
 * Never parses a response; nothing in it waits for R2 or the queue, and for D1 only where settings.ts says so.
 */
import { readCallHeaders } from "../../shared/capture/call-headers.ts";
import { type ApiError, providerErrorResponse } from "../../shared/core/api-error.ts";
import type { KeyClaims } from "../../shared/core/keys.ts";
import { NEEDS_ADDRESS } from "../../shared/core/providers.ts";
import { admit, checkEnd } from "./admit.ts";
import { checkScope, type FoundKey, findKey, KEY_MISSING, replaceKey } from "./caller.ts";
import { type Departure, type ProxyCall, takeOff } from "./flight.ts";
import { ask, deliver } from "./forward.ts";
import { policyOf } from "./policy.ts";
import { providerKey } from "./provider-key.ts";
import { readRequestBody } from "./request-body.ts";
import { isResilient, sendResiliently } from "./resilience.ts";

export async function proxy(call: ProxyCall): Promise<Response> {
  const { request, isolate, env, ctx } = call;
  const nowMs = Date.now();
  if (request.headers.get("upgrade") !== null) return refuse(call, UPGRADE_REFUSED);
  const headers = readCallHeaders(request.headers);
  const found = findKey({ own: headers.key, headers: headers.upstream, query: call.query });
  if (found === undefined) return refuse(call, KEY_MISSING);
  const claims = await isolate.keys.claims(found.key);
  const denied = checkScope(claims, "proxy");
  if (denied !== undefined || claims === undefined) return refuse(call, denied ?? KEY_MISSING);
  const { settings, limiter } = isolate;
  settings.refresh({ d1: env.DB, nowMs, waitUntil: (work) => ctx.waitUntil(work) });
  const admission = await admit({ claims, user: headers.user, settings, limiter, nowMs });
  for (const error of admission.unchecked) {
    ctx.waitUntil(isolate.losses.lose({ reason: "limit_unchecked", error, db: env.DB, nowMs }));
  }
  const { refusal } = admission;
  if (refusal !== undefined) return refuse(call, refusal.error, refusal.retryAfterS);
  if (found.place !== undefined) {
    const missing = await insertProviderKey({ call, headers: headers.upstream, place: found.place, claims });
    if (missing !== undefined) return refuse(call, missing);
  }
  const policy = policyOf(headers, settings.settingsOf(claims.app).resilience);
  const departure: Departure = { ...call, claims, headers, policy, body: await readRequestBody(request) };
  return send(departure, nowMs);
}

async function send(departure: Departure, nowMs: number): Promise<Response> {
  const { isolate, env, claims, request } = departure;
  const { settings } = isolate;
  if (isResilient(departure)) return sendResiliently(departure);
  // What is known of ended keys may be too old to be trusted: D1 is asked while the provider works.
  const doubt = settings.isOld(nowMs) ? settings.fresh({ d1: env.DB, nowMs }) : undefined;
  const flight = takeOff(departure, { nowMs, parent: departure.headers.parent });
  const asked = await ask(flight, request.signal);
  if (doubt === undefined) return deliver(flight, asked);
  await doubt;
  const ended = checkEnd({ claims, settings, nowMs });
  if (ended === undefined) return deliver(flight, asked);
  flight.land(undefined);
  if (asked.ok) await asked.answer.body?.cancel();
  return refuse(departure, ended);
}

/** Puts the provider's key where the winnow key stood: the one that the app's settings name. */
async function insertProviderKey(options: {
  call: ProxyCall;
  headers: Headers;
  place: NonNullable<FoundKey["place"]>;
  claims: KeyClaims;
}): Promise<ApiError | undefined> {
  const { call, headers, place, claims } = options;
  const { isolate, env, provider } = call;
  // An isolate that has just begun does not know yet which key it is.
  if (isolate.settings.isCold) await isolate.settings.fresh({ d1: env.DB, nowMs: Date.now() });
  const ending = isolate.settings.settingsOf(claims.app).providerKeys[provider.name];
  return replaceKey({ headers, place, provider, key: providerKey({ env, provider, ending }) });
}

const UPGRADE_REFUSED: ApiError = {
  code: "upgrade_refused",
  message: "WebSocket connections are not proxied; use the provider's HTTP API (JSON or event stream)",
};

function refuse(call: ProxyCall, error: ApiError, retryAfterS?: number): Response {
  const response = providerErrorResponse(error, call.provider.format);
  if (retryAfterS !== undefined) response.headers.set("retry-after", String(retryAfterS));
  return response;
}

export function unknownProvider(name: string, known: Iterable<string>): Response {
  const example = NEEDS_ADDRESS.get(name);
  const error: ApiError =
    example === undefined
      ? {
          code: "provider_unknown",
          message: `no provider "${name}"; there are: ${[...known].join(", ")}; more come from the PROVIDERS variable`,
        }
      : {
          code: "provider_address_missing",
          message: `${name} has an address of your own; set the PROVIDERS variable, for example ${example}`,
        };
  return providerErrorResponse(error, "openai");
}
