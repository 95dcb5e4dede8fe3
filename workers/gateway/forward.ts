/**
 * One try: to the provider, and its answer to the client while a copy is taken.
 *
 *     ask ──▶ the provider's head ──▶ deliver: JSON whole, all else streamed
 *         └─▶ nothing came        ──▶ unreachable
 */
import { providerErrorResponse } from "../../shared/core/api-error.ts";
import type { Outcome } from "../../shared/core/exchange.ts";
import { copyStream } from "./answer-stream.ts";
import { isWholeAnswer, readWhole } from "./answer-whole.ts";
import { type Asked, type Flight, type Landing, NOTHING } from "./flight.ts";
import { TimeOut } from "./time-out.ts";

/** @param signal ends the try before the head of the answer is there, and its body after that */
export async function ask(flight: Flight, signal: AbortSignal): Promise<Asked> {
  const { request, body, headers } = flight;
  try {
    const answer = await fetch(upstreamAddress(flight), {
      method: request.method,
      headers: headers.upstream,
      body: body.kind === "whole" ? body.bytes : body.kind === "large" ? body.stream : null,
      redirect: "manual", // a followed redirect would carry the provider's key to another host
      signal,
    });
    return { ok: true, answer, firstByteMs: Date.now() - flight.startedAtMs };
  } catch (error) {
    return { ok: false, error };
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

/** Answers the client with what came, and lands the flight. */
export async function deliver(flight: Flight, asked: Asked): Promise<Response> {
  if (!asked.ok) return unreachable(flight, asked.error);
  const { answer, firstByteMs } = asked;
  if (flight.headers.capture === "off") {
    flight.land(undefined);
    return answer;
  }
  if (isWholeAnswer(answer, flight.request.method)) return deliverWhole(flight, answer, firstByteMs);
  if (answer.body === null) {
    flight.land({ answer, firstByteMs, copied: { bytes: NOTHING, outcome: "complete" } });
    return withOwnHeaders(flight, new Response(null, answer));
  }
  const { client, copied } = copyStream(answer.body);
  flight.land({ answer, firstByteMs, copied });
  return withOwnHeaders(flight, new Response(client, answer));
}

async function deliverWhole(flight: Flight, answer: Response, firstByteMs: number): Promise<Response> {
  try {
    const whole = await readWhole(answer);
    flight.land({ answer, firstByteMs, copied: whole });
    return withOwnHeaders(flight, new Response(whole.bytes, answer));
  } catch (error) {
    return unreachable(flight, error, "upstream_cut");
  }
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
  const code = error instanceof TimeOut ? "upstream_timeout" : "upstream_unreachable";
  const message = `${provider.name} at ${provider.baseUrl} did not answer (${String(error)}); the call may be sent again`;
  const response = providerErrorResponse({ code, message }, provider.format);
  if (headers.capture !== "off") response.headers.set("x-winnow-id", await flight.signedId);
  return response;
}
