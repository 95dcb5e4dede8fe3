/** Recorded calls of Anthropic's Messages API, against the official SDK and against what they say themselves. */
import { describe, expect, test } from "vitest";
import { isObject, type Json } from "../../shared/core/json.ts";
import { messagesOf } from "../../shared/parse/messages-of.ts";
import { accumulateMessageWithSdk, comparableMessage } from "./official-anthropic-sdk.ts";
import { areRecordingsThere, parseRecording, type Recording, readRecordings, where } from "./recordings.ts";

const recordings = readRecordings("anthropic-messages");
const streams = recordings.filter(({ sse }) => sse);
const answers = recordings.filter(({ sse, status }) => !sse && status === 200);

const STOP = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';

describe.runIf(areRecordingsThere)("recorded messages", () => {
  test("are there, as streams, answers and errors", () => {
    expect(streams.length).toBeGreaterThan(10);
    expect(answers.length).toBeGreaterThan(30);
    expect(recordings.some(({ status }) => status >= 400)).toBe(true);
  });

  test("every stream comes out as the official SDK accumulates it", async () => {
    for (const recording of streams) {
      const { message, threw } = await accumulateMessageWithSdk(recording.body);
      const parsed = parseRecording(recording);
      expect(threw, where(recording)).toBeNull();
      expect(comparableMessage(parsed.response), where(recording)).toEqual(message);
      expect(parsed.flags, where(recording)).toEqual([]);
    }
    console.info(`recorded-anthropic: ${streams.length} streams equal the official SDK's`);
  });

  test("every stream cut behind any of its events comes out as the SDK's", async () => {
    let compared = 0;
    for (const recording of streams) {
      const events = recording.body.split(/(?<=\r?\n\r?\n)/);
      const told = events.findIndex((event) => event.includes('"message_delta"'));
      for (let count = 1; count < events.length; count++) {
        const body = events.slice(0, count).join("");
        // the SDK gives nothing of a message that was not stopped
        const { message, threw } = await accumulateMessageWithSdk(body + STOP);
        const parsed = parseRecording({ ...recording, body });
        expect(threw, where(recording)).toBeNull();
        expect(comparableMessage(parsed.response), `${where(recording)} ${count}`).toEqual(message);
        // why it ended has been said: nothing of the message is missing
        expect(parsed.flags, `${where(recording)} ${count}`).toEqual(count > told ? [] : ["stream_without_end"]);
        compared++;
      }
    }
    console.info(`recorded-anthropic: ${compared} cut streams equal the official SDK's`);
  }, 60_000);

  test("every answer in JSON is kept as it is", () => {
    for (const recording of answers) {
      const parsed = parseRecording(recording);
      expect(parsed.response, where(recording)).toEqual(JSON.parse(recording.body));
      expect(parsed.flags, where(recording)).toEqual([]);
    }
  });

  test("all tell their usage, model, id, reason and answer as their bodies have them", () => {
    for (const recording of [...streams, ...answers]) {
      const parsed = parseRecording(recording);
      const told = isObject(parsed.response) ? parsed.response : {};
      const usage = isObject(told.usage) ? told.usage : {};
      const count = (name: string) => Number(usage[name] ?? 0);
      const input = count("input_tokens") + count("cache_read_input_tokens") + count("cache_creation_input_tokens");
      expect(parsed.usage, where(recording)).toMatchObject({
        inputTokens: input,
        outputTokens: count("output_tokens"),
      });
      expect(parsed.responseId, where(recording)).toBe(told.id);
      expect(parsed.model, where(recording)).toBe(told.model);
      expect(parsed.finishReason, where(recording)).toMatch(/^(stop|length|tool_calls|content_filter)$/);
      expect(parsed.costUsdMicros ?? -1, where(recording)).toBeGreaterThan(0);
      expect(wordsOf(messages(recording).at(-1)?.content ?? null), where(recording)).toBe(textsOf(told.content ?? []));
    }
  });

  test("an error of the API's is no answer", () => {
    for (const recording of recordings.filter(({ status }) => status >= 400)) {
      const parsed = parseRecording(recording);
      expect(parsed, where(recording)).toMatchObject({
        usage: null,
        answer: null,
        model: expect.any(String),
        flags: [],
      });
    }
  });
});

function messages(recording: Recording) {
  const { request, response } = parseRecording(recording);
  return messagesOf({ format: "anthropic", path: "/v1/messages", request, response });
}

function wordsOf(content: Json): string {
  if (!Array.isArray(content)) return typeof content === "string" ? content : "";
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("");
}

function textsOf(content: Json): string {
  return wordsOf(Array.isArray(content) ? content.filter((block) => isObject(block) && block.type === "text") : []);
}
