/** The name of a judgement in the cache: equal questions to the same judge by the same rubric and prompt have one name. */
import type { Message } from "../core/exchange.ts";
import { sha256Hex } from "../core/hash.ts";
import { canonicalJson, type Json } from "../core/json.ts";
import { PROMPT_VERSION } from "./prompt.ts";

/** "points": one answer by the rubric. "AB": two in the order given; "BA": the other way round. */
export type Order = "points" | "AB" | "BA";

export interface CacheSubject {
  rubricVersion: string;
  provider: string;
  model: string;
  replyTokensMax: number;
  order: Order;
  messages: readonly Message[];
  /** In the order in which they are shown. */
  answers: readonly Message[];
}

/** 64 hex digits. */
export function cacheKey(subject: CacheSubject): string {
  const { messages, answers, ...rest } = subject;
  return sha256Hex(
    canonicalJson({ ...rest, prompt: PROMPT_VERSION, messages: [...messages] as Json, answers: [...answers] as Json }),
  );
}
