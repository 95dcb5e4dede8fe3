/**
 * POST /v1/feedback: from a browser with nothing but the exchange's signed id, or from a server with a key.
 * 202 means the queue has it. What the browser may know of the answer is in CORS headers for any origin:
 * there are no cookies, and the id is the permission.
 */
import { type ApiError, apiErrorResponse } from "../../shared/core/api-error.ts";
import { concatBytes } from "../../shared/core/gzip.ts";
import { asExchangeId, idTimeMs, makeUuidV7, verifyExchangeId } from "../../shared/core/ids.ts";
import type { KeyClaims } from "../../shared/core/keys.ts";
import { FEEDBACK_BODY_BYTES_MAX, FEEDBACK_ID_AGE_MS_MAX } from "../../shared/core/limits.ts";
import { type FeedbackContext, readFeedback, type SentId } from "../../shared/feedback/read-events.ts";
import { sendEvents } from "../../shared/feedback/send-events.ts";
import { checkEnd } from "./admit.ts";
import { admitFeedback } from "./admit-feedback.ts";
import { checkScope, findKey } from "./caller.ts";
import type { Env, Isolate } from "./isolate.ts";

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "POST",
  "access-control-allow-headers": "content-type, x-winnow-key, authorization",
  "access-control-max-age": "86400",
};
const TYPES = /^(application\/json|text\/plain)\b/i;

export interface FeedbackCall {
  request: Request;
  env: Env;
  ctx: ExecutionContext;
  isolate: Isolate;
}

export async function takeFeedback(call: FeedbackCall): Promise<Response> {
  const { request, env, isolate } = call;
  if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: CORS });
  if (request.method !== "POST")
    return refuse({ code: "method_not_allowed", message: `${request.method} is not POST` });
  const type = request.headers.get("content-type") ?? "application/json";
  if (!TYPES.test(type)) {
    return refuse({
      code: "unsupported_type",
      message: `content-type is ${type}; send JSON as application/json or text/plain`,
    });
  }
  const found = findKey({ own: request.headers.get("x-winnow-key") ?? undefined, headers: request.headers, query: "" });
  const claims = found && (await isolate.keys.claims(found.key));
  const denied = found && checkScope(claims, "feedback");
  if (denied !== undefined) return refuse(denied);
  const ended = claims && (await checkFreshEnd(call, claims));
  if (ended !== undefined) return refuse(ended);
  const body = await readText(request);
  if (!body.ok) return refuse(body.error);
  const read = await readFeedback(body.text, context(isolate, claims));
  if (!read.ok) return refuse(read.error);
  await renewSettings(call);
  const refusal = await admitFeedback({ events: read.events, headers: request.headers, isolate });
  if (refusal !== undefined) return refuse(refusal.error, refusal.retryAfterS);
  if (!(await sendEvents(env.CAPTURE, read.events))) {
    return refuse({
      code: "unavailable",
      message: "the queue does not take it now; send the same body again in some seconds",
    });
  }
  return Response.json({ accepted: read.events.length }, { status: 202, headers: CORS });
}

/** Feedback can wait for D1, where a call cannot. */
async function checkFreshEnd(call: FeedbackCall, claims: KeyClaims): Promise<ApiError | undefined> {
  await renewSettings(call);
  return checkEnd({ claims, settings: call.isolate.settings, nowMs: Date.now() });
}

async function renewSettings({ env, ctx, isolate }: FeedbackCall): Promise<void> {
  await isolate.settings.renew({ d1: env.DB, nowMs: Date.now(), waitUntil: (work) => ctx.waitUntil(work) });
}

function context(isolate: Isolate, claims: KeyClaims | undefined): FeedbackContext {
  const nowMs = Date.now();
  let sequence = 0;
  return {
    nowMs,
    newEventId: () => {
      const random = crypto.getRandomValues(new Uint8Array(10));
      random[0] = sequence >> 8; // RFC 9562 section 6.2, method 1: events of one body keep their order
      random[1] = sequence++ & 0xff;
      return makeUuidV7(nowMs, random);
    },
    resolve: (id) => resolve({ id, isolate, claims }),
  };
}

type Resolved = Awaited<ReturnType<FeedbackContext["resolve"]>>;

async function resolve(options: { id: SentId; isolate: Isolate; claims: KeyClaims | undefined }): Promise<Resolved> {
  const { id, isolate, claims } = options;
  const app = claims?.app ?? null;
  if (typeof id !== "string") {
    if (claims !== undefined) return { ok: true, ref: id, app };
    return wrong(
      "naming an exchange by responseId or requestId needs a key of scope feedback; send x-winnow-key, or the x-winnow-id of the answer",
    );
  }
  const check = await verifyExchangeId(id, isolate.signer);
  if (check.ok) return isExpired(check.id) ? EXPIRED : { ok: true, ref: { id: check.id }, app: null };
  const bare = check.reason === "mac_missing" ? asExchangeId(id) : undefined;
  if (bare !== undefined && claims !== undefined) return { ok: true, ref: { id: bare }, app };
  if (check.reason === "malformed") {
    return {
      ok: false,
      error: {
        code: "bad_field",
        message: "not an x-winnow-id; it looks like 0198c0de-….<22 characters>, as the header of the answer had it",
      },
    };
  }
  if (check.reason === "mac_missing") {
    return wrong(
      "the id lacks the part after its dot, which only servers with a key of scope feedback may leave out; send the whole x-winnow-id",
    );
  }
  return wrong(
    "the part after the dot is not the one winnow gave to this id; send the x-winnow-id of the answer as it came",
  );
}

function isExpired(id: string): boolean {
  return Date.now() - idTimeMs(id) > FEEDBACK_ID_AGE_MS_MAX;
}

const EXPIRED: Resolved = {
  ok: false,
  error: {
    code: "id_expired",
    message: `its answer is more than ${FEEDBACK_ID_AGE_MS_MAX / 86_400_000} days old; a server may still send feedback on it, with a key of scope feedback and the id without its mac`,
  },
};

function wrong(message: string): Resolved {
  return { ok: false, error: { code: "bad_mac", message } };
}

type TextRead = { ok: true; text: string } | { ok: false; error: ApiError };

/** Reads no more than is allowed. */
async function readText(request: Request): Promise<TextRead> {
  if (request.body === null) return { ok: true, text: "" };
  if (Number(request.headers.get("content-length") ?? 0) > FEEDBACK_BODY_BYTES_MAX) return TOO_LARGE;
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return decode(concatBytes(chunks, total));
    chunks.push(value);
    total += value.byteLength;
    if (total > FEEDBACK_BODY_BYTES_MAX) {
      await reader.cancel();
      return TOO_LARGE;
    }
  }
}

/** A text with replacement characters in it would be kept as what a person said. */
function decode(bytes: Uint8Array): TextRead {
  try {
    return { ok: true, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes) };
  } catch {
    return { ok: false, error: { code: "bad_request", message: "the body is not UTF-8; send JSON encoded as UTF-8" } };
  }
}

const TOO_LARGE: TextRead = {
  ok: false,
  error: {
    code: "too_large",
    message: `the body is over ${FEEDBACK_BODY_BYTES_MAX} bytes; send the events in several bodies`,
  },
};

function refuse(error: ApiError, retryAfterS?: number): Response {
  return apiErrorResponse(error, { ...CORS, ...(retryAfterS !== undefined && { "retry-after": String(retryAfterS) }) });
}
