import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { messagesOf } from "../../shared/parse/messages-of.ts";
import { openAiResponses } from "../../shared/parse/openai-responses.ts";
import { call, completed, messageItem, parseResponse, reasoning, textPart, toolCall } from "./responses-of.ts";

describe("the input of a response", () => {
  test("of text is a user's message, and instructions are a developer's before it", () => {
    expect(promptOf({ instructions: "Be brief.", input: "Is it raining?" })).toEqual([
      { role: "developer", content: "Be brief." },
      { role: "user", content: "Is it raining?" },
    ]);
  });

  test("of messages keeps their roles and parts", () => {
    const input = [
      { role: "system", content: "Be brief." },
      {
        type: "message",
        role: "user",
        status: "completed",
        content: [
          { type: "input_text", text: "What is this?", prompt_cache_breakpoint: { mode: "explicit" } },
          { type: "input_image", image_url: "data:image/png;base64,AAEC", detail: "auto", file_id: null },
          { type: "input_image", file_id: "file_1", detail: "low" },
          { type: "input_file", filename: "rain.pdf", file_data: "AAEC" },
          { type: "input_audio", input_audio: { data: "AAEC", format: "wav" } },
        ],
      },
    ];
    expect(promptOf({ input })).toEqual([
      { role: "system", content: "Be brief." },
      {
        role: "user",
        content: [
          { type: "text", text: "What is this?" },
          { type: "image_url", image_url: { url: "data:image/png;base64,AAEC", detail: "auto" } },
          { type: "input_image", file_id: "file_1", detail: "low" },
          { type: "file", file: { filename: "rain.pdf", file_data: "AAEC" } },
          { type: "input_audio", input_audio: { data: "AAEC", format: "wav" } },
        ],
      },
    ]);
  });

  test("of a whole round is the chat's round: one turn of the model's is one message", () => {
    const input = [
      { role: "user", content: "Is it raining in Köln?" },
      reasoning("Look outside."),
      { ...messageItem("I look."), id: "msg_1", phase: "commentary" },
      call("call_a"),
      call("call_b", "wind"),
      { type: "function_call_output", call_id: "call_a", output: "yes" },
      { type: "function_call_output", call_id: "call_b", output: [{ type: "input_text", text: "no" }] },
      { ...messageItem("It ", "rains."), id: "msg_2", phase: "final_answer" },
      { role: "user", content: "Thanks." },
    ];
    expect(promptOf({ input })).toEqual([
      { role: "user", content: "Is it raining in Köln?" },
      {
        role: "assistant",
        content: "I look.",
        reasoning_content: "Look outside.",
        tool_calls: [toolCall("call_a"), toolCall("call_b", "wind")],
      },
      { role: "tool", tool_call_id: "call_a", content: "yes" },
      { role: "tool", tool_call_id: "call_b", content: [{ type: "text", text: "no" }] },
      { role: "assistant", content: "It rains." },
      { role: "user", content: "Thanks." },
    ]);
  });

  test.each<[string, JsonObject, JsonObject, JsonObject, Json]>([
    [
      "a custom tool",
      { type: "custom_tool_call", call_id: "a", name: "sql", input: "select 1" },
      { name: "sql", input: "select 1" },
      { type: "custom_tool_call_output", call_id: "a", output: "1" },
      "1",
    ],
    [
      "a local shell",
      { type: "local_shell_call", id: "lsh", call_id: "a", action: { type: "exec", command: ["ls"] } },
      { name: "local_shell", input: '{"type":"exec","command":["ls"]}' },
      { type: "local_shell_call_output", id: "a", output: "rain.txt" },
      "rain.txt",
    ],
    [
      "a shell",
      { type: "shell_call", call_id: "a", action: { commands: ["ls"] }, environment: { type: "local" } },
      { name: "shell", input: '{"commands":["ls"]}' },
      { type: "shell_call_output", call_id: "a", output: [{ stdout: "rain.txt", stderr: "" }] },
      '[{"stdout":"rain.txt","stderr":""}]',
    ],
    [
      "a patch",
      { type: "apply_patch_call", call_id: "a", operation: { type: "delete_file", path: "x" } },
      { name: "apply_patch", input: '{"type":"delete_file","path":"x"}' },
      { type: "apply_patch_call_output", call_id: "a", status: "completed" },
      "",
    ],
    [
      "a computer",
      { type: "computer_call", id: "cu", call_id: "a", action: { type: "screenshot" } },
      { name: "computer", input: '{"type":"screenshot"}' },
      { type: "computer_call_output", call_id: "a", output: { type: "computer_screenshot", image_url: "https://x" } },
      [{ type: "image_url", image_url: { url: "https://x" } }],
    ],
    [
      "a search for tools of the app's",
      { type: "tool_search_call", call_id: "a", execution: "client", arguments: { queries: ["rain"] } },
      { name: "tool_search", input: '{"queries":["rain"]}' },
      { type: "tool_search_output", call_id: "a", execution: "client", tools: [{ type: "function", name: "rain" }] },
      '[{"type":"function","name":"rain"}]',
    ],
  ])("makes a custom call of %s, and a tool message of its output", (_name, item, custom, output, content) => {
    expect(promptOf({ input: [item, output] })).toEqual([
      { role: "assistant", content: null, tool_calls: [{ id: "a", type: "custom", custom }] },
      { role: "tool", tool_call_id: "a", content },
    ]);
  });

  test("keeps what chat has no place for with the turn it belongs to", () => {
    const search = { type: "web_search_call", id: "ws_1", status: "completed" };
    const reference = { type: "item_reference", id: "msg_1" };
    const bare = { id: "msg_2" };
    const input = [
      { role: "user", content: "News?" },
      search,
      reference,
      bare,
      { role: "assistant", content: "Rain." },
    ];
    expect(promptOf({ input }).at(-1)).toEqual({
      role: "assistant",
      content: "Rain.",
      items: [search, reference, bare],
    });
  });

  test("keeps a namespace and a program as the caller, and drops what says nothing", () => {
    const [direct, program] = ["direct", "program"].map((type) => ({ ...call("a"), caller: { type } }));
    expect(promptOf({ input: [direct as JsonObject] })[0]).toMatchObject({ tool_calls: [toolCall("a")] });
    expect(promptOf({ input: [{ ...program, namespace: "sky" }] })[0]?.tool_calls).toEqual([
      { ...toolCall("a"), namespace: "sky", caller: { type: "program" } },
    ]);
  });

  test("leaves out reasoning that only the provider can read, and settings that say nothing", () => {
    const input = [
      reasoning(),
      { type: "configuration_update" },
      { type: "compaction_trigger" },
      { role: "user", content: "Hi" },
    ];
    expect(promptOf({ input })).toEqual([{ role: "user", content: "Hi" }]);
  });

  test("takes reasoning in the open before its summary", () => {
    const open = { ...reasoning("In short."), content: [{ type: "reasoning_text", text: "Clouds." }] };
    expect(promptOf({ input: [open, reasoning("Wet.", "So.")] })).toEqual([
      { role: "assistant", content: null, reasoning_content: "Clouds.\n\nWet.\n\nSo." },
    ]);
  });

  test("of a prompt that OpenAI keeps is what the response shows of it, else its id", () => {
    const request = { prompt: { id: "pmpt_1", version: "2", variables: { city: "Köln" } }, input: "Now?" };
    const shown = [{ type: "message", role: "developer", content: [{ type: "input_text", text: "You know Köln." }] }];
    expect(promptOf(request, { ...completed([]), instructions: shown })).toEqual([
      { role: "developer", content: [{ type: "text", text: "You know Köln." }] },
      { role: "user", content: "Now?" },
    ]);
    expect(promptOf(request)[0]).toEqual({
      role: "developer",
      content: [{ type: "prompt", id: "pmpt_1", version: "2" }],
    });
  });

  test.each([[{}], [{ input: null }], [{ input: [] }], [{ input: [7, null, "x", []] }], [[]], [null], ["x"]])(
    "of %j is none",
    (request) => {
      expect(promptOf(request as Json)).toEqual([]);
      expect(parseResponse(null, request as Json)).toMatchObject({ template: null, prompt: null });
    },
  );
});

describe("the tools of a response", () => {
  test("have chat's shape where chat has one", () => {
    const rain = { type: "function", name: "rain", description: "Rain", parameters: { type: "object" }, strict: true };
    const sql = { type: "custom", name: "sql", format: { type: "text" } };
    const later = { type: "additional_tools", role: "developer", tools: [{ type: "function", name: "wind" }] };
    const request = { tools: [rain, sql, { type: "web_search" }], input: [later, { role: "user", content: "Hi" }] };
    const { tools } = openAiResponses.readConversation({ request, response: null });
    expect(tools).toEqual([
      {
        type: "function",
        function: { name: "rain", description: "Rain", parameters: { type: "object" }, strict: true },
      },
      { type: "custom", custom: { name: "sql", format: { type: "text" } } },
      { type: "web_search" },
      { type: "function", function: { name: "wind" } },
    ]);
    expect(promptOf(request)).toEqual([{ role: "user", content: "Hi" }]);
  });

  test("are part of the template", () => {
    const templateOf = (tools: Json) => parseResponse(null, { input: "Hi", tools }).template;
    expect(templateOf([{ type: "web_search" }])).not.toBe(templateOf([]));
  });
});

function promptOf(request: Json, response: Json = null) {
  return openAiResponses.readConversation({ request, response }).messages;
}

test("messagesOf puts the answer behind the prompt", () => {
  const bodies = { request: { input: "Hi" }, response: completed([{ ...messageItem(), content: [textPart("Ho")] }]) };
  expect(messagesOf({ ...bodies, format: "openai", path: "/v1/responses" })).toEqual([
    { role: "user", content: "Hi" },
    { role: "assistant", content: "Ho" },
  ]);
});
