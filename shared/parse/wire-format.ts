/**
 * What a wire format tells about a call. One file implements it for each format; wire-formats.ts lists them.
 * Everything in here is pure and takes any JSON: a body is what somebody sent, not what the API's schema says.
 */
import type { ExchangeFlag, Message, Usage } from "../core/exchange.ts";
import type { Json } from "../core/json.ts";
import type { ProviderFormat } from "../core/providers.ts";

export interface WireFormat {
  understands(call: Call): boolean;
  /** An event stream, brought to the shape of the API's non-streaming answer. */
  reassemble(stream: string): Reassembled;
  readFacts(response: Json): Facts;
  readConversation(bodies: Bodies): Conversation;
  /** A stream of it may also come as one JSON array of its chunks, with JSON's own content type. */
  streamsAsArray?: true;
  /** The model that the path names, where the body need not; null where it names none. */
  modelInPath?(path: string): string | null;
}

export interface Call {
  format: ProviderFormat;
  /** Path after `/{provider}`, without the query. */
  path: string;
}

export interface Bodies {
  request: Json;
  response: Json;
}

export interface Reassembled {
  /** null when the stream held nothing of an answer. */
  response: Json;
  /** What the stream said last; it may say it where the reassembled answer has no place for it. */
  tokens: TokenCounts | null;
  flags: ExchangeFlag[];
}

export interface Facts {
  model: string | null;
  responseId: string | null;
  /** The first choice's. */
  finishReason: string | null;
  tokens: TokenCounts | null;
}

/** Usage, and the parts of it that have prices of their own. */
export interface TokenCounts {
  usage: Usage;
  /** Part of inputTokens. */
  cacheWriteTokens: number;
  /** Part of cacheWriteTokens: what is to stay for an hour; undefined where the provider does not tell it. */
  hourCacheWriteTokens?: number | undefined;
  /** Part of inputTokens. */
  audioInputTokens: number;
  /** Part of outputTokens. */
  audioOutputTokens: number;
  /** Part of both audioInputTokens and the cached ones; undefined where the provider does not tell it. */
  cachedAudioTokens?: number | undefined;
  /** Part of outputTokens; undefined where the provider does not tell it. */
  imageOutputTokens?: number | undefined;
}

export interface Conversation {
  messages: Message[];
  /** The tools that the request offers, in the shape of OpenAI's chat API where it has one; null when none. */
  tools: Json;
  /** The first choice's message. */
  answer: Message | null;
  /** The provider's id of the answer that this call goes on from: what came before it was not sent again. */
  previousResponseId?: string | null;
  /** The provider's id of a conversation that the provider keeps: what came before was not sent again. */
  conversationId?: string | null;
}
