import { describe, expect, test } from "vitest";
import { concatBytes } from "../../shared/core/gzip.ts";
import type { JsonObject } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { accumulateResponseWithSdk, comparableResponse } from "./official-responses-sdk.ts";
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
  parseResponseStream,
  speaking,
  spoken,
  textPart,
} from "./responses-of.ts";

const said = { id: "item_0", ...messageItem("Ja, über Köln 🌧.") };
const plain = frame([created, inProgress, ...spoken(0, "Ja, über ", "Köln 🌧."), ends([said])]);

describe("a Responses stream's framing", () => {
  test.each([
    ["CRLF", plain.replaceAll("\n", "\r\n")],
    ["bare CR", plain.replaceAll("\n", "\r")],
    ["no space behind data:", plain.replaceAll("data: ", "data:")],
    ["comments between the events", plain.replaceAll("event: ", ": OPENROUTER PROCESSING\n\nevent: ")],
    ["the name behind the data", plain.replace(/(event: .*)\n(data: .*)\n/g, "$2\n$1\n")],
    ["no names", plain.replace(/event: .*\n/g, "")],
    ["the type in the name alone", plain.replaceAll(/"type":"response\.[^"]*",?/g, "")],
    ["[DONE] at the end", `${plain}data: [DONE]\n\n`],
    ["no blank line at the end", plain.trimEnd()],
    ["something behind the last event", `${plain}${frame([added(1, messageItem("more"))])}`],
    [
      "events of types that nobody knows",
      plain.replaceAll("event: ", 'data: {"type":"response.mood.delta"}\n\nevent: '),
    ],
    ["keepalive events", plain.replaceAll("event: ", 'data: {"type":"keepalive"}\n\nevent: ')],
  ])("%s changes nothing", (_name, framed) => {
    expect(parseResponseStream(framed)).toEqual(parseResponseStream(plain));
    expect(parseResponseStream(framed)).toMatchObject({ response: { output: [said] }, streamed: true, flags: [] });
  });

  test("a BOM changes nothing", () => {
    const bytes = toBytes(plain);
    const marked = concatBytes([Uint8Array.of(0xef, 0xbb, 0xbf), bytes], bytes.length + 3);
    expect(parseResponseStream(marked).response).toEqual(parseResponseStream(plain).response);
  });

  test("is seen under a type that does not say so", () => {
    const parsed = parseResponseStream(plain, { responseType: "" });
    expect(parsed).toMatchObject({ streamed: true, finishReason: "stop", flags: [] });
  });
});

/** Cut before the last event, so that what the deltas came to is seen, and whole. */
const streams: Record<string, JsonObject[]> = {
  text: spoken(0, "It ", "rains."),
  "text that is not done": speaking(0, "It ", "rai"),
  "several messages": [...spoken(0, "I look."), ...spoken(1, "It ", "rains.")],
  "several parts": [
    ...speaking(0, "It "),
    at(0, "content_part.added", { content_index: 1, part: textPart("") }),
    at(0, "output_text.delta", { content_index: 1, delta: "rains." }),
    at(0, "output_text.delta", { content_index: 0, delta: "really " }),
  ],
  annotations: [
    ...speaking(0, "It rains."),
    at(0, "output_text.annotation.added", {
      content_index: 0,
      annotation_index: 0,
      annotation: { type: "url_citation", url: "https://rain.example", start_index: 0, end_index: 2 },
    }),
  ],
  "log-probabilities": [
    ...speaking(0),
    ...["It", " rains"].map((delta) =>
      at(0, "output_text.delta", {
        content_index: 0,
        delta,
        logprobs: [{ token: delta, logprob: -0.5, bytes: [1], top_logprobs: [] }],
      }),
    ),
  ],
  "a refusal": [
    added(0, { type: "message", role: "assistant", status: "in_progress", content: [] }),
    at(0, "content_part.added", { content_index: 0, part: { type: "refusal", refusal: "" } }),
    at(0, "refusal.delta", { content_index: 0, delta: "I can" }),
    at(0, "refusal.delta", { content_index: 0, delta: "not." }),
    at(0, "refusal.done", { content_index: 0, refusal: "I cannot." }),
  ],
  "a summary of the reasoning": [
    added(0, { type: "reasoning", summary: [] }),
    at(0, "reasoning_summary_part.added", { summary_index: 0, part: { type: "summary_text", text: "" } }),
    at(0, "reasoning_summary_text.delta", { summary_index: 0, delta: "**Look** out" }),
    at(0, "reasoning_summary_text.done", { summary_index: 0, text: "**Look** outside" }),
    at(0, "reasoning_summary_part.done", {
      summary_index: 0,
      part: { type: "summary_text", text: "**Look** outside" },
    }),
    at(0, "reasoning_summary_part.added", { summary_index: 1, part: { type: "summary_text", text: "" } }),
    at(0, "reasoning_summary_text.delta", { summary_index: 1, delta: "Wet." }),
  ],
  "reasoning in the open": [
    added(0, { type: "reasoning", summary: [] }),
    at(0, "content_part.added", { content_index: 0, part: { type: "reasoning_text", text: "" } }),
    at(0, "reasoning_text.delta", { content_index: 0, delta: "Clouds " }),
    at(0, "reasoning_text.delta", { content_index: 0, delta: "gather." }),
    ...spoken(1, "It rains."),
    at(0, "reasoning_text.done", { content_index: 0, text: "Clouds gather." }),
    done(0, { type: "reasoning", summary: [], content: [{ type: "reasoning_text", text: "Clouds gather." }] }),
  ],
  "function calls in turns": [
    added(0, { type: "function_call", call_id: "call_a", name: "rain", arguments: "", status: "in_progress" }),
    added(1, { type: "function_call", call_id: "call_b", name: "wind", arguments: "", status: "in_progress" }),
    at(0, "function_call_arguments.delta", { delta: '{"city":' }),
    at(1, "function_call_arguments.delta", { delta: "{}" }),
    at(0, "function_call_arguments.delta", { delta: '"Köln"}' }),
    at(1, "function_call_arguments.done", { arguments: "{}" }),
  ],
  "an item with a higher index first": [...spoken(4, "Second."), ...spoken(2, "First.")],
  "a custom tool": [
    added(0, { type: "custom_tool_call", call_id: "call_a", name: "sql", input: "" }),
    at(0, "custom_tool_call_input.delta", { delta: "select " }),
    at(0, "custom_tool_call_input.delta", { delta: "1" }),
  ],
  "calls that OpenAI runs": [
    added(0, { type: "web_search_call", status: "in_progress" }),
    at(0, "web_search_call.searching", {}),
    added(1, { type: "code_interpreter_call", status: "in_progress", code: null, container_id: "c" }),
    at(1, "code_interpreter_call_code.delta", { delta: "print(" }),
    at(1, "code_interpreter_call_code.delta", { delta: "1)" }),
    at(1, "code_interpreter_call.interpreting", {}),
    added(2, { type: "mcp_call", name: "rain", server_label: "sky", arguments: "" }),
    at(2, "mcp_call_arguments.delta", { delta: "{}" }),
    at(2, "mcp_call.failed", {}),
    added(3, { type: "image_generation_call", status: "in_progress", result: null }),
    at(3, "image_generation_call.generating", {}),
    at(3, "image_generation_call.partial_image", { partial_image_b64: "AAEC", partial_image_index: 0 }),
  ],
  "a shell": [
    added(0, { type: "shell_call", call_id: "call_a", action: { commands: [] }, status: "in_progress" }),
    at(0, "shell_call_command.added", { command_index: 0, command: "" }),
    at(0, "shell_call_command.delta", { command_index: 0, delta: "cat " }),
    at(0, "shell_call_command.delta", { command_index: 0, delta: "rain" }),
    at(0, "shell_call_command.added", { command_index: 1, command: "l" }),
    at(0, "shell_call_command.delta", { command_index: 1, delta: "s" }),
    at(0, "shell_call_command.done", { command_index: 0, command: "cat rain.txt" }),
    added(1, { type: "shell_call_output", call_id: "call_a", output: [] }),
    at(1, "shell_call_output_content.delta", { command_index: 0, delta: { stdout: "we" } }),
    at(1, "shell_call_output_content.delta", { command_index: 0, delta: { stdout: "t", stderr: "!" } }),
    at(1, "shell_call_output_content.delta", { command_index: 1, delta: { stdout: "rain" } }),
    at(1, "shell_call_output_content.done", {
      command_index: 0,
      output: [{ stdout: "wet", stderr: "", outcome: { type: "exit", exit_code: 1 } }],
    }),
  ],
  "a response that is shown again midway": [
    ...speaking(0, "It "),
    { type: "response.in_progress", response: { ...begun, service_tier: "flex" } },
    at(0, "output_text.delta", { content_index: 0, delta: "rains." }),
    {
      type: "response.in_progress",
      response: { ...begun, output: [{ id: "item_0", ...messageItem("It pours.") }] },
    },
  ],
  "a queue before": [{ type: "response.queued", response: { ...begun, status: "queued" } }, ...spoken(0, "Late.")],
};

describe("a Responses stream equals the official SDK's", () => {
  test.each(Object.entries(streams))("%s, ended early", async (_name, events) => {
    const body = frame([created, inProgress, ...events]);
    const { response, threw } = await accumulateResponseWithSdk(body);
    const parsed = parseResponseStream(body);
    expect(threw).toBeNull();
    expect(comparableResponse(parsed.response)).toEqual(comparableResponse(response));
    expect(parsed.flags).toEqual(["stream_without_end"]);
  });

  test.each([
    ["completed", "completed", null],
    ["incomplete", "incomplete", { reason: "max_output_tokens" }],
  ])("%s, with its output", async (type, status, incomplete_details) => {
    const output = [{ id: "item_0", ...messageItem("It rains.") }];
    const last = { type: `response.${type}`, response: completed(output, { status, incomplete_details }) };
    const body = frame([created, ...speaking(0, "It ", "rai"), last]);
    const { response, threw } = await accumulateResponseWithSdk(body);
    expect(threw).toBeNull();
    expect(comparableResponse(parseResponseStream(body).response)).toEqual(comparableResponse(response));
    expect(parseResponseStream(body).flags).toEqual([]);
  });

  test.each(["completed", "incomplete", "failed"])("%s, with no output in its last event", async (type) => {
    const { output: _output, ...fields } = completed([], { status: type });
    const body = frame([created, ...spoken(0, "It rains."), { type: `response.${type}`, response: fields }]);
    const { response, threw } = await accumulateResponseWithSdk(body);
    expect(threw).toBeNull();
    expect(comparableResponse(parseResponseStream(body).response)).toEqual(comparableResponse(response));
    expect(parseResponseStream(body).response).toMatchObject({ output: [{ content: [{ text: "It rains." }] }] });
  });

  test("and sums up its text where the provider has a field for it", async () => {
    const body = frame([
      { type: "response.created", response: { ...begun, output_text: "" } },
      ...speaking(0, "It "),
      ...spoken(1, "rains."),
    ]);
    const { response } = await accumulateResponseWithSdk(body);
    expect(response).toMatchObject({ output_text: "It rains." });
    expect(parseResponseStream(body).response).toMatchObject({ output_text: "It rains." });
    expect(parseResponseStream(frame([created, ...speaking(0, "It ")])).response).not.toHaveProperty("output_text");
  });
});
