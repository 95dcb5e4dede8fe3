/**
 * OpenAI's embeddings, spoken by most providers of embeddings. There is no conversation in them: no template, no
 * prompt, no answer; the texts lie in the request, the vectors in the response, both as they came.
 * https://platform.openai.com/docs/api-reference/embeddings
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readDeployment } from "./azure-path.ts";
import { countTokens } from "./openai-tokens.ts";
import { readName } from "./parse-bounded.ts";
import type { Call, Facts, Reassembled, TokenCounts, WireFormat } from "./wire-format.ts";

export const openAiEmbeddings: WireFormat = {
  understands,
  reassemble,
  readFacts,
  readConversation: () => ({ messages: [], tools: null, answer: null }),
  modelInPath: readDeployment,
};

function understands({ format, path }: Call): boolean {
  return format !== "raw" && /\/embeddings\/?$/.test(path);
}

/** The API has no streams. Whatever came is kept raw. */
function reassemble(): Reassembled {
  return { response: null, tokens: null, flags: ["response_not_json"] };
}

/** OpenAI's embeddings have no id; Mistral's and others' do. */
function readFacts(response: Json): Facts {
  const fields = isObject(response) ? response : {};
  return {
    model: readName(fields.model),
    responseId: readName(fields.id),
    finishReason: null,
    tokens: readTokens(fields),
  };
}

/** Voyage tells the total only. There is no output to count. */
function readTokens({ usage }: JsonObject): TokenCounts | null {
  if (!isObject(usage)) return null;
  return countTokens({
    input: usage.prompt_tokens ?? usage.total_tokens,
    output: 0,
    total: usage.total_tokens,
    inputDetails: usage.prompt_tokens_details,
    outputDetails: undefined,
  });
}
