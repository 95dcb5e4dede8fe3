import { describe, expect, test } from "vitest";
import { isObject, type JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { CHOICES_MAX, TOOL_CALLS_MAX } from "../../shared/parse/bounds.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { chunkOf, messageOf, parseStream, start, stop, streamCaptureOf, streamOf } from "./capture-of.ts";

describe("a stream that goes wrong", () => {
  const said = chunkOf({ content: "It rai" });

  test.each([
    ["event: error", 'event: error\ndata: {"error":{"message":"tool missing"}}\n\n'],
    ["an error in a chunk", 'data: {"id":"chatcmpl-1","error":{"message":"tool missing"},"choices":[]}\n\n'],
    ["event: error without a wrapper", 'event: error\ndata: {"message":"tool missing"}\n\n'],
  ])("keeps what came before %s, and the error", (_name, end) => {
    const { response, flags } = parseStream(streamOf([start, said], end));
    expect(response).toMatchObject({
      choices: [{ message: { content: "It rai" }, finish_reason: null }],
      error: { message: "tool missing" },
    });
    expect(flags).toEqual(["stream_error"]);
  });

  test("an error at once is all there is", () => {
    const { response, rawResponse } = parseStream("event: error\ndata: overloaded\n\n");
    expect(response).toEqual({ error: "overloaded" });
    expect(rawResponse).toBeUndefined();
  });

  test("usage that comes with the error counts", () => {
    const failed = { ...stop, error: { code: 400 }, usage: { prompt_tokens: 4, completion_tokens: 1 } };
    expect(parseStream(streamOf([start, failed])).usage).toMatchObject({ inputTokens: 4, outputTokens: 1 });
  });

  test.each(["<html>busy</html>", "17", "null", "[1]", '"text"', '{"choices":"none"}', '{"choices":[7]}'])(
    "skips and flags the event %s",
    (data) => {
      const { response, flags } = parseStream(`${streamOf([start, said], "")}data: ${data}\n\n${streamOf([stop])}`);
      expect(response).toMatchObject({ choices: [{ message: { content: "It rai" }, finish_reason: "stop" }] });
      expect(flags).toEqual(["stream_bad_event"]);
    },
  );

  test("ended early it is flagged, and what came is kept", () => {
    const parsed = parseStream(streamOf([start, said], ""));
    expect(parsed.response).toMatchObject({ choices: [{ message: { content: "It rai" } }] });
    expect(parsed.flags).toEqual(["stream_without_end"]);
  });

  test("cut in an event, or in a character, it is ended early and not bad", () => {
    const bytes = toBytes(streamOf([start, said, chunkOf({ content: "nö" })], ""));
    const umlaut = bytes.lastIndexOf(0xc3);
    for (const length of [umlaut + 1, umlaut - 10, bytes.length - 4]) {
      const parsed = parseCapture(streamCaptureOf(bytes.slice(0, length), { outcome: "client_aborted" }));
      expect(parsed.response).toMatchObject({ choices: [{ message: { content: "It rai" } }] });
      expect(parsed.flags).toEqual(["stream_without_end"]);
    }
  });

  test("with one of two choices unfinished it is ended early", () => {
    const second = { ...start, choices: [{ index: 1, delta: { content: "B" }, finish_reason: null }] };
    expect(parseStream(streamOf([start, second, stop], "")).flags).toEqual(["stream_without_end"]);
  });

  test("with nothing but comments it is kept raw", () => {
    const parsed = parseStream(": PROCESSING\n\n");
    expect(parsed).toMatchObject({ response: null, rawResponse: btoa(": PROCESSING\n\n"), streamed: true });
    expect(parsed.flags).toEqual(["stream_without_end", "answer_missing"]);
  });
});

describe("a hostile stream", () => {
  test.each([CHOICES_MAX, 1e9, -1, 0.5, "1", {}])("a choice of index %s is left out", (index) => {
    const { response, flags } = parseStream(streamOf([start, { ...start, choices: [{ index, delta: {} }] }, stop]));
    expect(response).toMatchObject({ choices: [{ index: 0 }] });
    expect(flags).toEqual(["stream_bad_event"]);
  });

  test.each([TOOL_CALLS_MAX, 1e9, -1, 0.5, "1", {}])("a tool call of index %s is left out", (index) => {
    const { response, flags } = parseStream(streamOf([start, chunkOf({ tool_calls: [{ index, id: "a" }] }), stop]));
    expect(response).toMatchObject({ choices: [{ message: { tool_calls: [] } }] });
    expect(flags).toEqual(["stream_bad_event"]);
  });

  test("the last index inside the bounds is taken", () => {
    const delta = { tool_calls: [{ index: TOOL_CALLS_MAX - 1, id: "a", type: "function" }] };
    const choices = [{ index: CHOICES_MAX - 1, delta, finish_reason: "stop" }];
    const { response, flags } = parseStream(streamOf([{ ...start, choices }]));
    expect(response).toMatchObject({ choices: [{ index: CHOICES_MAX - 1, message: { tool_calls: [{ id: "a" }] } }] });
    expect(flags).toEqual([]);
  });

  test("more calls without an index than the bound are left out", () => {
    const tool_calls = Array.from({ length: TOOL_CALLS_MAX + 1 }, (_, at) => ({ id: `c${at}` }));
    const body = streamOf([start, chunkOf({ tool_calls }), stop]);
    expect(messageOf(body).tool_calls).toHaveLength(TOOL_CALLS_MAX);
    expect(parseStream(body).flags).toEqual(["stream_bad_event"]);
  });

  test("__proto__ stays a field and reaches no prototype", () => {
    const evil = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
    const body = `data: ${evil},"id":"1","choices":[${evil},"index":0,"delta":${evil},"tool_calls":[${evil},"index":0}]}}]}\n\n`;
    const { response } = parseStream(body + body);
    expect(({} as JsonObject).polluted).toBeUndefined();
    expect(isObject(response) && response.polluted).toBeUndefined();
    expect(JSON.stringify(response)).toContain('"__proto__":{"polluted":true}');
  });

  test("a field of millions does not overflow the stack", () => {
    const logprobs = { content: Array.from({ length: 300_000 }, () => 0) };
    const chunk = chunkOf({ content: "x" }, { logprobs });
    expect(parseStream(streamOf([chunk, chunk, stop])).flags).toEqual([]);
  });

  test("JSON nested deeper than anything can be written back is a bad event", () => {
    const deep = `data: {"choices":[],"deep":${"[".repeat(50_000)}${"]".repeat(50_000)}}\n\n`;
    expect(parseStream(streamOf([start], "") + deep + streamOf([stop])).flags).toEqual(["stream_bad_event"]);
  });
});
