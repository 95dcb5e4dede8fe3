/** From a capture to the record that is kept: parsed bodies, and what the gateway knew. */
import type { Capture, ExchangeRecord } from "../../shared/core/exchange.ts";
import { fingerprint } from "../../shared/core/hash.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";

export function makeRecord(capture: Capture): ExchangeRecord {
  const { header } = capture;
  const { conversationStart, ...parsed } = parseCapture(capture);
  const record: ExchangeRecord = {
    type: "exchange",
    version: 1,
    id: header.id,
    app: header.app,
    task: header.task ?? (parsed.template === null ? "other" : `t-${parsed.template.slice(0, 8)}`),
    template: parsed.template,
    prompt: parsed.prompt,
    conversation: conversationOf(header.session, conversationStart),
    answer: parsed.answer,
    user: header.user ?? null,
    session: header.session ?? null,
    parent: header.parent ?? null,
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
  };
  return header.capture === "metadata" ? withoutContent(record) : record;
}

/** A session is a conversation by the app's own word; without one, calls that began alike are taken for one. */
function conversationOf(session: string | undefined, start: string | null): string | null {
  return session === undefined ? start : fingerprint(`session\0${session}`);
}

/** What `x-winnow-capture: metadata` leaves: numbers and names, no content and nothing that could be told from it. */
function withoutContent(record: ExchangeRecord): ExchangeRecord {
  return {
    ...record,
    prompt: null,
    answer: null,
    conversation: record.session === null ? null : record.conversation,
    request: null,
    response: null,
    rawRequest: undefined,
    rawResponse: undefined,
  };
}
