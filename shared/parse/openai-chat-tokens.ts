/** Token counts of an OpenAI chat answer or chunk. */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { countTokens } from "./openai-tokens.ts";
import type { TokenCounts } from "./wire-format.ts";

/** null when the answer does not tell both sides. Groq's streams tell them under `x_groq` only. */
export function readChatTokens(answer: JsonObject): TokenCounts | null {
  const groq = isObject(answer.x_groq) ? answer.x_groq.usage : undefined;
  return readUsage(answer.usage) ?? readUsage(groq);
}

function readUsage(usage: Json | undefined): TokenCounts | null {
  if (!isObject(usage)) return null;
  return countTokens({
    input: usage.prompt_tokens,
    output: usage.completion_tokens,
    total: usage.total_tokens,
    inputDetails: usage.prompt_tokens_details,
    outputDetails: usage.completion_tokens_details,
  });
}
