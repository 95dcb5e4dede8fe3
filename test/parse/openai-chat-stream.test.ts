import { describe, expect, test } from "vitest";
import { concatBytes } from "../../shared/core/gzip.ts";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { chunkOf, messageOf, parseStream, start, stop, streamCaptureOf, streamOf } from "./capture-of.ts";
import { accumulateWithSdk, comparable } from "./official-sdk.ts";

describe("a stream's framing", () => {
  const plain = streamOf([start, chunkOf({ content: "Ja, über " }), chunkOf({ content: "Köln 🌧." }), stop]);

  test.each([
    ["CRLF", plain.replaceAll("\n", "\r\n")],
    ["bare CR", plain.replaceAll("\n", "\r")],
    ["no space behind data:", plain.replaceAll("data: ", "data:")],
    ["comments between the events", plain.replaceAll("data: ", ": still here\n\ndata: ")],
    ["comments within an event", plain.replaceAll("data: ", ": still here\ndata: ")],
    ["ids and retry times", plain.replaceAll("data: ", "id: 7\nretry: 500\ndata: ")],
    ["no [DONE]", plain.replace("data: [DONE]\n\n", "")],
    ["no blank line at the end", plain.trimEnd()],
    ["an empty data field to keep it alive", `data:\n\n${plain}`],
    ["a space behind [DONE]", plain.replace("[DONE]", "[DONE] ")],
    ["something behind [DONE]", `${plain}data: {"choices":[{"index":0,"delta":{"content":"more"}}]}\n\n`],
  ])("%s changes nothing", (_name, framed) => {
    expect(parseStream(framed)).toEqual(parseStream(plain));
    expect(messageOf(framed)).toMatchObject({ content: "Ja, über Köln 🌧." });
    expect(parseStream(framed).flags).toEqual([]);
  });

  test("a BOM changes nothing", () => {
    const bytes = toBytes(plain);
    const marked = concatBytes([Uint8Array.of(0xef, 0xbb, 0xbf), bytes], bytes.length + 3);
    expect(parseCapture(streamCaptureOf(marked)).response).toEqual(parseStream(plain).response);
  });

  test("data over several lines is one event", () => {
    const pretty = `data: ${JSON.stringify(start, null, 1).replaceAll("\n", "\ndata: ")}\n\n`;
    expect(parseStream(pretty + streamOf([stop])).flags).toEqual([]);
  });

  test("is seen under a type that does not say so", () => {
    const parsed = parseCapture(streamCaptureOf(`: hello\n\n${plain}`, { responseType: "text/plain" }));
    expect(parsed).toMatchObject({ streamed: true, finishReason: "stop", flags: [] });
  });
});

describe("a stream's message equals the official SDK's", () => {
  const call = (index: number, fields: JsonObject) => chunkOf({ tool_calls: [{ index, ...fields }] });
  const called = (name: string) => ({ id: `call_${name}`, type: "function", function: { name, arguments: "" } });
  const streams: Record<string, Json[]> = {
    text: [start, chunkOf({ content: "It " }), chunkOf({ content: "rains." }), stop],
    "a refusal": [start, chunkOf({ refusal: "I can" }), chunkOf({ refusal: "not." }), stop],
    "tool calls in turns": [
      chunkOf({ role: "assistant", content: null, tool_calls: [{ index: 0, ...called("rain") }] }),
      call(0, { function: { arguments: '{"city":' } }),
      call(1, called("wind")),
      call(1, { function: { arguments: "{}" } }),
      call(0, { function: { arguments: '"Köln"}' } }),
      chunkOf({}, { finish_reason: "tool_calls" }),
    ],
    "a custom tool": [
      chunkOf({ role: "assistant", tool_calls: [{ index: 0, id: "c1", type: "custom", custom: { name: "sql" } }] }),
      call(0, { custom: { input: "select " } }),
      call(0, { custom: { input: "1" }, extra_content: { note: "kept" } }),
      chunkOf({}, { finish_reason: "tool_calls" }),
    ],
    "a function call of 2023": [
      chunkOf({ role: "assistant", content: null, function_call: { name: "rain", arguments: "" } }),
      chunkOf({ function_call: { arguments: '{"a"' } }),
      chunkOf({ function_call: { arguments: ":1}" } }),
      chunkOf({}, { finish_reason: "function_call" }),
    ],
    audio: [
      chunkOf({ role: "assistant", audio: { id: "audio_1", transcript: "It " } }),
      chunkOf({ audio: { transcript: "rains", data: "AAEC" } }),
      chunkOf({ audio: { data: "AwQF" } }),
      chunkOf({ audio: { expires_at: 1_760_000_900 } }),
    ],
    logprobs: [
      chunkOf({ role: "assistant", content: "It" }, { logprobs: { content: [{ token: "It", logprob: -0.1 }] } }),
      chunkOf({ content: " rains" }, { logprobs: { content: [{ token: " rains", logprob: -0.2 }], refusal: null } }),
      stop,
    ],
    "two choices": [
      { ...start, choices: [{ index: 1, delta: { role: "assistant", content: "B" }, finish_reason: null }] },
      { ...start, choices: [{ index: 0, delta: { role: "assistant", content: "A" }, finish_reason: "stop" }] },
      { ...start, choices: [{ index: 1, delta: { content: "b" }, finish_reason: "length" }] },
    ],
    "usage in a chunk of its own": [
      { ...start, usage: null, obfuscation: "x7" },
      { ...stop, usage: null, system_fingerprint: "fp_1", service_tier: "default" },
      { ...stop, choices: [], usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 11 } },
    ],
    "fields that are not the API's": [
      { ...start, provider: "Rainmaker" },
      chunkOf({ annotations: [{ type: "url_citation" }], channel: "final" }, { native_finish_reason: null }),
      chunkOf({ content: "ok" }, { finish_reason: "stop", native_finish_reason: "STOP", stop_reason: 3 }),
    ],
    "filters of Azure's before and after, without an id": [
      { id: "", model: "", object: "", created: 0, choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
      start,
      chunkOf({ content: "ok" }, { finish_reason: "stop" }),
      {
        id: "",
        model: "",
        object: "",
        created: 0,
        choices: [{ index: 0, finish_reason: null, content_filter_offsets: {} }],
      },
    ],
  };

  test.each(Object.entries(streams))("%s", async (_name, chunks) => {
    const body = streamOf(chunks);
    const { completion, threw } = await accumulateWithSdk(body);
    const { response, flags } = parseStream(body);
    expect(threw).toBeNull();
    expect(comparable(response)).toEqual(comparable(completion));
    expect(flags).toEqual([]);
  });
});

describe("a stream's reasoning, which the SDK keeps the last fragment of", () => {
  test("grows in all its spellings", () => {
    const chunks = ["Clouds", " are", " dark."].map((text) =>
      chunkOf({ reasoning: text, reasoning_content: text, reasoning_details: [detail(text)] }),
    );
    expect(messageOf(streamOf([start, ...chunks, stop]))).toMatchObject({
      reasoning: "Clouds are dark.",
      reasoning_content: "Clouds are dark.",
      reasoning_details: [detail("Clouds are dark.")],
    });
  });

  test("is not lost to the null that follows it", () => {
    const chunks = [
      chunkOf({ reasoning: "Hm." }),
      chunkOf({ reasoning: null, reasoning_details: null, content: "Yes" }),
    ];
    expect(messageOf(streamOf([start, ...chunks, stop]))).toMatchObject({ reasoning: "Hm.", content: "Yes" });
  });

  test("keeps entries of another index or type, and encrypted ones, apart", () => {
    const sealed = { type: "reasoning.encrypted", index: 0, data: "c2VhbGVk" };
    const signed = { type: "reasoning.text", index: 0, text: "", signature: "sig" };
    const chunks = [[detail("One")], [signed], [detail("Two", 1)], [sealed], [sealed]];
    const deltas = chunks.map((reasoning_details) => chunkOf({ reasoning_details }));
    expect(messageOf(streamOf([start, ...deltas, stop])).reasoning_details).toEqual([
      { ...detail("One"), signature: "sig" },
      detail("Two", 1),
      sealed,
      sealed,
    ]);
  });

  function detail(text: string, index = 0): JsonObject {
    return { type: "reasoning.text", text, index, format: "unknown" };
  }
});

describe("a stream of other dialects", () => {
  test("Mistral's parts grow by parts", () => {
    const thinking = (text: string) => [{ type: "thinking", thinking: [{ type: "text", text }] }];
    const contents: Json[] = [thinking("Dark "), thinking("clouds."), "It ", [{ type: "text", text: "rains." }]];
    const deltas = contents.map((content) => chunkOf({ content }));
    expect(messageOf(streamOf([chunkOf({ role: "assistant" }), ...deltas, stop])).content).toEqual([
      ...thinking("Dark clouds."),
      { type: "text", text: "It rains." },
    ]);
  });

  test("tool calls without an index are told apart by id and name", () => {
    const fragments = [
      { id: "a", function: { name: "rain", arguments: '{"city":' } },
      { function: { arguments: '"Bonn"}' } },
      { id: "b", function: { name: "wind", arguments: { city: "Bonn" } } },
      { function: { name: "sun", arguments: "{}" } },
    ];
    const deltas = fragments.map((fragment) => chunkOf({ tool_calls: [fragment] }));
    expect(messageOf(streamOf([start, ...deltas, stop])).tool_calls).toEqual([
      { id: "a", type: "function", function: { name: "rain", arguments: '{"city":"Bonn"}' } },
      { id: "b", type: "function", function: { name: "wind", arguments: '{"city":"Bonn"}' } },
      { type: "function", function: { name: "sun", arguments: "{}" } },
    ]);
  });

  test("tool calls that start at index 1 leave no hole", () => {
    const delta = {
      tool_calls: [{ index: 1, id: "a", type: "function", function: { name: "rain", arguments: "{}" } }],
    };
    expect(messageOf(streamOf([start, chunkOf(delta), stop])).tool_calls).toHaveLength(1);
  });

  test("a choice without an index is taken by its place", () => {
    const choices = [{ delta: { content: "A" } }, { delta: { content: "B" } }];
    const { response } = parseStream(streamOf([{ ...start, choices }]));
    expect(response).toMatchObject({ choices: [{ message: { content: "A" } }, { message: { content: "B" } }] });
  });

  test("a whole message in the place of deltas stands for all before it", () => {
    const soFar = (content: string) => ({ ...start, choices: [{ index: 0, message: { role: "assistant", content } }] });
    expect(messageOf(streamOf([soFar("It"), soFar("It rains")]))).toMatchObject({ content: "It rains" });
  });

  test("without a role it is still the assistant's", () => {
    expect(messageOf(streamOf([chunkOf({ content: "Hi" }), stop]))).toMatchObject({ role: "assistant", content: "Hi" });
  });

  test("Groq's usage under x_groq is found", () => {
    const x_groq = { id: "req_1", usage: { prompt_tokens: 4, completion_tokens: 1 } };
    expect(parseStream(streamOf([start, { ...stop, x_groq }])).usage).toMatchObject({
      inputTokens: 4,
      outputTokens: 1,
    });
  });

  test("usage in a chunk without an id counts, though the answer has no place for it", () => {
    const last = { choices: [], usage: { prompt_tokens: 4, completion_tokens: 1 } };
    expect(parseStream(streamOf([start, stop, last])).usage).toMatchObject({ inputTokens: 4, outputTokens: 1 });
  });
});
