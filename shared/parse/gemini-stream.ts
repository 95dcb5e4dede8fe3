/**
 * A recorded stream of generateContent chunks, each an answer in itself, brought to the shape of the non-streaming one.
 *
 *     for each chunk, until an error or the end:
 *       its fields replace the answer's
 *       each of its candidates is added to the candidate of that index        (gemini-candidate.ts)
 *
 * Says what the official SDK (@google/genai 3.1, chats.sendMessageStream) hands to the app and keeps in its history, but
 * the SDK keeps one content for each chunk, and we one for all. What the SDK throws for (an error in a chunk, no blank
 * line behind the last event) or leaves out of its history (a chunk without parts) is flagged or taken as it is.
 * After an error nothing is taken any more: the SDK stopped there too, so the app saw no more. A finish reason is no
 * end: proxies send one with every chunk.
 */
import type { ExchangeFlag } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { CHOICES_MAX } from "./bounds.ts";
import { CandidatePieces } from "./gemini-candidate.ts";
import { type GeminiChunk, readChunks, readElements } from "./gemini-chunks.ts";
import { readGeminiTokens } from "./gemini-tokens.ts";
import { assignFields } from "./merge-deltas.ts";
import type { Reassembled, TokenCounts } from "./wire-format.ts";

interface GeminiState {
  /** Top-level fields; null before the first chunk. */
  fields: JsonObject | null;
  /** Its first chunk may have the ratings, and a later one the reason. */
  promptFeedback: JsonObject;
  candidates: Map<number, CandidatePieces>;
  tokens: TokenCounts | null;
}

/** Never throws. */
export function reassembleGeminiStream(stream: string): Reassembled {
  return joinChunks(readChunks(stream));
}

/** Without `?alt=sse` a stream is one JSON array of chunks; this is what it comes to. Any other answer is as it is. */
export function wholeResponse(response: Json): Json {
  return Array.isArray(response) ? joinChunks(readElements(response)).response : response;
}

function joinChunks(chunks: readonly GeminiChunk[]): Reassembled {
  const state: GeminiState = { fields: null, promptFeedback: {}, candidates: new Map(), tokens: null };
  const flags = new Set<ExchangeFlag>();
  let end: "done" | "error" | "cut" | null = null;
  let error: Json | undefined;
  for (const read of chunks) {
    if (read.kind === "chunk") {
      if (!addChunk(state, read.chunk)) flags.add("stream_bad_event");
    } else if (read.kind === "bad") {
      flags.add("stream_bad_event");
    } else if (read.kind !== "blank") {
      end = read.kind;
      if (read.kind === "error") {
        error = read.error;
        state.tokens = readGeminiTokens(read.chunk.usageMetadata) ?? state.tokens; // what failed may be billed
      }
      break;
    }
  }
  if (end === "error") flags.add("stream_error");
  if (end === "cut" || (end === null && !hasFinished(state))) flags.add("stream_without_end");
  return { response: finish(state, error), tokens: state.tokens, flags: [...flags] };
}

/** false when a part of it was not of the API's shape. */
function addChunk(state: GeminiState, { candidates, promptFeedback, ...rest }: JsonObject): boolean {
  state.fields ??= {};
  for (const [field, value] of Object.entries(rest)) {
    if (value !== null) assignFields(state.fields, { [field]: value });
  }
  if (isObject(promptFeedback)) assignFields(state.promptFeedback, promptFeedback);
  state.tokens = readGeminiTokens(rest.usageMetadata) ?? state.tokens;
  if (candidates == null) return true;
  if (!Array.isArray(candidates)) return false;
  let isWellFormed = true;
  for (const [position, candidate] of candidates.entries()) {
    isWellFormed = addCandidate(state.candidates, { candidate, position }) && isWellFormed;
  }
  return isWellFormed;
}

/** The first candidate's index is zero, and left out by most models. */
function addCandidate(
  candidates: Map<number, CandidatePieces>,
  { candidate, position }: { candidate: Json; position: number },
): boolean {
  if (!isObject(candidate)) return false;
  const index = candidate.index ?? position;
  if (typeof index !== "number" || !Number.isSafeInteger(index) || index < 0 || index >= CHOICES_MAX) return false;
  const pieces = candidates.get(index) ?? new CandidatePieces();
  candidates.set(index, pieces);
  return pieces.add(candidate);
}

/** A prompt that is blocked has no candidates. */
function hasFinished({ promptFeedback, candidates }: GeminiState): boolean {
  if (candidates.size === 0) return Boolean(promptFeedback.blockReason);
  return [...candidates.values()].every(({ isFinished }) => isFinished);
}

function finish({ fields, promptFeedback, candidates }: GeminiState, error: Json | undefined): Json {
  const failure = error === undefined ? {} : { error };
  if (fields === null) return error === undefined ? null : failure;
  const list = [...candidates].sort(([left], [right]) => left - right).map(([index, pieces]) => pieces.finish(index));
  return {
    ...(list.length === 0 ? {} : { candidates: list }),
    ...(Object.keys(promptFeedback).length === 0 ? {} : { promptFeedback }),
    ...fields,
    ...failure,
  };
}
