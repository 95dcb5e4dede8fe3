import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import {
  added,
  at,
  begun,
  completed,
  created,
  done,
  ends,
  frame,
  inProgress,
  messageItem,
  opened,
  parseResponseStream,
  responseUsage,
  speaking,
  spoken,
  textPart,
} from "./responses-of.ts";

const failure = { code: "server_error", message: "The server had an error" };
const failed: JsonObject = {
  type: "response.failed",
  response: { ...begun, status: "failed", error: failure, output: [] },
};

describe("a Responses stream that goes wrong", () => {
  test.each([
    ["flat in an event of its own", { type: "error", ...failure, param: null }, { message: failure.message }],
    ["nested in one", { type: "error", error: failure }, failure],
    ["without a type", { error: failure }, failure],
  ])("keeps what came before the error: %s", (_name, event, error) => {
    const body = frame([created, ...speaking(0, "It rai"), event, at(0, "output_text.delta", { delta: "more" })]);
    const { response, flags, finishReason } = parseResponseStream(body);
    expect(response).toMatchObject({ id: "resp_1", output: [{ content: [{ text: "It rai" }] }], error });
    expect(flags).toEqual(["stream_error"]);
    expect(finishReason).toBeNull();
  });

  test("an error at once is all there is", () => {
    const { response, flags } = parseResponseStream("event: error\ndata: overloaded\n\n");
    expect(response).toEqual({ error: "overloaded" });
    expect(flags).toEqual(["stream_error"]);
  });

  test("a failed response is flagged, and what was streamed is kept", () => {
    const parsed = parseResponseStream(frame([created, ...speaking(0, "It rai"), failed]));
    expect(parsed.response).toMatchObject({
      status: "failed",
      error: failure,
      output: [{ content: [{ text: "It rai" }] }],
    });
    expect(parsed).toMatchObject({ finishReason: "error", flags: ["stream_error"] });
  });

  test("a last event with an empty output does not take away what was streamed", () => {
    const parsed = parseResponseStream(frame([created, ...spoken(0, "It rains."), ends([])]));
    expect(parsed.response).toMatchObject({ status: "completed", output: [{ content: [{ text: "It rains." }] }] });
    expect(parsed).toMatchObject({ finishReason: "stop", flags: [], usage: { inputTokens: 1000 } });
  });

  test("a last event without a response ends it all the same", () => {
    const parsed = parseResponseStream(frame([created, ...spoken(0, "It rains."), { type: "response.completed" }]));
    expect(parsed.response).toMatchObject({ status: "in_progress", output: [{ content: [{ text: "It rains." }] }] });
    expect(parsed.flags).toEqual(["stream_bad_event"]);
  });

  test("cut in an event, or in a character, it is ended early and not bad", () => {
    const bytes = toBytes(frame([created, ...speaking(0, "It rai", "nö")]));
    const umlaut = bytes.lastIndexOf(0xc3);
    for (const length of [umlaut + 1, umlaut - 10, bytes.length - 4]) {
      const parsed = parseResponseStream(bytes.slice(0, length), { outcome: "client_aborted" });
      expect(parsed.response).toMatchObject({ output: [{ content: [{ text: "It rai" }] }] });
      expect(parsed.flags).toEqual(["stream_without_end"]);
    }
  });

  test("cut in its last event, it is ended early", () => {
    const body = frame([created, ...spoken(0, "It rains."), ends([messageItem("It rains.")])]);
    const { response, flags } = parseResponseStream(body.slice(0, -40));
    expect(response).toMatchObject({ status: "in_progress", output: [{ content: [{ text: "It rains." }] }] });
    expect(flags).toEqual(["stream_without_end"]);
  });

  test("with nothing but comments it is kept raw", () => {
    const parsed = parseResponseStream(": PROCESSING\n\n");
    expect(parsed).toMatchObject({ response: null, rawResponse: btoa(": PROCESSING\n\n"), streamed: true });
    expect(parsed.flags).toEqual(["stream_without_end", "answer_missing"]);
  });

  test.each(["<html>busy</html>", "17", "null", "[1]", '{"type":"response.in_progress"}'])(
    "skips and flags the event %s",
    (data) => {
      const body = `${frame([created, ...spoken(0, "It rains.")])}data: ${data}\n\n${frame([ends([messageItem("It rains.")])])}`;
      expect(parseResponseStream(body)).toMatchObject({ finishReason: "stop", flags: ["stream_bad_event"] });
    },
  );

  test("usage that came before it failed counts", () => {
    const shown = { type: "response.in_progress", response: { ...begun, usage: responseUsage } };
    expect(parseResponseStream(frame([created, shown, inProgress, failed])).usage).toMatchObject({ inputTokens: 1000 });
  });
});

describe("a Responses stream of a provider that", () => {
  const early = (...events: JsonObject[]) => outputOf(frame([created, ...events]));
  const texts = (output: Json[]) =>
    output.flatMap((item) => (isObject(item) && Array.isArray(item.content) ? item.content : []));

  test("opens neither items nor parts is understood", () => {
    const { output, flags } = early(
      at(0, "reasoning_summary_text.delta", { summary_index: 0, delta: "Look." }),
      at(1, "output_text.delta", { content_index: 0, delta: "It " }),
      at(1, "output_text.delta", { content_index: 0, delta: "rains." }),
      at(2, "function_call_arguments.delta", { delta: "{}" }),
    );
    expect(output).toMatchObject([
      { type: "reasoning", summary: [{ type: "summary_text", text: "Look." }] },
      { type: "message", role: "assistant", content: [{ type: "output_text", text: "It rains." }] },
      { type: "function_call", id: "item_2", arguments: "{}" },
    ]);
    expect(flags).toEqual(["stream_bad_event", "stream_without_end"]);
  });

  test("sends no first event is understood", () => {
    const body = frame(spoken(0, "It rains."));
    expect(parseResponseStream(body).response).toMatchObject({
      object: "response",
      output: [{ content: [{ text: "It rains." }] }],
    });
  });

  test("sends items when they are done and not before is understood", () => {
    const { output } = early(done(1, messageItem("It rains.")), done(0, { type: "reasoning", summary: [] }));
    expect(output).toMatchObject([{ type: "reasoning" }, { content: [{ text: "It rains." }] }]);
  });

  test("gives an item a new id with every event is understood by the index", () => {
    const events = [
      { ...added(0, opened), item: { ...opened, id: "a" } },
      at(0, "content_part.added", { item_id: "b", content_index: 0, part: textPart("") }),
      at(0, "output_text.delta", { item_id: "c", content_index: 0, delta: "It rains." }),
    ];
    expect(early(...events).output).toMatchObject([{ id: "a", content: [{ text: "It rains." }] }]);
    const ended = early(...events, { ...done(0, opened), item: { ...messageItem("It rains!"), id: "d" } });
    expect(ended.output).toMatchObject([{ id: "d", content: [{ text: "It rains!" }] }]);
  });

  test("gives two items one index is understood by the ids", () => {
    const { output, flags } = early(
      added(0, { type: "reasoning", summary: [] }),
      { ...added(0, opened), item: { ...opened, id: "msg" } },
      at(0, "output_text.delta", { item_id: "msg", content_index: 0, delta: "It rains." }),
      at(0, "reasoning_text.delta", { content_index: 0, delta: "Wet." }),
    );
    expect(texts(output)).toMatchObject([{ text: "Wet." }, { text: "It rains." }]);
    expect(flags).toContain("stream_bad_event");
  });

  test("speaks of an answer under the index and the id of the reasoning (vLLM) is understood", () => {
    const { output } = early(
      added(0, { type: "reasoning", summary: [] }),
      at(0, "output_text.delta", { content_index: 0, delta: "It " }),
      at(0, "output_text.delta", { content_index: 0, delta: "rains." }),
    );
    expect(output).toMatchObject([{ type: "reasoning" }, { type: "message", content: [{ text: "It rains." }] }]);
  });

  test("opens a part twice, or closes one that was never open, is flagged", () => {
    const part = { content_index: 0, part: textPart("It rains.") };
    for (const events of [
      [...speaking(0, "It "), at(0, "content_part.added", part)],
      [added(0, opened), at(0, "content_part.done", part)],
    ]) {
      const { output, flags } = early(...events);
      expect(texts(output)).toEqual([textPart("It rains.")]);
      expect(flags).toEqual(["stream_bad_event", "stream_without_end"]);
    }
  });

  test("announces an item twice keeps what it said in between", () => {
    expect(texts(early(...speaking(0, "It "), added(0, opened)).output)).toMatchObject([{ text: "It " }]);
  });

  test("leaves the id out when the item is done (Bedrock) is understood", () => {
    const call = { type: "function_call", call_id: "call_a", name: "rain", arguments: "{}" };
    const { output, flags } = early(added(0, call), { type: "response.output_item.done", output_index: 0, item: call });
    expect(output).toEqual([call]);
    expect(flags).toEqual(["stream_without_end"]);
  });
});

describe("a hostile Responses stream", () => {
  test.each([1e9, -1, 0.5, "1", {}, null])("keeps an item of index %s and leaves no hole", (index) => {
    const { output } = outputOf(frame([created, { ...added(0, opened), output_index: index } as JsonObject]));
    expect(output).toHaveLength(1);
  });

  test.each([
    ["a part", at(0, "content_part.added", { content_index: 1e9, part: textPart("x") })],
    ["a delta", at(0, "output_text.delta", { content_index: 7, delta: "x" })],
    ["a negative one", at(0, "output_text.delta", { content_index: -1, delta: "x" })],
    ["a fraction", at(0, "content_part.done", { content_index: 0.5, part: textPart("x") })],
    ["a name", at(0, "content_part.done", { content_index: "__proto__", part: textPart("x") })],
    ["an annotation", at(0, "output_text.annotation.added", { content_index: 0, annotation_index: 1e9 })],
    ["a summary", at(0, "reasoning_summary_part.added", { summary_index: 4, part: {} })],
    ["a text that is none", at(0, "output_text.delta", { content_index: 0, delta: { text: "x" } })],
    ["a part that is none", at(0, "content_part.done", { content_index: 0, part: 7 })],
    ["an item that is none", { ...done(0, {}), item: "x" } as JsonObject],
    ["a status of another call", at(0, "web_search_call.completed", {})],
    ["a shell's output", at(0, "shell_call_output_content.delta", { command_index: 5, delta: {} })],
  ])("leaves out %s that belongs nowhere", (_name, event) => {
    const { output, flags } = outputOf(frame([created, ...speaking(0, "It rains."), event]));
    expect(output).toEqual([{ id: "item_0", ...messageItem("It rains."), status: "in_progress" }]);
    expect(flags).toEqual(["stream_bad_event", "stream_without_end"]);
  });

  test("cannot make a shell's output larger than what it sent", () => {
    const events = [
      added(0, { type: "shell_call", call_id: "a", action: { commands: Array.from({ length: 99 }, () => "ls") } }),
      added(1, { type: "shell_call_output", call_id: "a", output: [] }),
      at(1, "shell_call_output_content.delta", { command_index: 98, delta: { stdout: "x" } }),
    ];
    expect(outputOf(frame([created, ...events])).output[1]).toMatchObject({ output: [] });
  });

  test("__proto__ stays a field and reaches no prototype", () => {
    const evil = '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}';
    const body = [
      `{"type":"response.created","response":{${evil},"id":"r","output":[{${evil}}]}}`,
      `{"type":"response.output_item.added","output_index":1,"item":{${evil},"type":"message","id":"__proto__"}}`,
      `{"type":"response.output_text.delta","output_index":1,"item_id":"__proto__","content_index":0,"delta":"x",${evil}}`,
      `{"type":"constructor","response":{${evil}}}`,
      `{"type":"response.__proto__.delta","delta":"x"}`,
    ];
    const { response } = parseResponseStream(body.map((data) => `data: ${data}\n\n`).join(""));
    expect(({} as JsonObject).polluted).toBeUndefined();
    expect(isObject(response) && response.polluted).toBeUndefined();
    expect(JSON.stringify(response)).toContain('"__proto__":{"polluted":true}');
  });

  test("of a hundred thousand items and events is read in the time that it takes to read them", () => {
    const items = Array.from({ length: 50_000 }, (_, index) => added(index, { ...opened, content: [] }));
    const deltas = items.map((_, index) => at(index, "output_text.delta", { content_index: 0, delta: "x" }));
    expect(outputOf(frame([created, ...items, ...deltas])).output).toHaveLength(50_000);
  });
});

function outputOf(body: string): { output: Json[]; flags: string[] } {
  const { response, flags } = parseResponseStream(body);
  if (!isObject(response) || !Array.isArray(response.output)) throw new Error("no output");
  return { output: response.output, flags };
}

test("what comes behind the end, and is no other end, is left out", () => {
  const ended = [created, ...spoken(0, "It rains."), ends([])];
  const behind = [...spoken(1, "More."), inProgress];
  expect(parseResponseStream(frame([...ended, ...behind]))).toEqual(parseResponseStream(frame(ended)));
});

test("a response that ends twice is the last of them", () => {
  const body = frame([created, ends([messageItem("A")]), ends([messageItem("B")])]);
  expect(parseResponseStream(body).response).toEqual(completed([messageItem("B")]));
});
