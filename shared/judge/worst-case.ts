/**
 * What a question can cost at most. A token is made of one byte of the text at least (byte pairs), so that its bytes bound
 * its tokens without a tokenizer of the judge's own; some four times what is used in English, and set aside only while the
 * call is under way.
 */
import type { Usage } from "../core/exchange.ts";
import { toBytes } from "../core/text.ts";
import { FRAME_TOKENS_MAX } from "./bounds.ts";
import type { JudgePrompt } from "./prompt.ts";

export function worstUsage(prompt: JudgePrompt, replyTokensMax: number): Usage {
  return {
    inputTokens: toBytes(prompt.system).length + toBytes(prompt.user).length + FRAME_TOKENS_MAX,
    outputTokens: replyTokensMax,
    cachedInputTokens: 0,
    reasoningTokens: 0,
    estimated: true,
  };
}
