/**
 * Gemini's embeddings: embedContent and batchEmbedContents, and Vertex AI's older predict. As with OpenAI's there is
 * no conversation in them; the texts lie in the request, the vectors in the response, both as they came.
 * https://ai.google.dev/api/embeddings
 * https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readList } from "./gemini-fields.ts";
import { readMethod, readModelInPath } from "./gemini-path.ts";
import { readGeminiTokens } from "./gemini-tokens.ts";
import type { Call, Facts, Reassembled, TokenCounts, WireFormat } from "./wire-format.ts";

export const geminiEmbeddings: WireFormat = {
  understands,
  reassemble,
  readFacts,
  readConversation: () => ({ messages: [], tools: null, answer: null }),
  modelInPath: readModelInPath,
};

/** predict is also what makes pictures and films. */
function understands({ format, path }: Call): boolean {
  if (format === "raw") return false;
  const method = readMethod(path);
  if (method === "predict") return /embedding|gecko/.test(readModelInPath(path) ?? "");
  return method === "embedContent" || method === "batchEmbedContents";
}

/** The API has no streams. Whatever came is kept raw. */
function reassemble(): Reassembled {
  return { response: null, tokens: null, flags: ["response_not_json"] };
}

/** The answer names neither its model nor itself. */
function readFacts(response: Json): Facts {
  const tokens = isObject(response) ? readTokens(response) : null;
  return { model: null, responseId: null, finishReason: null, tokens };
}

/** Older models tell nothing; predict tells each text's count with its vector. There is no output to count. */
function readTokens({ usageMetadata, predictions }: JsonObject): TokenCounts | null {
  const counts = readList(predictions).map(countOf);
  const predicted = counts.length === 0 ? undefined : counts.reduce<number>((sum, count) => sum + (count ?? NaN), 0);
  return readGeminiTokens(usageMetadata) ?? readGeminiTokens({ promptTokenCount: predicted });
}

function countOf(prediction: Json): number | null {
  const embeddings = isObject(prediction) && isObject(prediction.embeddings) ? prediction.embeddings : {};
  const count = isObject(embeddings.statistics) ? embeddings.statistics.token_count : null;
  return typeof count === "number" ? count : null;
}
