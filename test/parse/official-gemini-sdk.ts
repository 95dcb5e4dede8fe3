/** What Google's official SDK hands to an app from a recorded Gemini stream, in a form in which it can be compared. */
import { GoogleGenAI } from "@google/genai";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";

export interface SdkAnswer {
  /** Every chunk's `text`, one behind the other. */
  text: string;
  functionCalls: Json[];
  /** The last chunk's that has one. */
  usage: Json;
  finishReason: Json;
  /** What the first candidate's contents hold, in order. */
  pieces: Piece[];
  /** The same of the model's contents in the chat's curated history. null where the SDK took the answer for invalid. */
  history: Piece[] | null;
  threw: string | null;
}

/** A character of text or of a thought, a signature with how far the text had come, or any other part. */
export type Piece = string;

interface Chunk {
  text?: string | undefined;
  functionCalls?: unknown;
  usageMetadata?: unknown;
  candidates?: { content?: unknown; finishReason?: unknown }[];
}

/** The SDK warns of parts that are no text; a caller mutes console.warn. */
export async function chatWithSdk(body: string | Uint8Array<ArrayBuffer>): Promise<SdkAnswer> {
  const client = new GoogleGenAI({
    apiKey: "none",
    httpOptions: {
      baseUrl: "http://sdk.invalid",
      fetch: async () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
    },
  });
  const chat = client.chats.create({ model: "any", config: { automaticContinuation: false } });
  const chunks: Chunk[] = [];
  let threw: string | null = null;
  try {
    for await (const chunk of await chat.sendMessageStream({ message: "Is it raining?" })) chunks.push(chunk);
  } catch (error) {
    threw = String(error);
  }
  const answers = chat.getHistory(true).filter(({ role }) => role === "model");
  return {
    text: chunks.map(({ text }) => text ?? "").join(""),
    functionCalls: chunks.flatMap(({ functionCalls }) => listOf(functionCalls)),
    usage: lastOf(chunks.map(({ usageMetadata }) => usageMetadata)),
    finishReason: lastOf(chunks.map(({ candidates }) => candidates?.[0]?.finishReason)),
    pieces: chunks.flatMap(({ candidates }) => piecesOf(candidates?.[0]?.content)),
    history: answers.length === 0 ? null : answers.flatMap(piecesOf),
    threw,
  };
}

/**
 * However the text is cut into parts, the pieces are the same. An empty text is no piece, and `thought: false` says
 * no more than none.
 */
export function piecesOf(content: unknown): Piece[] {
  const parts = isObject(content) ? listOf(content.parts) : [];
  return parts.flatMap((part) => {
    if (!isObject(part) || typeof part.text !== "string") return [`part ${JSON.stringify(part)}`];
    const { text, thought, thoughtSignature, ...rest } = part;
    const kind = thought === true ? "thought" : "text";
    const characters = [...text].map((character) => `${kind} ${character}`);
    const others = Object.keys(rest).length === 0 ? [] : [`with ${JSON.stringify(rest)}`];
    return [...characters, ...others, ...(thoughtSignature === undefined ? [] : [`signed ${thoughtSignature}`])];
  });
}

function lastOf(values: readonly unknown[]): Json {
  return toJson(values.findLast((value) => value !== undefined) ?? null);
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? (toJson(value) as JsonObject[]) : [];
}

function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
