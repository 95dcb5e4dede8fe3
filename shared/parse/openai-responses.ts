/**
 * OpenAI's Responses API, spoken by other providers too (Azure, xAI, OpenRouter, DeepSeek, Bedrock, vLLM …).
 * https://platform.openai.com/docs/api-reference/responses
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readCall } from "./openai-responses-calls.ts";
import { readResponseConversation } from "./openai-responses-messages.ts";
import { reassembleResponseStream } from "./openai-responses-stream.ts";
import { readResponseTokens } from "./openai-responses-tokens.ts";
import { readName } from "./parse-bounded.ts";
import type { Call, Facts, WireFormat } from "./wire-format.ts";

export const openAiResponses: WireFormat = {
  understands,
  reassemble: reassembleResponseStream,
  readFacts,
  readConversation: readResponseConversation,
};

/** Making a response. `/responses/{id}`, `/responses/compact` and the others ask for something else. */
function understands({ format, path }: Call): boolean {
  return format !== "raw" && /\/responses\/?$/.test(path);
}

function readFacts(response: Json): Facts {
  if (!isObject(response)) return { model: null, responseId: null, finishReason: null, tokens: null };
  return {
    model: readName(response.model),
    responseId: readName(response.id),
    finishReason: readFinishReason(response),
    tokens: readResponseTokens(response),
  };
}

/**
 * In chat's words, where it has one:
 *
 *     completed                        tool_calls where the app is to run a call, else stop
 *     incomplete, max_output_tokens    length
 *     incomplete, content_filter       content_filter
 *     incomplete, other                the reason as it came, else incomplete
 *     failed                           error
 *     cancelled                        cancelled
 *     queued, in_progress, none        null: it has not finished, or nobody says so
 */
function readFinishReason({ status, incomplete_details, output }: JsonObject): string | null {
  if (status === "completed") return callsTheApp(output) ? "tool_calls" : "stop";
  if (status === "failed") return "error";
  if (status === "cancelled") return "cancelled";
  if (status !== "incomplete") return null;
  const reason = readName(isObject(incomplete_details) ? incomplete_details.reason : null);
  return reason === "max_output_tokens" ? "length" : (reason ?? "incomplete");
}

function callsTheApp(output: Json | undefined): boolean {
  return Array.isArray(output) && output.some((item) => isObject(item) && readCall(item) !== null);
}
