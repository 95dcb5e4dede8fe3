/** Recorded calls of real providers: streams must come out as the official SDK has them, JSON as it is. */
import { describe, expect, test } from "vitest";
import { isObject, type JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { accumulateWithSdk, comparable } from "./official-sdk.ts";
import { areRecordingsThere, parseRecording, readRecordings, where } from "./recordings.ts";

const isThere = areRecordingsThere;
const recordings = readRecordings();
/** Each has a test of its own here or in a file beside this. */
const UNDERSTOOD = new Set([
  "openai-chat",
  "openai-responses",
  "openai-embeddings",
  "google-generate",
  "anthropic-messages",
]);
const chats = recordings.filter(({ format }) => format === "openai-chat");
const chatStreams = chats.filter(({ sse }) => sse);
const chatAnswers = chats.filter(({ sse }) => !sse);

describe("recorded traffic", () => {
  test.runIf(isThere)("holds streams and answers to compare", () => {
    expect(chatStreams.length).toBeGreaterThan(0);
    expect(chatAnswers.length).toBeGreaterThan(0);
  });

  test.runIf(isThere)("every chat stream comes out as the official SDK accumulates it", async () => {
    let compared = 0;
    for (const recording of chatStreams) {
      const { completion, threw } = await accumulateWithSdk(toBytes(recording.body));
      const { response, flags } = parseRecording(recording);
      expect(comparable(response), where(recording)).toEqual(comparable(completion));
      const isErrorStream = threw !== null && !threw.includes("missing finish_reason");
      expect(flags, where(recording)).toEqual(isErrorStream ? ["stream_error"] : []);
      compared++;
    }
    expect(compared).toBe(chatStreams.length);
    console.info(`recorded-traffic: ${compared} chat streams equal the official SDK's`);
  });

  test.runIf(isThere)("every chat stream with counts yields usage, a model and an answer", () => {
    for (const recording of chatStreams) {
      const parsed = parseRecording(recording);
      const last = lastUsage(recording.body);
      expect(parsed.usage?.inputTokens, where(recording)).toBe(last?.prompt_tokens);
      expect(parsed.usage?.outputTokens, where(recording)).toBe(last?.completion_tokens);
      expect(parsed.model, where(recording)).not.toBeNull();
      const id = isObject(parsed.response) ? parsed.response.id : undefined;
      expect(parsed.responseId, where(recording)).toBe(id || null); // Snowflake's are empty
      if (parsed.flags.length === 0) expect(parsed.answer, where(recording)).not.toBeNull();
    }
  });

  test.runIf(isThere)("every chat answer in JSON is kept as it is, with its usage", () => {
    for (const recording of chatAnswers) {
      const parsed = parseRecording(recording);
      const body = JSON.parse(recording.body) as JsonObject;
      const usage = isObject(body.usage) ? body.usage : undefined;
      expect(parsed.response, where(recording)).toEqual(body);
      expect(parsed.flags, where(recording)).toEqual([]);
      expect(parsed.usage?.inputTokens, where(recording)).toBe(usage?.prompt_tokens);
      expect(parsed.usage?.outputTokens, where(recording)).toBe(usage?.completion_tokens);
      expect(parsed.template, where(recording)).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  test.runIf(isThere)("every call of a format that nobody understands is kept, as JSON or raw, and flagged", () => {
    for (const recording of recordings.filter(({ format }) => !UNDERSTOOD.has(format))) {
      const parsed = parseRecording(recording);
      expect(parsed.flags, where(recording)).toEqual(["format_unknown"]);
      expect(parsed.request, where(recording)).toEqual(recording.request);
      expect(parsed.response !== null || parsed.rawResponse !== undefined, where(recording)).toBe(true);
    }
  });
});

function lastUsage(body: string): JsonObject | undefined {
  const chunks = body.split("\n").flatMap((line) => (line.startsWith("data: {") ? [JSON.parse(line.slice(6))] : []));
  return chunks.flatMap(({ usage }) => (isObject(usage) ? [usage] : [])).at(-1);
}
