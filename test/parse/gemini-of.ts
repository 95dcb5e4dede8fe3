/** Gemini calls for the tests of the stage `parse`: their chunks, parts and bodies. */
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import { gemini } from "../../shared/parse/gemini.ts";
import { firstCandidate } from "../../shared/parse/gemini-conversation.ts";

export const told = {
  promptTokenCount: 1000,
  cachedContentTokenCount: 600,
  candidatesTokenCount: 36,
  thoughtsTokenCount: 64,
  totalTokenCount: 1100,
};

/** A chunk of candidate 0; `candidate` adds to it what stands beside its content. */
export function chunkOf(parts: Json[], candidate: JsonObject = {}): JsonObject {
  return {
    candidates: [{ content: { parts, role: "model" }, index: 0, ...candidate }],
    modelVersion: "gemini-2.5-flash",
    responseId: "response_1",
  };
}

export const said = (text: string): JsonObject => ({ text });
export const thought = (text: string): JsonObject => ({ text, thought: true });
export const signed = (part: JsonObject, thoughtSignature = "c2lnbmF0dXJl"): JsonObject => ({
  ...part,
  thoughtSignature,
});
export const call = (name: string, args: JsonObject = {}, id?: string): JsonObject => ({
  functionCall: { ...(id === undefined ? {} : { id }), name, args },
});
export const result = (name: string, response: Json, id?: string): JsonObject => ({
  functionResponse: { ...(id === undefined ? {} : { id }), name, response },
});
export const picture = (data: string): JsonObject => ({ inlineData: { mimeType: "image/png", data } });

/** The last chunk: it has the reason and the usage. */
export const stop = (parts: Json[] = [said("")]): JsonObject => ({
  ...chunkOf(parts, { finishReason: "STOP" }),
  usageMetadata: told,
});

/** Framed as Google does it. */
export function frame(chunks: readonly Json[]): string {
  return chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join("");
}

/** As Google frames them without `?alt=sse`. */
export function frameArray(chunks: readonly Json[]): string {
  return `[${chunks.map((chunk) => JSON.stringify(chunk, null, 2)).join("\n,\n")}\n]\n`;
}

export interface Joined {
  response: JsonObject;
  candidate: JsonObject;
  parts: Json[];
  flags: string[];
}

/** A stream of these chunks, with its first candidate. */
export function joined(...chunks: readonly Json[]): Joined {
  const { response, flags } = gemini.reassemble(frame(chunks));
  if (!isObject(response)) throw new Error("no response");
  const candidate = firstCandidate(response) ?? {};
  const content = isObject(candidate.content) ? candidate.content : {};
  return { response, candidate, parts: Array.isArray(content.parts) ? content.parts : [], flags };
}

export function messagesIn(request: Json): Json[] {
  return gemini.readConversation({ request, response: null }).messages;
}

export function answerIn(...parts: Json[]): Json {
  return gemini.readConversation({ request: null, response: stop(parts) }).answer;
}
