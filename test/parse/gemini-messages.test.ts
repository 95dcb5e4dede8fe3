import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { takeFingerprints } from "../../shared/parse/fingerprints.ts";
import { gemini } from "../../shared/parse/gemini.ts";
import { answerIn, call, messagesIn, picture, result, said, signed, stop, thought } from "./gemini-of.ts";

const user = (...parts: Json[]): JsonObject => ({ role: "user", parts });
const model = (...parts: Json[]): JsonObject => ({ role: "model", parts });
const toolCall = (id: string, name: string, args = "{}") => ({
  id,
  type: "function",
  function: { name, arguments: args },
});

describe("the contents of a Gemini request", () => {
  test("are messages", () => {
    const contents = [user(said("Is it raining?")), model(said("Where?")), user(said("Here."))];
    expect(messagesIn({ contents })).toEqual([
      { role: "user", content: "Is it raining?" },
      { role: "assistant", content: "Where?" },
      { role: "user", content: "Here." },
    ]);
  });

  test.each<[string, Json]>([
    ["a text", "Hello"],
    ["a list of texts", ["Hello"]],
    ["a content without its list", user(said("Hello"))],
    ["a content without a role", [{ parts: [said("Hello")] }]],
    ["a part without its list", [{ role: "user", parts: said("Hello") }]],
    ["a part that is a text", [{ role: "user", parts: ["Hello"] }]],
    ["a part in the place of a content", [said("Hello")]],
  ])("may be %s", (_name, contents) => {
    expect(messagesIn({ contents })).toEqual([{ role: "user", content: "Hello" }]);
  });

  test.each<[string, Json]>([
    ["a content", { parts: [said("Be brief.")], role: "user" }],
    ["a content without its list", { parts: said("Be brief.") }],
    ["a text", "Be brief."],
    ["a part", said("Be brief.")],
    ["a list of texts", ["Be brief."]],
  ])("follow the instruction, which may be %s", (_name, instruction) => {
    const expected = [
      { role: "system", content: "Be brief." },
      { role: "user", content: "Hello" },
    ];
    expect(messagesIn({ systemInstruction: instruction, contents: "Hello" })).toEqual(expected);
    expect(messagesIn({ system_instruction: instruction, contents: "Hello" })).toEqual(expected);
  });

  test("name the prompt that Google keeps, which makes another template", () => {
    const ask = (cachedContent: string) =>
      gemini.readConversation({ request: { cachedContent, contents: "Hello" }, response: null });
    expect(ask("cachedContents/a").messages[0]).toEqual({
      role: "system",
      content: [{ type: "cached_content", name: "cachedContents/a" }],
    });
    expect(takeFingerprints(ask("cachedContents/a")).template).not.toBe(
      takeFingerprints(ask("cachedContents/b")).template,
    );
  });

  test("of the model's that follow each other are one message, as the SDK keeps the chunks of a stream", () => {
    const contents = [user(said("Hi")), model(said("It ")), model(said("rains.")), model(call("f"), said("")), model()];
    expect(messagesIn({ contents }).slice(1)).toEqual([
      { role: "assistant", content: "It rains.", tool_calls: [toolCall("call_0", "f")] },
    ]);
  });

  test("of nothing are no messages", () => {
    for (const contents of [null, [], [null, 7], [user(), model()], { role: "user" }])
      expect(messagesIn({ contents })).toEqual([]);
  });

  test("are not changed by reading them", () => {
    const request = { contents: [model(said("a"), said("b"), call("f"), picture("A-_A")), user(result("f", {}))] };
    const before = structuredClone(request);
    messagesIn(request);
    expect(request).toEqual(before);
  });
});

describe("calls and their results", () => {
  test("belong together by their ids", () => {
    const contents = [
      model(call("f", { x: 1 }, "a"), call("f", { x: 2 }, "b")),
      user(result("f", { rain: true }, "b"), result("f", { rain: false }, "a")),
    ];
    expect(messagesIn({ contents })).toEqual([
      { role: "assistant", content: null, tool_calls: [toolCall("a", "f", '{"x":1}'), toolCall("b", "f", '{"x":2}')] },
      { role: "tool", tool_call_id: "b", name: "f", content: '{"rain":true}' },
      { role: "tool", tool_call_id: "a", name: "f", content: '{"rain":false}' },
    ]);
  });

  test("belong together by name and order where they have none", () => {
    const contents = [
      model(call("f"), call("g"), call("f")),
      { role: "function", parts: [result("g", 1), result("f", 2), result("f", 3)] },
      model(call("f")),
      { role: "tool", parts: [result("f", 4)] },
    ];
    const results = messagesIn({ contents }).flatMap((message) => {
      const { tool_call_id, content } = message as JsonObject;
      return tool_call_id === undefined ? [] : [[tool_call_id, content]];
    });
    expect(results).toEqual([
      ["call_1", "1"],
      ["call_0", "2"],
      ["call_2", "3"],
      ["call_3", "4"],
    ]);
  });

  test.each<[string, JsonObject, JsonObject, Json]>([
    ["an id that only the result has", call("f"), result("f", {}, "x"), "call_0"],
    ["an id that only the call has", call("f", {}, "x"), result("f", {}), "x"],
    ["a result that nobody asked for", call("f"), result("g", {}), null],
    ["a result that nobody asked for, by its id", call("f"), result("g", {}, "y"), "y"],
  ])("with %s", (_name, asked, answered, id) => {
    expect(messagesIn({ contents: [model(asked), user(answered)] })[1]).toMatchObject({
      role: "tool",
      tool_call_id: id,
    });
  });

  test("of the answer have the id that the next turn gives them", () => {
    const contents = [user(said("Hi")), model(call("f")), user(result("f", {}))];
    const { answer } = gemini.readConversation({ request: { contents }, response: stop([call("g")]) });
    const next = messagesIn({ contents: [...contents, model(call("g")), user(result("g", {}))] });
    expect(answer?.tool_calls).toEqual([toolCall("call_1", "g")]);
    expect(next.slice(3)).toMatchObject([{ tool_calls: answer?.tool_calls }, { tool_call_id: "call_1" }]);
  });

  test("come before what the user says with them", () => {
    const contents = [model(call("f")), user(said("Here:"), result("f", "wet"), said("Well?"))];
    expect(messagesIn({ contents }).slice(1)).toEqual([
      { role: "tool", tool_call_id: "call_0", name: "f", content: "wet" },
      {
        role: "user",
        content: [
          { type: "text", text: "Here:" },
          { type: "text", text: "Well?" },
        ],
      },
    ]);
  });

  test("may hold pictures and files", () => {
    const functionResponse = {
      name: "f",
      response: { ok: 1 },
      parts: [picture("AAAA"), { file_data: { file_uri: "gs://b/a" } }],
    };
    expect(messagesIn({ contents: [model(call("f")), user({ functionResponse })] })[1]).toMatchObject({
      content: [
        { type: "text", text: '{"ok":1}' },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
        { type: "file", file: { file_url: "gs://b/a" } },
      ],
    });
  });

  test("are the model's where their content has no role", () => {
    expect(messagesIn({ contents: [{ parts: [call("f")] }] })).toMatchObject([{ role: "assistant" }]);
  });

  test("are read in the other spelling", () => {
    const contents = [
      model({ function_call: { name: "f", args: { a_b: 1 }, id: "x" }, thought_signature: "YQ==" }),
      user({ function_response: { name: "f", response: { a_b: 2 }, id: "x" } }),
    ];
    expect(messagesIn({ contents })).toEqual([
      { role: "assistant", content: null, tool_calls: [toolCall("x", "f", '{"a_b":1}')] },
      { role: "tool", tool_call_id: "x", name: "f", content: '{"a_b":2}' },
    ]);
  });
});

describe("media of the user's", () => {
  test.each<[string, JsonObject, JsonObject]>([
    ["a picture", picture("AAAA"), { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }],
    [
      "a picture in the other spelling and alphabet",
      { inline_data: { mime_type: "image/jpeg", data: "A-_A" } },
      { type: "image_url", image_url: { url: "data:image/jpeg;base64,A+/A" } },
    ],
    [
      "speech",
      { inlineData: { mimeType: "audio/mp3", data: "AAAA" } },
      { type: "input_audio", input_audio: { data: "AAAA", format: "mp3" } },
    ],
    [
      "a document",
      { inlineData: { mimeType: "application/pdf", data: "AAAA", displayName: "a.pdf" } },
      { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } },
    ],
    [
      "a picture by its address",
      { fileData: { mimeType: "image/png", fileUri: "https://x.test/a.png" } },
      { type: "image_url", image_url: { url: "https://x.test/a.png" } },
    ],
    [
      "a film by its address",
      { fileData: { fileUri: "https://youtu.be/x" }, videoMetadata: { fps: 1 } },
      { type: "file", file: { file_url: "https://youtu.be/x" } },
    ],
    ["anything else, as it came", { executableCode: { code: "1" } }, { executableCode: { code: "1" } }],
  ])("have chat's shape: %s", (_name, part, expected) => {
    expect(messagesIn({ contents: [user(said("Look:"), part)] })).toEqual([
      { role: "user", content: [{ type: "text", text: "Look:" }, expected] },
    ]);
  });
});

describe("the answer", () => {
  test.each<[string, Json[], JsonObject]>([
    ["text", [said("It "), signed(said("rains."))], { content: "It rains." }],
    [
      "thoughts",
      [thought("Rain? "), thought("Yes."), said("It rains.")],
      { content: "It rains.", reasoning_content: "Rain? Yes." },
    ],
    [
      "thoughts that stand apart",
      [thought("A"), call("f"), thought("B")],
      { content: null, reasoning_content: "A\n\nB", tool_calls: [toolCall("call_0", "f")] },
    ],
    [
      "calls",
      [call("f", { x: 1 }), call("f", {}, "b")],
      { content: null, tool_calls: [toolCall("call_0", "f", '{"x":1}'), toolCall("b", "f")] },
    ],
    [
      "a call without arguments",
      [{ functionCall: { name: "f" } }],
      { content: null, tool_calls: [toolCall("call_0", "f")] },
    ],
    [
      "a picture",
      [said("Here:"), picture("AAAA")],
      { content: "Here:", images: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }] },
    ],
    [
      "what Google ran",
      [said("a"), { executableCode: { code: "1" } }, said("b")],
      { content: "ab", items: [{ executableCode: { code: "1" } }] },
    ],
    [
      "speech",
      [{ inlineData: { mimeType: "audio/L16;rate=24000", data: "AAAA" } }],
      { content: null, items: [{ inlineData: { mimeType: "audio/L16;rate=24000", data: "AAAA" } }] },
    ],
    ["a signature alone", [{ thoughtSignature: "YQ==" }], { content: null }],
    ["nothing", [], { content: null }],
  ])("of %s", (_name, parts, expected) => {
    expect(answerIn(...parts)).toEqual({ role: "assistant", ...expected });
  });

  test("is the first candidate's", () => {
    const response = { candidates: [{ content: { parts: [said("A")] } }, { content: { parts: [said("B")] } }] };
    expect(gemini.readConversation({ request: null, response }).answer?.content).toBe("A");
  });

  test.each<Json>([
    null,
    {},
    { error: { code: 400 } },
    { promptFeedback: { blockReason: "SAFETY" } },
    { candidates: [] },
    [],
  ])("is none in %j", (response) => {
    expect(gemini.readConversation({ request: null, response }).answer).toBeNull();
  });

  test("has the fingerprint of what it says, whoever says it", () => {
    const print = (answer: Json) => takeFingerprints({ messages: [], tools: null, answer: answer as never }).answer;
    expect(print(answerIn(thought("hm"), said("It rains.")))).toBe(print({ role: "assistant", content: "It rains." }));
    expect(print(answerIn(call("f", { x: 1 })))).toBe(
      print({ role: "assistant", tool_calls: [toolCall("z", "f", '{ "x": 1 }')] }),
    );
  });
});
