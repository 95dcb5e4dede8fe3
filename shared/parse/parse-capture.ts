/**
 * The stage `parse`: from the bytes of a call to what they say. Pure, and never throws: what cannot be
 * parsed is kept as it came, in base64, and flagged.
 */
import type { Capture, CaptureHeader, ExchangeFlag, Usage } from "../core/exchange.ts";
import { isObject, type Json } from "../core/json.ts";
import { isUtf8, toBase64, toText } from "../core/text.ts";
import { takeFingerprints } from "./fingerprints.ts";
import { type LastWords, readLastWords } from "./last-words.ts";
import { parseBounded, readName } from "./parse-bounded.ts";
import { priceMicros } from "./price.ts";
import { looksLikeEvents } from "./sse-events.ts";
import type { TokenCounts, WireFormat } from "./wire-format.ts";
import { findWireFormat } from "./wire-formats.ts";

export interface ParsedBodies {
  /** As the app sent it; null when missing or not JSON. */
  request: Json;
  /** As the provider's non-streaming API answers; a stream is brought to that shape. null when missing or not parsable. */
  response: Json;
  /** Base64 of a body that could not be parsed. */
  rawRequest?: string;
  rawResponse?: string;
  streamed: boolean;
  /** The response's, else the request's, else the path's. */
  model: string | null;
  responseId: string | null;
  /** The first choice's. */
  finishReason: string | null;
  /** As the provider counted; null when it did not tell. */
  usage: Usage | null;
  /** Millionths of a dollar, with fractions; null where the model or the usage is unknown. */
  costUsdMicros: number | null;
  template: string | null;
  prompt: string | null;
  conversationStart: string | null;
  answer: string | null;
  turn: string | null;
  follows: string | null;
  lastWords: LastWords | null;
  flags: ExchangeFlag[];
}

export function parseCapture(capture: Capture): ParsedBodies {
  const { header } = capture;
  const format = findWireFormat(header);
  const request = readRequest(capture);
  const response = readResponse(capture, format);
  const bodies = { request: request.json, response: response.json };
  const facts = format?.readFacts(response.json);
  const tokens = response.tokens ?? facts?.tokens ?? null;
  // Google's name of a model in a body is that of its resource.
  const named = isObject(request.json) ? (readName(request.json.model)?.replace(/^models\//, "") ?? null) : null;
  const requested = named ?? format?.modelInPath?.(header.path) ?? null;
  const answered = facts?.model ?? null;
  const conversation = format?.readConversation(bodies) ?? { messages: [], tools: null, answer: null };
  return {
    ...bodies,
    ...(request.raw === undefined ? {} : { rawRequest: request.raw }),
    ...(response.raw === undefined ? {} : { rawResponse: response.raw }),
    streamed: response.streamed,
    model: answered ?? requested,
    responseId: facts?.responseId ?? null,
    finishReason: facts?.finishReason ?? null,
    usage: tokens?.usage ?? null,
    costUsdMicros: priceMicros({ provider: header.provider, models: [answered, requested], tokens, atMs: header.atMs }),
    ...takeFingerprints(conversation),
    lastWords: readLastWords(conversation),
    flags: flagsOf({ format, flags: [...request.flags, ...response.flags] }),
  };
}

interface ReadBody {
  json: Json;
  raw?: string;
  flags: ExchangeFlag[];
}

interface ReadAnswer extends ReadBody {
  streamed: boolean;
  tokens?: TokenCounts | null;
}

function readRequest({ header, request }: Capture): ReadBody {
  if (header.requestOmitted === "too_large") return { json: null, flags: ["request_too_large"] };
  const text = toText(request);
  if (text.trim() === "") return { json: null, flags: [] };
  const json = parseBounded(text);
  if (json === undefined) return { json: null, raw: toBase64(request), flags: ["request_not_json"] };
  return loses(text, request) ? { json, raw: toBase64(request), flags: ["request_not_utf8"] } : { json, flags: [] };
}

function readResponse({ header, response }: Capture, format: WireFormat | undefined): ReadAnswer {
  const text = toText(response);
  const isStream = /^\s*text\/event-stream\b/i.test(header.responseType);
  if (text.trim() === "") return { json: null, streamed: isStream, flags: isSuccess(header) ? ["answer_missing"] : [] };
  // JSON first, whatever the type says: errors come as JSON under a stream's type, and JSON as octet-stream.
  const json = parseBounded(text);
  const isArray = format?.streamsAsArray === true && isSuccess(header) && /^\s*\[/.test(text);
  if (json !== undefined && !isArray) {
    const raw = loses(text, response) ? toBase64(response) : undefined;
    return { json, ...(raw !== undefined && { raw }), streamed: false, flags: raw ? ["response_not_utf8"] : [] };
  }
  if (format === undefined) return { json: null, raw: toBase64(response), streamed: isStream, flags: [] };
  if (!isStream && !isArray && !looksLikeEvents(text)) {
    return { json: null, raw: toBase64(response), streamed: false, flags: ["response_not_json"] };
  }
  const { response: answer, tokens, flags } = format.reassemble(text);
  if (answer !== null) return { json: answer, streamed: true, tokens, flags };
  const missing: ExchangeFlag[] = isSuccess(header) ? ["answer_missing"] : [];
  return { json: null, raw: toBase64(response), streamed: true, flags: [...flags, ...missing] };
}

/** Most texts hold no replacement character, and need not be read twice. */
function loses(text: string, bytes: Uint8Array): boolean {
  return text.includes("\uFFFD") && !isUtf8(bytes);
}

function isSuccess({ status }: CaptureHeader): boolean {
  return status >= 200 && status < 300;
}

/** Of a format that nobody understands there is no more to say: its bodies need not be JSON, nor be there. */
function flagsOf({ format, flags }: { format: WireFormat | undefined; flags: ExchangeFlag[] }): ExchangeFlag[] {
  if (format !== undefined) return flags;
  return ["format_unknown", ...flags.filter((flag) => flag !== "request_not_json" && flag !== "answer_missing")];
}
