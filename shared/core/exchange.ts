/** The shapes of an exchange: what the gateway captured, what ingest keeps in R2 and in D1. */
import type { NextValue } from "./feedback.ts";
import type { ExchangeId } from "./ids.ts";
import type { Json, JsonObject } from "./json.ts";
import type { ProviderFormat } from "./providers.ts";

export type CaptureMode = "full" | "metadata";

/**
 * complete: answered in full. client_aborted: the client left. truncated: the copy hit its bound.
 * upstream_error: the provider answered with an error, or not at all. upstream_cut: its answer stopped midway.
 */
export const OUTCOMES = ["complete", "client_aborted", "truncated", "upstream_error", "upstream_cut"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What the gateway knows of a call; travels in front of the two bodies. */
export interface CaptureHeader {
  version: 1;
  id: ExchangeId;
  app: string;
  provider: string;
  format: ProviderFormat;
  method: string;
  /** Path after `/{provider}`, without the query (it may hold a key). */
  path: string;
  capture: CaptureMode;
  /** Milliseconds since the epoch. */
  atMs: number;
  requestId?: string | undefined;
  task?: string | undefined;
  user?: string | undefined;
  session?: string | undefined;
  parent?: string | undefined;
  traceparent?: string | undefined;
  meta?: JsonObject | undefined;
  /** HTTP status; 0 when the provider never answered. */
  status: number;
  requestType: string;
  responseType: string;
  outcome: Outcome;
  /** From the call's arrival to the first byte of the answer (its head, where nothing more is known). */
  firstByteMs: number;
  durationMs: number;
  /** Why a body is missing although the mode is full. */
  requestOmitted?: "too_large" | undefined;
}

export interface Capture {
  header: CaptureHeader;
  request: Uint8Array;
  response: Uint8Array;
  /** On its way to the queue a large answer is gzip; ingest sees it unpacked. */
  responseGzipped?: boolean;
}

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  /** Part of inputTokens. */
  cachedInputTokens: number;
  /** Part of outputTokens. */
  reasoningTokens: number;
  estimated: boolean;
}

/** A message in the shape of OpenAI's chat API, to which every format is brought. */
export interface Message {
  role: string;
  content?: Json;
  tool_calls?: Json[];
  [field: string]: Json | undefined;
}

/** What could not be done with a capture, told in the record. */
export type ExchangeFlag =
  | "request_not_json"
  | "response_not_json"
  /** Read as far as it is text; its bytes are kept raw beside what was read. */
  | "request_not_utf8"
  | "response_not_utf8"
  | "request_too_large"
  | "format_unknown"
  | "stream_without_end"
  | "stream_error"
  | "stream_bad_event"
  | "answer_missing";

/** One line of a segment: everything we know of an exchange. */
export interface ExchangeRecord {
  type: "exchange";
  version: 1;
  id: ExchangeId;
  app: string;
  task: string;
  template: string | null;
  prompt: string | null;
  /** Fingerprint of the conversation: its session, else how it began. */
  conversation: string | null;
  answer: string | null;
  /** Fingerprint of the conversation as it stands after the answer. */
  turn: string | null;
  /** The `turn`, or the provider's response id, of the exchange that this one goes on from. */
  follows: string | null;
  /** What its user says of the answer that it goes on from. */
  next: NextValue | null;
  user: string | null;
  session: string | null;
  parent: string | null;
  /** As the caller sent it, where it is well-formed. */
  traceparent: string | null;
  requestId: string | null;
  responseId: string | null;
  provider: string;
  format: ProviderFormat;
  path: string;
  model: string | null;
  capture: CaptureMode;
  meta: JsonObject | null;
  at: string;
  status: number;
  outcome: Outcome;
  streamed: boolean;
  finishReason: string | null;
  usage: Usage | null;
  /** Millionths of a dollar, with fractions; null where the model has no known price. */
  costUsdMicros: number | null;
  firstByteMs: number;
  durationMs: number;
  flags: ExchangeFlag[];
  request: Json;
  response: Json;
  /** Base64 of a body that could not be parsed, or not to the byte. */
  rawRequest?: string | undefined;
  rawResponse?: string | undefined;
}

/** Where a record lies: key of the segment, and its gzip member. */
export interface SegmentPlace {
  segment: string;
  offset: number;
  length: number;
}
