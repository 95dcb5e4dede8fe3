/** Token counts of a response, as the Responses API tells them. */
import { isObject, type JsonObject } from "../core/json.ts";
import { countTokens } from "./openai-tokens.ts";
import type { TokenCounts } from "./wire-format.ts";

/** null when the response does not tell both sides: while it streams, and where it failed. */
export function readResponseTokens({ usage }: JsonObject): TokenCounts | null {
  if (!isObject(usage)) return null;
  return countTokens({
    input: usage.input_tokens,
    output: usage.output_tokens,
    total: usage.total_tokens,
    inputDetails: usage.input_tokens_details,
    outputDetails: usage.output_tokens_details,
  });
}
