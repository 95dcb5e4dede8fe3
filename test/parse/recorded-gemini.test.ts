/** Recorded Gemini calls, against the official SDK and against what they say themselves. */
import { beforeAll, describe, expect, test, vi } from "vitest";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { takeFingerprints } from "../../shared/parse/fingerprints.ts";
import { gemini } from "../../shared/parse/gemini.ts";
import { firstCandidate } from "../../shared/parse/gemini-conversation.ts";
import { priceMicros } from "../../shared/parse/price.ts";
import { chatWithSdk, piecesOf } from "./official-gemini-sdk.ts";
import { areRecordingsThere, type Recording, readRecordings, where } from "./recordings.ts";

const recordings = readRecordings("google-generate");
const streams = recordings.filter(({ sse }) => sse);
const answers = recordings.filter(({ sse, status }) => !sse && status === 200);

describe.runIf(areRecordingsThere)("recorded Gemini calls", () => {
  beforeAll(() => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined); // the SDK's, of parts that are no text
  });

  test("are there, streamed and not, of the Gemini API and of Vertex AI", () => {
    expect(streams.length).toBeGreaterThan(10);
    expect(answers.length).toBeGreaterThan(30);
    expect(new Set(streams.map(({ host }) => host)).size).toBe(2);
  });

  test("are understood by their path, which names the model", () => {
    for (const { path, ...recording } of recordings) {
      expect(gemini.understands({ format: "google", path }), where({ path, ...recording })).toBe(true);
      expect(path).toContain(`/models/${gemini.modelInPath?.(path)}:`);
    }
  });

  test("every stream says what the official SDK hands to the app", async () => {
    let histories = 0;
    for (const recording of streams) histories += await expectAsSdk(recording, recording.body);
    expect(histories).toBeGreaterThan(10);
    console.info(`recorded-gemini: ${streams.length} streams say what the official SDK does`);
  });

  test("every stream cut behind any of its events says what the SDK does, and is flagged", async () => {
    let compared = 0;
    for (const recording of streams) {
      const events = recording.body.split(/(?<=\r?\n\r?\n)/).filter((event) => event.trim() !== "");
      for (let count = 1; count < events.length; count++) {
        const body = events.slice(0, count).join("");
        await expectAsSdk(recording, body);
        expect(gemini.reassemble(body).flags, where(recording)).toEqual(["stream_without_end"]);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(40);
    console.info(`recorded-gemini: ${compared} cut streams say what the official SDK does`);
  });

  test("every stream comes to the same as a JSON array, and cut in the middle to a beginning of it", () => {
    for (const recording of streams) {
      const { response, tokens } = gemini.reassemble(recording.body);
      const array = arrayOf(recording.body);
      expect(gemini.reassemble(array), where(recording)).toEqual({ response, tokens, flags: [] });
      const facts = gemini.readFacts(JSON.parse(array));
      expect(facts, where(recording)).toEqual(gemini.readFacts(response));
      expect(facts.finishReason).toMatch(/^(stop|tool_calls)$/);
      const cut = gemini.reassemble(array.slice(0, -60));
      expect(cut.flags, where(recording)).toEqual(["stream_without_end"]);
      expect(textOf(response).startsWith(textOf(cut.response)), where(recording)).toBe(true);
    }
  });

  test("every answer is as its stream in one chunk would be", () => {
    for (const recording of answers) {
      const body = JSON.parse(recording.body) as JsonObject;
      const [candidate] = body.candidates as JsonObject[];
      const { response, flags } = gemini.reassemble(`data: ${recording.body}\r\n\r\n`);
      expect(flags, where(recording)).toEqual([]);
      expect(response, where(recording)).toEqual({ ...body, candidates: [{ index: 0, ...candidate }] });
    }
  });

  test("all tell their usage, model, id, reason and price as their bodies have them", () => {
    for (const recording of [...streams, ...answers]) {
      const response = responseOf(recording);
      const { model, responseId, finishReason, tokens } = gemini.readFacts(response);
      const told = lastChunk(recording);
      const { usageMetadata } = told as { usageMetadata: Record<string, number> };
      const { usage } = tokens ?? {};
      expect(Number(usage?.inputTokens) + Number(usage?.outputTokens), where(recording)).toBe(
        usageMetadata.totalTokenCount,
      );
      expect(usage?.reasoningTokens, where(recording)).toBe(usageMetadata.thoughtsTokenCount ?? 0);
      expect({ model, responseId }).toEqual({ model: told.modelVersion, responseId: told.responseId });
      const isCall = /"functionCall"/.test(JSON.stringify(response));
      expect(finishReason, where(recording)).toBe(isCall ? "tool_calls" : "stop");
      const atMs = Date.UTC(2026, 2, 1);
      expect(priceMicros({ provider: "google", models: [model], tokens, atMs }), where(recording)).toBeGreaterThan(0);
    }
  });

  test("all hold every text, call and result of theirs in their messages, and nothing of an unknown shape", () => {
    for (const recording of recordings) {
      const { request } = recording;
      const { messages, tools, answer } = gemini.readConversation({ request, response: responseOf(recording) });
      const said = JSON.stringify([...messages, answer]);
      for (const part of [...partsIn(request), ...partsIn(responseOf(recording))]) {
        expect(said, where(recording)).toContain(JSON.stringify(part).slice(1, -1));
      }
      const roles = new Set(messages.map(({ role }) => role));
      for (const role of roles) expect(["system", "user", "assistant", "tool"]).toContain(role);
      expect(answer === null, where(recording)).toBe(recording.status !== 200);
      expect(tools === null, where(recording)).toBe(!JSON.stringify(request).includes('"tools"'));
      const { template, prompt, conversationStart } = takeFingerprints({ messages, tools, answer });
      for (const print of [template, prompt, conversationStart]) expect(print).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  test("all have a result for every call, under its id", () => {
    let results = 0;
    for (const { request, ...recording } of recordings) {
      const { messages } = gemini.readConversation({ request, response: null });
      const ids = messages.flatMap(({ tool_calls }) => (tool_calls ?? []).map((call) => isObject(call) && call.id));
      const answered = messages.filter(({ role }) => role === "tool").map(({ tool_call_id }) => tool_call_id);
      expect(answered, where({ request, ...recording })).toEqual(ids);
      results += answered.length;
    }
    expect(results).toBeGreaterThan(40);
  });
});

/** 1 where the SDK kept the answer in its history, which is then compared too; else 0. */
async function expectAsSdk(recording: Recording, body: string): Promise<number> {
  const sdk = await chatWithSdk(toBytes(body));
  const { response } = gemini.reassemble(body);
  const candidate = firstCandidate(response);
  const { answer } = gemini.readConversation({ request: recording.request, response });
  expect(sdk.threw, where(recording)).toBeNull();
  expect(answer?.content ?? "", where(recording)).toBe(sdk.text);
  expect(callsIn(candidate?.content), where(recording)).toEqual(sdk.functionCalls);
  expect(piecesOf(candidate?.content), where(recording)).toEqual(sdk.pieces);
  expect(candidate?.finishReason ?? null, where(recording)).toBe(sdk.finishReason);
  expect(isObject(response) && response.usageMetadata, where(recording)).toEqual(sdk.usage);
  if (sdk.history === null) return 0;
  expect(piecesOf(candidate?.content), where(recording)).toEqual(sdk.history);
  return 1;
}

function responseOf({ sse, body }: Recording): Json {
  return sse ? gemini.reassemble(body).response : (JSON.parse(body) as Json);
}

function lastChunk({ sse, body }: Recording): JsonObject {
  const text = sse ? (body.trimEnd().split("\n").at(-1) ?? "").slice("data: ".length) : body;
  return JSON.parse(text) as JsonObject;
}

/** As Google sends it without `?alt=sse`. */
function arrayOf(body: string): string {
  const chunks = body.split(/\r?\n/).flatMap((line) => (line.startsWith("data: ") ? [line.slice(6)] : []));
  return `[${chunks.join("\n,\r\n")}\n]\n`;
}

function callsIn(content: Json | undefined): Json[] {
  const parts = isObject(content) && Array.isArray(content.parts) ? content.parts : [];
  return parts.flatMap((part) => (isObject(part) && isObject(part.functionCall) ? [part.functionCall] : []));
}

function textOf(response: Json): string {
  const { answer } = gemini.readConversation({ request: null, response });
  return typeof answer?.content === "string" ? answer.content : "";
}

/** The strings that a call says to the model and the model to the app. */
function partsIn(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(partsIn);
  if (!isObject(value)) return [];
  const { text, thought, functionCall, function_call, functionResponse, executableCode } = value;
  const contents = [value.candidates, value.content, value.contents, value.parts, value.systemInstruction];
  return [
    ...(typeof text === "string" && thought !== true ? [text] : []),
    ...[functionCall ?? function_call, functionResponse, executableCode].flatMap((part) =>
      isObject(part) ? [part.name, part.id, part.code].filter((said) => typeof said === "string") : [],
    ),
    ...contents.flatMap(partsIn),
  ];
}
