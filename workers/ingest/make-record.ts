/** From a capture to the record that is kept: parsed bodies, and what the gateway knew. */
import type { Capture, ExchangeRecord } from "../../shared/core/exchange.ts";
import { fingerprint } from "../../shared/core/hash.ts";
import { readNext } from "../../shared/next/said-next.ts";
import { readIdentity } from "../../shared/parse/identity.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { fillInUsage } from "./fill-in-usage.ts";

export async function makeRecord(capture: Capture): Promise<ExchangeRecord> {
  const { header } = capture;
  const { conversationStart, lastWords, ...parsed } = parseCapture(capture);
  const identity = readIdentity(parsed.request);
  const session = header.session ?? identity.session;
  const record = await fillInUsage({
    type: "exchange",
    version: 1,
    id: header.id,
    app: header.app,
    task: header.task ?? (parsed.template === null ? "other" : `t-${parsed.template.slice(0, 8)}`),
    template: parsed.template,
    prompt: parsed.prompt,
    conversation: conversationOf(session, conversationStart),
    answer: parsed.answer,
    turn: parsed.turn,
    follows: parsed.follows,
    next: lastWords === null ? null : readNext(lastWords),
    user: header.user ?? identity.user,
    session,
    parent: header.parent ?? null,
    traceparent: header.traceparent ?? null,
    requestId: header.requestId ?? null,
    responseId: parsed.responseId,
    provider: header.provider,
    format: header.format,
    path: header.path,
    model: parsed.model,
    capture: header.capture,
    meta: header.meta ?? null,
    at: new Date(header.atMs).toISOString(),
    status: header.status,
    outcome: header.outcome,
    streamed: parsed.streamed,
    finishReason: parsed.finishReason,
    usage: parsed.usage,
    costUsdMicros: parsed.costUsdMicros,
    firstByteMs: header.firstByteMs,
    durationMs: header.durationMs,
    flags: parsed.flags,
    request: parsed.request,
    response: parsed.response,
    rawRequest: parsed.rawRequest,
    rawResponse: parsed.rawResponse,
  });
  return header.capture === "metadata" ? withoutContent(record) : record;
}

/** A session is a conversation by the app's own word; without one, calls that began alike are taken for one. */
function conversationOf(session: string | null, start: string | null): string | null {
  return session === null ? start : fingerprint(`session\0${session}`);
}

/** What `x-winnow-capture: metadata` leaves: numbers and names, no content and nothing that could be told from it. */
function withoutContent(record: ExchangeRecord): ExchangeRecord {
  return {
    ...record,
    prompt: null,
    answer: null,
    turn: null,
    follows: null,
    next: null,
    conversation: record.session === null ? null : record.conversation,
    request: null,
    response: null,
    rawRequest: undefined,
    rawResponse: undefined,
  };
}
