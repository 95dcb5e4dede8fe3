/**
 * A call through winnow: ANY /{provider}/*.
 *
 *     key ──▶ headers ──▶ body ──▶ provider ──▶ answer to the client
 *                                     └─ copy ──▶ waitUntil: queue, or spill/ (send-capture.ts)
 *
 * Never parses a request or a response; nothing in it waits for D1, R2 or the queue.
 */
import { type CallHeaders, readCallHeaders } from "../../shared/capture/call-headers.ts";
import { type ApiError, providerErrorResponse } from "../../shared/core/api-error.ts";
import type { CaptureHeader, Outcome } from "../../shared/core/exchange.ts";
import { type ExchangeId, newExchangeId, signExchangeId } from "../../shared/core/ids.ts";
import type { KeyClaims } from "../../shared/core/keys.ts";
import { NEEDS_ADDRESS, type Provider } from "../../shared/core/providers.ts";
import { type Copied, copyStream } from "./answer-stream.ts";
import { isWholeAnswer, readWhole } from "./answer-whole.ts";
import { checkScope, findKey, KEY_MISSING, replaceKey } from "./caller.ts";
import { type Env, type Isolate, secretNamed } from "./isolate.ts";
import { type RequestBody, readRequestBody } from "./request-body.ts";
import { sendCapture } from "./send-capture.ts";

const NOTHING = new Uint8Array(0);

export interface ProxyCall {
  request: Request;
  env: Env;
  ctx: ExecutionContext;
  isolate: Isolate;
  provider: Provider;
  /** What follows `/{provider}`, as it came. */
  path: string;
  /** With its question mark, or empty. */
  query: string;
}

/** One call under way: what its capture will need. */
interface Flight extends ProxyCall {
  id: ExchangeId;
  signedId: Promise<string>;
  claims: KeyClaims;
  headers: CallHeaders;
  body: RequestBody;
  startedAtMs: number;
  /** Called once, with what came of the call; undefined where nothing is to be captured. */
  land: (landing: Landing | undefined) => void;
}

interface Landing {
  /** undefined: the provider never answered. */
  answer: Response | undefined;
  firstByteMs: number;
  copied: Copied | Promise<Copied>;
}

export async function proxy(call: ProxyCall): Promise<Response> {
  const { request, isolate, provider } = call;
  const startedAtMs = Date.now();
  if (request.headers.get("upgrade") !== null) return refuse(call, UPGRADE_REFUSED);
  const headers = readCallHeaders(request.headers);
  const found = findKey({ own: headers.key, headers: headers.upstream, query: call.query });
  if (found === undefined) return refuse(call, KEY_MISSING);
  const claims = await isolate.keys.claims(found.key);
  const denied = checkScope(claims, "proxy");
  if (denied !== undefined || claims === undefined) return refuse(call, denied ?? KEY_MISSING);
  if (found.place !== undefined) {
    const secret = secretNamed(call.env, provider.keyVariable);
    const missing = replaceKey({ headers: headers.upstream, place: found.place, provider, secret });
    if (missing !== undefined) return refuse(call, missing);
  }
  const id = newExchangeId(startedAtMs);
  const signedId = signExchangeId(id, isolate.signer);
  const body = await readRequestBody(request);
  const { promise: landed, resolve: land } = Promise.withResolvers<Landing | undefined>();
  const flight: Flight = { ...call, id, signedId, claims, headers, body, startedAtMs, land };
  // Before the fetch: a client that leaves early takes everything with it that waitUntil doesn't hold.
  call.ctx.waitUntil(landed.then((landing) => landing && capture(flight, landing)));
  return forward(flight);
}

async function forward(flight: Flight): Promise<Response> {
  const { request, body, headers } = flight;
  let answer: Response;
  try {
    answer = await fetch(upstreamAddress(flight), {
      method: request.method,
      headers: headers.upstream,
      body: body.kind === "whole" ? body.bytes : body.kind === "large" ? body.stream : null,
      redirect: "manual", // a followed redirect would carry the provider's key to another host
      signal: request.signal, // the client may leave before the first byte
    });
  } catch (error) {
    return unreachable(flight, error);
  }
  if (headers.capture === "off") {
    flight.land(undefined);
    return answer;
  }
  const firstByteMs = Date.now() - flight.startedAtMs;
  if (isWholeAnswer(answer, request.method)) return answerWhole(flight, answer, firstByteMs);
  if (answer.body === null) {
    flight.land({ answer, firstByteMs, copied: { bytes: NOTHING, outcome: "complete" } });
    return withOwnHeaders(flight, new Response(null, answer));
  }
  const { client, copied } = copyStream(answer.body);
  flight.land({ answer, firstByteMs, copied });
  return withOwnHeaders(flight, new Response(client, answer));
}

async function answerWhole(flight: Flight, answer: Response, firstByteMs: number): Promise<Response> {
  try {
    const whole = await readWhole(answer);
    flight.land({ answer, firstByteMs, copied: whole });
    return withOwnHeaders(flight, new Response(whole.bytes, answer));
  } catch (error) {
    return unreachable(flight, error, "upstream_cut");
  }
}

/** Only the configured base address decides the host; the path is appended as text. */
function upstreamAddress(flight: Flight): string {
  let { query } = flight;
  if (query.includes("key=wk_")) {
    const kept = query
      .slice(1)
      .split("&")
      .filter((part) => !part.startsWith("key=wk_"));
    query = kept.length === 0 ? "" : `?${kept.join("&")}`;
  }
  return flight.provider.baseUrl + flight.path + query;
}

/** @param response made with the provider's answer as its init: status and headers are the provider's */
async function withOwnHeaders(flight: Flight, response: Response): Promise<Response> {
  const { headers } = response;
  headers.set("x-winnow-id", await flight.signedId);
  headers.append("access-control-expose-headers", "x-winnow-id");
  const coding = headers.get("content-encoding");
  if (coding === "gzip" || coding === "br") {
    // Asked for identity and got this all the same: workerd has decoded what we read, so neither is true any more.
    headers.delete("content-encoding");
    headers.delete("content-length");
  }
  for (const warning of flight.headers.warnings) headers.append("x-winnow-warning", warning);
  return response;
}

/** Nothing of the provider's answer came: the client left, or the provider can't be reached. */
async function unreachable(flight: Flight, error: unknown, without: Outcome = "upstream_error"): Promise<Response> {
  const { provider, headers } = flight;
  const outcome: Outcome = flight.request.signal.aborted ? "client_aborted" : without;
  const firstByteMs = Date.now() - flight.startedAtMs;
  const landing: Landing = { answer: undefined, firstByteMs, copied: { bytes: NOTHING, outcome } };
  flight.land(headers.capture === "off" ? undefined : landing);
  const response = providerErrorResponse(
    {
      code: "upstream_unreachable",
      message: `${provider.name} at ${provider.baseUrl} did not answer (${String(error)}); the call may be sent again`,
    },
    provider.format,
  );
  if (headers.capture !== "off") response.headers.set("x-winnow-id", await flight.signedId);
  return response;
}

async function capture(flight: Flight, landing: Landing): Promise<void> {
  const { env, isolate, body } = flight;
  try {
    const { bytes, outcome } = await landing.copied;
    const header = captureHeader(flight, { ...landing, outcome });
    const request = body.kind === "whole" ? body.bytes : NOTHING;
    await sendCapture({ capture: { header, request, response: bytes }, env, isolate });
  } catch (error) {
    await isolate.losses.lose({ reason: "capture_failed", error, db: env.DB, nowMs: Date.now() });
  }
}

function captureHeader(
  flight: Flight,
  result: { answer: Response | undefined; firstByteMs: number; outcome: Outcome },
): CaptureHeader {
  const { request, headers, provider, claims, startedAtMs } = flight;
  const status = result.answer?.status ?? 0;
  return {
    version: 1,
    id: flight.id,
    app: claims.app,
    provider: provider.name,
    format: provider.format,
    method: request.method,
    path: flight.path,
    capture: headers.capture === "full" ? "full" : "metadata",
    atMs: startedAtMs,
    requestId: headers.requestId,
    task: headers.task,
    user: headers.user,
    session: headers.session,
    parent: headers.parent,
    meta: headers.meta,
    status,
    requestType: request.headers.get("content-type") ?? "",
    responseType: result.answer?.headers.get("content-type") ?? "",
    outcome: result.outcome === "complete" && (status >= 400 || status === 0) ? "upstream_error" : result.outcome,
    firstByteMs: result.firstByteMs,
    durationMs: Date.now() - startedAtMs,
    requestOmitted: flight.body.kind === "large" ? "too_large" : undefined,
  };
}

const UPGRADE_REFUSED: ApiError = {
  code: "upgrade_refused",
  message: "WebSocket connections are not proxied; use the provider's HTTP API (JSON or event stream)",
};

function refuse(call: ProxyCall, error: ApiError): Response {
  return providerErrorResponse(error, call.provider.format);
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
