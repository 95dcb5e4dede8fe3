/** Recorded calls of real providers: streams must come out as the official SDK has them, JSON as it is. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { captureOf, streamCaptureOf } from "./capture-of.ts";
import { accumulateWithSdk, comparable } from "./official-sdk.ts";

interface Recording {
  format: string;
  host: string;
  path: string;
  request: Json;
  status: number;
  contentType: string;
  sse: boolean;
  body: string;
}

const file = join(import.meta.dirname, "../../../shared/data/traffic.jsonl");
const isThere = existsSync(file);
if (!isThere) console.warn(`recorded-traffic: skipped, ${file} is not there (real data is not part of the project)`);

const recordings = isThere ? readRecordings() : [];
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

  test.runIf(isThere)("every other call is kept, as JSON or raw, and flagged", () => {
    for (const recording of recordings.filter(({ format }) => format !== "openai-chat")) {
      const parsed = parseRecording(recording);
      expect(parsed.flags, where(recording)).toEqual(["format_unknown"]);
      expect(parsed.request, where(recording)).toEqual(recording.request);
      expect(parsed.response !== null || parsed.rawResponse !== undefined, where(recording)).toBe(true);
    }
  });
});

function parseRecording({ host, path, request, status, contentType, body }: Recording) {
  const header = { provider: providerOf(host), path, status, responseType: contentType };
  const { request: sent } = captureOf({ request });
  return parseCapture({ ...streamCaptureOf(body, header), request: sent });
}

function providerOf(host: string): string {
  return host.split(".").at(-2) ?? host;
}

function lastUsage(body: string): JsonObject | undefined {
  const chunks = body.split("\n").flatMap((line) => (line.startsWith("data: {") ? [JSON.parse(line.slice(6))] : []));
  return chunks.flatMap(({ usage }) => (isObject(usage) ? [usage] : [])).at(-1);
}

function readRecordings(): Recording[] {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Recording);
}

function where({ host, path, body }: Recording): string {
  return `${host}${path} ${body.slice(0, 60)}`;
}
