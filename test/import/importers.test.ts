/** Other people's logs as import lines: what is taken of each, what is left, and why a line holds no call. */

import type { Arbitrary } from "fast-check";
import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { readProviders } from "../../shared/core/providers.ts";
import { importCapture } from "../../shared/import/import-capture.ts";
import type { ImportLine, Read } from "../../shared/import/import-line.ts";
import { IMPORT_SOURCES, type ImportDefaults, type ImportSource, importLinesOf } from "../../shared/import/importer.ts";
import fc from "../unit/property.ts";

const NOW_MS = Date.UTC(2026, 5, 1);

function read(source: ImportSource, json: Json, defaults: ImportDefaults = {}): Read<ImportLine>[] {
  return importLinesOf({ source, json, defaults });
}

function one(source: ImportSource, json: Json, defaults: ImportDefaults = {}): ImportLine {
  const [first] = read(source, json, defaults);
  if (first === undefined || !first.ok) throw new Error(first?.reason ?? "no line");
  return first.value;
}

function reasonOf(source: ImportSource, json: Json): string {
  const [first] = read(source, json);
  return first === undefined || first.ok ? "taken" : first.reason;
}

const MESSAGES = [
  { role: "system", content: "You are brief." },
  { role: "user", content: "Where is my parcel?" },
];
const ANSWER: JsonObject = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_777_000_000,
  model: "gpt-4o-mini-2024-07-18",
  choices: [{ index: 0, message: { role: "assistant", content: "On its way.", refusal: null }, finish_reason: "stop" }],
  usage: { prompt_tokens: 20, completion_tokens: 4, total_tokens: 24 },
};

describe("a stored completion of OpenAI's", () => {
  const stored: JsonObject = {
    ...ANSWER,
    request_id: "req_1",
    metadata: { task: "parcels", session_id: "s-1" },
    input_user: "ada",
    temperature: 0.2,
    top_p: 1,
    seed: null,
    tools: null,
    messages: {
      object: "list",
      data: [
        { id: "chatcmpl-1-0", role: "system", content: "You are brief.", name: null, content_parts: null },
        {
          id: "chatcmpl-1-1",
          role: "user",
          content: null,
          content_parts: [{ type: "text", text: "Where is my parcel?" }],
        },
      ],
    },
  };

  test("becomes request and answer as they were, with task, user and session", () => {
    expect(one("openai", stored)).toEqual({
      provider: "openai",
      id: "chatcmpl-1",
      path: "/v1/chat/completions",
      task: "parcels",
      user: "ada",
      session: "s-1",
      request: {
        model: "gpt-4o-mini-2024-07-18",
        messages: [
          { role: "system", content: "You are brief." },
          { role: "user", content: [{ type: "text", text: "Where is my parcel?" }] },
        ],
        temperature: 0.2,
        top_p: 1,
        metadata: { task: "parcels", session_id: "s-1" },
      },
      response: ANSWER,
    });
  });

  test("without its messages is not taken, and the reason says where they are", () => {
    expect(reasonOf("openai", ANSWER)).toContain("GET /v1/chat/completions/{id}/messages");
    expect(reasonOf("openai", { ...stored, choices: null })).toContain("no choices");
  });

  test("takes a pair of request and response as it is", () => {
    const request = { model: "gpt-4o-mini", messages: MESSAGES };
    expect(one("openai", { request, response: ANSWER })).toEqual({
      provider: "openai",
      id: "chatcmpl-1",
      request,
      response: ANSWER,
    });
  });
});

describe("a row of Helicone's", () => {
  const row: JsonObject = {
    request_id: "0b6c2c1e-9f0a-4a53-8d0f-0d6b2f6f0001",
    request_created_at: "2026-04-24 08:00:01.250",
    response_created_at: "2026-04-24 08:00:02.000",
    request_path: "https://oai.helicone.ai/v1/chat/completions?key=secret",
    provider: "OPENAI",
    request_user_id: "ada",
    response_status: 200,
    delay_ms: 750,
    request_properties: { "Helicone-Session-Id": "s-1", "Helicone-Prompt-Id": "parcels", tier: "gold" },
    request_body: { model: "gpt-4o-mini", messages: MESSAGES },
    response_body: ANSWER,
    feedback_rating: false,
    feedback_created_at: "2026-04-25 09:00:00",
    scores: {},
  };

  test("becomes the call, with its rating as a thumb; an address loses its host and its query", () => {
    expect(one("helicone", row)).toEqual({
      provider: "openai",
      id: row.request_id,
      path: "/v1/chat/completions",
      task: "parcels",
      user: "ada",
      session: "s-1",
      at: "2026-04-24T08:00:01.250Z",
      status: 200,
      durationMs: 750,
      request: row.request_body,
      response: ANSWER,
      feedback: [{ kind: "thumb", value: "down", at: "2026-04-25T09:00:00.000Z" }],
    });
  });

  test("takes bodies that are texts of JSON, and bodies that lie in signed_body_content", () => {
    const texts = { ...row, request_body: JSON.stringify(row.request_body), response_body: JSON.stringify(ANSWER) };
    expect(one("helicone", texts)).toEqual(one("helicone", row));
    const { request_body: request, response_body: response, ...rest } = row;
    expect(one("helicone", { ...rest, signed_body_content: { request, response } as Json })).toEqual(
      one("helicone", row),
    );
  });

  test("reads the rating from its scores where it lies there", () => {
    const { feedback_rating: _rating, feedback_created_at: _at, ...rest } = row;
    const scored = { ...rest, scores: { "helicone-score-feedback": { value: 1 } } };
    expect(one("helicone", scored).feedback).toEqual([{ kind: "thumb", value: "up" }]);
    expect(one("helicone", rest).feedback).toBeUndefined();
  });

  test.each([
    ["GEMINI", "google"],
    ["TOGETHERAI", "together"],
    ["ANTHROPIC", "anthropic"],
    ["X", "xai"],
  ])("calls %s what winnow calls %s", (theirs, ours) => {
    expect(one("helicone", { ...row, provider: theirs }).provider).toBe(ours);
  });

  test("without its bodies is not taken, and the reason names the option of the export", () => {
    expect(reasonOf("helicone", { ...row, request_body: null })).toContain("--include-body");
    expect(reasonOf("helicone", { ...row, response_body: {} })).toContain("response_body is missing");
    expect(reasonOf("helicone", { ...row, provider: "CUSTOM" })).toContain("--provider");
    expect(one("helicone", { ...row, provider: "CUSTOM" }, { provider: "groq" }).provider).toBe("groq");
  });
});

describe("a generation of Langfuse's", () => {
  const generation: JsonObject = {
    id: "obs-1",
    traceId: "trace-1",
    type: "GENERATION",
    name: "answer-parcel",
    startTime: "2026-04-24T08:00:00.000Z",
    endTime: "2026-04-24T08:00:01.500Z",
    model: "gpt-4o-mini",
    modelParameters: { temperature: 0.2, max_tokens: null },
    input: MESSAGES,
    output: { role: "assistant", content: "On its way." },
    usageDetails: { input: 20, output: 4, total: 24 },
    level: "DEFAULT",
  };
  const thumb = { id: "score-1", name: "user-feedback", value: 1, dataType: "BOOLEAN", comment: "good", source: "API" };
  const trace: JsonObject = {
    id: "trace-1",
    name: "parcel-chat",
    userId: "ada",
    sessionId: "s-1",
    observations: [{ id: "span-1", type: "SPAN", name: "retrieve" }, generation],
    scores: [thumb, { name: "correctness", value: 0, dataType: "BOOLEAN", source: "EVAL" }],
  };

  test("becomes a chat call, with its duration, its usage and its parameters", () => {
    expect(one("langfuse", generation)).toEqual({
      provider: "openai",
      path: "/v1/chat/completions",
      id: "obs-1",
      task: "answer-parcel",
      at: "2026-04-24T08:00:00.000Z",
      durationMs: 1_500,
      request: { temperature: 0.2, model: "gpt-4o-mini", messages: MESSAGES },
      response: {
        id: "obs-1",
        object: "chat.completion",
        model: "gpt-4o-mini",
        choices: [{ index: 0, message: generation.output, finish_reason: "stop" }],
        usage: { prompt_tokens: 20, completion_tokens: 4, total_tokens: 24 },
      },
    });
  });

  test("of a trace has the trace's user and session, and a person's thumb, but no judge's", () => {
    expect(read("langfuse", trace)).toHaveLength(1);
    const line = one("langfuse", trace);
    expect(line).toMatchObject({ user: "ada", session: "s-1" });
    expect(line.feedback).toEqual([
      { kind: "thumb", value: "up" },
      { kind: "comment", text: "good" },
    ]);
  });

  test("shares no score of a trace that holds several: of which it speaks is not known", () => {
    const second = { ...generation, id: "obs-2" };
    const both = read("langfuse", { ...trace, observations: [generation, second] });
    expect(both.map((line) => line.ok && [line.value.id, line.value.feedback])).toEqual([
      ["obs-1", undefined],
      ["obs-2", undefined],
    ]);
    const about = [{ ...thumb, observationId: "obs-2", value: 0, comment: null }];
    const told = read("langfuse", { ...trace, observations: [generation, second], scores: about });
    expect(told.map((line) => line.ok && line.value.feedback)).toEqual([undefined, [{ kind: "thumb", value: "down" }]]);
  });

  test("is read from the export whose names are in snake case, and whose times have no zone", () => {
    const { startTime: _start, endTime: _end, modelParameters, usageDetails, traceId: _trace, ...rest } = generation;
    const snake = {
      ...rest,
      start_time: "2026-04-24 08:00:00.000000",
      end_time: "2026-04-24 08:00:01.500000",
      model_parameters: JSON.stringify(modelParameters),
      usage_details: usageDetails,
      user_id: "ada",
      session_id: "s-1",
      input: JSON.stringify(MESSAGES),
      output: JSON.stringify(generation.output),
    } as JsonObject;
    expect(one("langfuse", snake)).toEqual({ ...one("langfuse", generation), user: "ada", session: "s-1" });
  });

  test.each<[string, JsonObject]>([
    ["generations alone", { type: "SPAN" }],
    ["ERROR", { level: "ERROR" }],
    ["input holds no messages", { input: { question: 4 } }],
    ["output holds no message", { output: null }],
  ])("is not taken where %s: the reason says so", (reason, more) => {
    expect(reasonOf("langfuse", { ...generation, ...more })).toContain(reason);
  });

  test("of texts becomes a question and its answer; tool calls are kept", () => {
    const texts = one("langfuse", { ...generation, input: "Where?", output: "There." });
    expect(texts.request.messages).toEqual([{ role: "user", content: "Where?" }]);
    expect(texts.response.choices).toMatchObject([{ message: { role: "assistant", content: "There." } }]);
    const toolCalls = [{ id: "c1", type: "function", function: { name: "track", arguments: "{}" } }];
    const called = one("langfuse", {
      ...generation,
      output: { role: "assistant", content: null, tool_calls: toolCalls },
    });
    expect(called.response.choices).toMatchObject([
      { message: { tool_calls: toolCalls }, finish_reason: "tool_calls" },
    ]);
  });
});

describe("every importer", () => {
  test("fills in task and provider where the log has none, and leaves what it has", () => {
    const line = { provider: "openai", request: { model: "m", messages: MESSAGES }, response: ANSWER };
    expect(one("winnow", line, { task: "late" }).task).toBe("late");
    expect(one("winnow", { ...line, task: "own" }, { task: "late" }).task).toBe("own");
  });

  test("answers with lines or reasons for whatever JSON comes, and what it takes makes a capture or a reason", () => {
    const providers = readProviders(undefined);
    fc.assert(
      fc.property(fc.constantFrom(...IMPORT_SOURCES), hostileLine(), (source, json) => {
        for (const line of read(source, json as Json)) {
          if (!line.ok) {
            expect(line.reason).not.toBe("");
            continue;
          }
          const imported = importCapture({ line: line.value, app: "demo", providers, nowMs: NOW_MS });
          if (!imported.ok) expect(imported.reason).not.toBe("");
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Real field names with wrong values, and right values in wrong places. */
function hostileLine(): Arbitrary<unknown> {
  const names = fc.constantFrom(
    ...["id", "messages", "choices", "request", "response", "request_body", "response_body", "provider", "type"],
    ...["input", "output", "observations", "scores", "metadata", "created", "startTime", "level", "data", "model"],
  );
  const leaf = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom("GENERATION", "openai", "\ud800", "{", JSON.stringify(MESSAGES), -1, 1e300),
    fc.constant(MESSAGES),
    fc.constant(ANSWER),
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie("tree"), { maxLength: 3 }),
      fc.dictionary(names, tie("tree"), { maxKeys: 6 }),
    ),
  }));
  return tree;
}
