/**
 * Gemini's generateContent and streamGenerateContent, of the Gemini API and of Vertex AI.
 * https://ai.google.dev/api/generate-content
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { firstCandidate, readGeminiConversation } from "./gemini-conversation.ts";
import { readList } from "./gemini-fields.ts";
import { readMethod, readModelInPath } from "./gemini-path.ts";
import { reassembleGeminiStream, wholeResponse } from "./gemini-stream.ts";
import { readGeminiTokens } from "./gemini-tokens.ts";
import { readName } from "./parse-bounded.ts";
import type { Call, Facts, WireFormat } from "./wire-format.ts";

export const gemini: WireFormat = {
  understands,
  reassemble: reassembleGeminiStream,
  readFacts,
  readConversation: readGeminiConversation,
  streamsAsArray: true,
  modelInPath: readModelInPath,
};

const METHODS: ReadonlySet<string | null> = new Set(["generateContent", "streamGenerateContent"]);

/** By its path whatever the provider's own format is: gateways offer this API beside others. */
function understands({ format, path }: Call): boolean {
  return format !== "raw" && METHODS.has(readMethod(path));
}

function readFacts(response: Json): Facts {
  const whole = wholeResponse(response);
  if (!isObject(whole)) return { model: null, responseId: null, finishReason: null, tokens: null };
  return {
    model: readName(whole.modelVersion),
    responseId: readName(whole.responseId),
    finishReason: readFinishReason(whole),
    tokens: readGeminiTokens(whole.usageMetadata),
  };
}

/** In chat's words. A reason that is not in here is told as it came. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ["STOP", "stop"],
  ["MAX_TOKENS", "length"],
  ["CONTINUATION", "length"],
  ...["SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR"].map(filtered),
  ...["IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"].map(filtered),
  ...["MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE"].map(failed),
  ...["LANGUAGE", "NO_IMAGE", "IMAGE_OTHER", "OTHER"].map(failed),
]);

function filtered(reason: string): [string, string] {
  return [reason, "content_filter"];
}

function failed(reason: string): [string, string] {
  return [reason, "error"];
}

function readFinishReason(response: JsonObject): string | null {
  const candidate = firstCandidate(response);
  if (candidate === undefined) return isBlocked(response) ? "content_filter" : null;
  const told = readName(candidate.finishReason);
  if (told === null || told === "FINISH_REASON_UNSPECIFIED") return null;
  if (told === "STOP" && callsTheApp(candidate)) return "tool_calls";
  return REASONS.get(told) ?? told;
}

/** The prompt was refused, whatever the reason. */
function isBlocked({ promptFeedback }: JsonObject): boolean {
  return isObject(promptFeedback) && Boolean(promptFeedback.blockReason);
}

function callsTheApp({ content }: JsonObject): boolean {
  const parts = isObject(content) ? readList(content.parts) : [];
  return parts.some((part) => isObject(part) && isObject(part.functionCall));
}
