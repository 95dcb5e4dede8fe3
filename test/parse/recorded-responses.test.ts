/** Recorded calls of the Responses API and of embeddings, against the official SDK and against what they say themselves. */
import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { messagesOf } from "../../shared/parse/messages-of.ts";
import { accumulateResponseWithSdk, comparableResponse } from "./official-responses-sdk.ts";
import { areRecordingsThere, parseRecording, type Recording, readRecordings, where } from "./recordings.ts";

const responses = readRecordings("openai-responses");
const streams = responses.filter(({ sse }) => sse);
const answers = responses.filter(({ sse }) => !sse);
const embeddings = readRecordings("openai-embeddings");

describe.runIf(areRecordingsThere)("recorded responses", () => {
  test("are there, of several providers", () => {
    expect(new Set(streams.map(({ host }) => host)).size).toBeGreaterThan(2);
    expect(answers.length).toBeGreaterThan(0);
    expect(embeddings.length).toBeGreaterThan(0);
  });

  test("every stream comes out as the official SDK accumulates it", async () => {
    for (const recording of streams) {
      const { response, threw } = await accumulateResponseWithSdk(toBytes(recording.body));
      const parsed = parseRecording(recording);
      expect(threw, where(recording)).toBeNull();
      expect(comparableResponse(parsed.response), where(recording)).toEqual(comparableResponse(response));
      expect(parsed.flags, where(recording)).toEqual([]);
    }
    console.info(`recorded-responses: ${streams.length} streams equal the official SDK's`);
  });

  test("every stream cut behind any of its events comes out as the SDK's", async () => {
    let compared = 0;
    for (const recording of streams) {
      const events = recording.body.split(/(?<=\r?\n\r?\n)/);
      const last = events.findIndex((event) => event.includes('"response.completed"'));
      for (let count = 1; count <= last; count++) {
        const body = events.slice(0, count).join("");
        const { response, threw } = await accumulateResponseWithSdk(body);
        if (threw?.includes("without sending any events")) continue; // OpenRouter's first is a comment
        const parsed = parseRecording({ ...recording, body });
        expect(comparableResponse(parsed.response), `${where(recording)} ${count}`).toEqual(
          comparableResponse(response),
        );
        expect(parsed.flags, where(recording)).toEqual(["stream_without_end"]);
        if (count === last) expect(parsed.answer, where(recording)).toBe(parseRecording(recording).answer);
        compared++;
      }
    }
    console.info(`recorded-responses: ${compared} cut streams equal the official SDK's`);
  }, 30_000);

  test("every answer in JSON is kept as it is", () => {
    for (const recording of answers) {
      const parsed = parseRecording(recording);
      expect(parsed.response, where(recording)).toEqual(JSON.parse(recording.body));
      expect(parsed.flags, where(recording)).toEqual([]);
    }
  });

  test("all tell their usage, model, id, reason and answer as their bodies have them", () => {
    for (const recording of responses) {
      const parsed = parseRecording(recording);
      const told = lastResponse(recording);
      const usage = isObject(told.usage) ? told.usage : undefined;
      expect(parsed.usage?.inputTokens, where(recording)).toBe(usage?.input_tokens);
      expect(parsed.usage?.outputTokens, where(recording)).toBe(usage?.output_tokens);
      expect(parsed.responseId, where(recording)).toBe(told.id ?? null);
      expect(parsed.model, where(recording)).not.toBeNull();
      if (recording.status !== 200) continue;
      const hasCalls = /"type":"function_call"|"execution":"client"/.test(JSON.stringify(told.output));
      expect(parsed.finishReason, where(recording)).toBe(hasCalls ? "tool_calls" : "stop");
      expect(parsed.answer, where(recording)).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  test("all hold every text and every call of theirs in their messages", () => {
    for (const recording of responses) {
      const { request, response } = parseRecording(recording);
      const messages = messagesOf({ format: "openai", path: recording.path, request, response });
      const text = JSON.stringify(messages);
      const input = isObject(request) ? request.input : null;
      const output = isObject(response) ? response.output : null;
      for (const said of [...itemsOf(input), ...itemsOf(output)].flatMap(saidIn)) {
        expect(text, where(recording)).toContain(JSON.stringify(said));
      }
      expect(
        messages.map(({ role }) => role),
        where(recording),
      ).not.toContain("unknown");
    }
  });
});

describe.runIf(areRecordingsThere)("recorded embeddings", () => {
  test("are kept as they are, with their usage, and no fingerprint", () => {
    for (const recording of embeddings) {
      const parsed = parseRecording(recording);
      const body = JSON.parse(recording.body) as JsonObject;
      const usage = isObject(body.usage) ? body.usage : undefined;
      expect(parsed).toMatchObject({ response: body, flags: [], template: null, prompt: null, answer: null });
      expect(parsed.usage?.inputTokens, where(recording)).toBe(usage?.prompt_tokens);
      expect(parsed.usage?.outputTokens, where(recording)).toBe(usage === undefined ? undefined : 0);
      expect(parsed.costUsdMicros === null, where(recording)).toBe(usage === undefined);
    }
  });
});

function lastResponse({ sse, body }: Recording): JsonObject {
  if (!sse) return JSON.parse(body) as JsonObject;
  const events = body.split("\n").flatMap((line) => (line.startsWith("data: {") ? [JSON.parse(line.slice(6))] : []));
  return events.flatMap(({ response }) => (isObject(response) ? [response] : [])).at(-1) ?? {};
}

function itemsOf(list: Json | undefined): JsonObject[] {
  if (typeof list === "string") return [{ content: list }];
  return Array.isArray(list) ? list.filter((item) => isObject(item)) : [];
}

function saidIn({ content, name, arguments: args, call_id, output }: JsonObject): Json[] {
  const parts = Array.isArray(content)
    ? content.map((part) => (isObject(part) ? (part.text ?? null) : null))
    : [content];
  return [...parts, name, args, call_id, output].filter((said) => typeof said === "string");
}
