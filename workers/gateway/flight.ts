/** One try of a call under way: what its capture will need, and how it gets there. */
import type { CallHeaders } from "../../shared/capture/call-headers.ts";
import { appTag } from "../../shared/core/app-tag.ts";
import type { CaptureHeader, Outcome } from "../../shared/core/exchange.ts";
import { type ExchangeId, newExchangeId, signExchangeId } from "../../shared/core/ids.ts";
import type { KeyClaims } from "../../shared/core/keys.ts";
import { HEADER_VALUE_CHARS_MAX } from "../../shared/core/limits.ts";
import type { Provider } from "../../shared/core/providers.ts";
import { parseTraceparent } from "../../shared/core/traceparent.ts";
import { isUnderstood } from "../../shared/core/understood-paths.ts";
import type { Resilience } from "../../shared/settings/app-settings.ts";
import type { Copied } from "./answer-stream.ts";
import type { Env, Isolate } from "./isolate.ts";
import type { RequestBody } from "./request-body.ts";
import { sendCapture } from "./send-capture.ts";

export const NOTHING = new Uint8Array(0);

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

/** A call that may go on: who calls, and what goes to the provider. */
export interface Departure extends ProxyCall {
  claims: KeyClaims;
  headers: CallHeaders;
  body: RequestBody;
  policy: Resilience;
}

export interface Flight extends Departure {
  id: ExchangeId;
  signedId: Promise<string>;
  /** The try that this one repeats, else what the caller named. */
  parent: string | undefined;
  startedAtMs: number;
  /** Called once, with what came of the try; undefined where nothing is to be captured. */
  land: (landing: Landing | undefined) => void;
}

export interface Landing {
  /** undefined: the provider never answered. */
  answer: Response | undefined;
  firstByteMs: number;
  copied: Copied | Promise<Copied>;
}

/** What came of asking the provider: the head of its answer, or nothing. */
export type Asked = { ok: true; answer: Response; firstByteMs: number } | { ok: false; error: unknown };

/** Takes off: from here on the try will be captured, whatever becomes of it and of the client. */
export function takeOff(departure: Departure, options: { nowMs: number; parent: string | undefined }): Flight {
  const { nowMs, parent } = options;
  const id = newExchangeId(nowMs, appTag(departure.claims.app));
  const signedId = signExchangeId(id, departure.isolate.signer);
  const { promise: landed, resolve: land } = Promise.withResolvers<Landing | undefined>();
  const flight: Flight = { ...departure, id, signedId, parent, startedAtMs: nowMs, land };
  // Before the fetch: a client that leaves early takes everything with it that waitUntil doesn't hold.
  departure.ctx.waitUntil(landed.then((landing) => landing && capture(flight, landing)));
  return flight;
}

async function capture(flight: Flight, landing: Landing): Promise<void> {
  const { env, isolate, body } = flight;
  try {
    const { bytes, outcome, gzipped = false } = await landing.copied;
    const hasContent = keepsContent(flight);
    const header = captureHeader(flight, { ...landing, outcome });
    const request = hasContent && body.kind === "whole" ? body.bytes : NOTHING;
    const answered = hasContent ? { response: bytes, responseGzipped: gzipped } : { response: NOTHING };
    await sendCapture({ capture: { header, request, ...answered }, env, isolate });
  } catch (error) {
    const { id } = flight;
    await isolate.losses.lose({ reason: "capture_failed", id, error, db: env.DB, nowMs: Date.now() });
  }
}

/** Of files, audio and images nobody learns: they pass, and what is kept is that they did. */
function keepsContent({ provider, path }: Flight): boolean {
  return provider.format === "raw" || isUnderstood({ format: provider.format, path });
}

function captureHeader(
  flight: Flight,
  result: { answer: Response | undefined; firstByteMs: number; outcome: Outcome },
): CaptureHeader {
  const { request, headers, provider, claims, startedAtMs } = flight;
  const status = result.answer?.status ?? 0;
  const hasContent = keepsContent(flight);
  const isFailure = result.outcome === "complete" && (status >= 400 || status === 0);
  const isCut = result.outcome === "truncated" && !hasContent; // where nothing is kept nothing is missing
  return {
    version: 1,
    id: flight.id,
    app: claims.app,
    provider: provider.name,
    format: provider.format,
    method: request.method,
    path: flight.path,
    capture: headers.capture === "full" && hasContent ? "full" : "metadata",
    atMs: startedAtMs,
    requestId: headers.requestId,
    task: headers.task,
    user: headers.user,
    session: headers.session,
    parent: flight.parent,
    traceparent: readTraceparent(request.headers),
    meta: headers.meta,
    status,
    requestType: request.headers.get("content-type") ?? "",
    responseType: result.answer?.headers.get("content-type") ?? "",
    outcome: isFailure ? "upstream_error" : isCut ? "complete" : result.outcome,
    firstByteMs: result.firstByteMs,
    durationMs: Date.now() - startedAtMs,
    requestOmitted: hasContent && flight.body.kind === "large" ? "too_large" : undefined,
  };
}

/** As it came, and as it goes to the provider. */
function readTraceparent(headers: Headers): string | undefined {
  const text = headers.get("traceparent");
  if (text === null || text.length > HEADER_VALUE_CHARS_MAX) return undefined;
  return parseTraceparent(text) === undefined ? undefined : text;
}
