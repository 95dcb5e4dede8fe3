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
  const { settings, limiter, signer } = isolate;
  const reading = settings.renew({ d1: env.DB, nowMs, waitUntil: (work) => ctx.waitUntil(work) });
  const admission = await admit({ claims, user: headers.user, settings, limiter, signer, nowMs });
  for (const error of admission.unchecked) {
    ctx.waitUntil(isolate.losses.lose({ reason: "limit_unchecked", error, db: env.DB, nowMs }));
  }
  const { refusal } = admission;
  if (refusal !== undefined) return refuse(call, refusal.error, refusal.retryAfterS);
  if (found.place !== undefined) {
    if (settings.isCold) await reading; // an isolate that has just begun does not know yet which key it is
    const missing = insertProviderKey({ call, headers: headers.upstream, place: found.place, claims });
    if (missing !== undefined) return refuse(call, missing);
  }
  const policy = policyOf(headers, settings.settingsOf(claims.app).resilience);
  const departure: Departure = { ...call, claims, headers, policy, body: await readRequestBody(request) };
  if (reading !== undefined) return sendInDoubt(departure, { nowMs, reading });
  return isResilient(departure) ? sendResiliently(departure) : sendOnce(departure, nowMs);
}

async function sendOnce(departure: Departure, nowMs: number): Promise<Response> {
  const flight = takeOff(departure, { nowMs, parent: departure.headers.parent });
  return deliver(flight, await ask(flight, departure.request.signal));
}

/** What is known of ended keys is too old to be trusted: D1 is asked, and for most calls while the provider works. */
async function sendInDoubt(
  departure: Departure,
  options: { nowMs: number; reading: Promise<void> },
): Promise<Response> {
  const { claims, isolate, request } = departure;
  const { nowMs, reading } = options;
  const check = () => checkEnd({ claims, settings: isolate.settings, nowMs });
  if (isResilient(departure)) {
    await reading;
    const ended = check();
    return ended === undefined ? sendResiliently(departure) : refuse(departure, ended);
  }
  const flight = takeOff(departure, { nowMs, parent: departure.headers.parent });
  const [asked] = await Promise.all([ask(flight, request.signal), reading]);
  const ended = check();
  if (ended === undefined) return deliver(flight, asked);
  flight.land(undefined);
  if (asked.ok) await asked.answer.body?.cancel();
  return refuse(departure, ended);
}

/** Puts the provider's key where the winnow key stood: the one that the app's settings name. */
function insertProviderKey(options: {
  call: ProxyCall;
  headers: Headers;
  place: NonNullable<FoundKey["place"]>;
  claims: KeyClaims;
}): ApiError | undefined {
  const { call, headers, place, claims } = options;
  const { isolate, env, provider } = call;
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
