/** The stand-in provider, asked by the official SDK, and by hand where the SDK would not ask so. */
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Standin, startStandin } from "../../workers/local/standin.ts";

let standin: Standin;
let client: OpenAI;

beforeAll(async () => {
  standin = await startStandin({ port: 0 });
  client = new OpenAI({ baseURL: `${standin.url}/v1`, apiKey: "none", maxRetries: 0 });
});
afterAll(() => standin.stop());

type Params = OpenAI.ChatCompletionCreateParamsNonStreaming;

function ask(content: string, more: Partial<Params> = {}): Promise<OpenAI.ChatCompletion> {
  return client.chat.completions.create({ model: "standin-1", messages: [{ role: "user", content }], ...more });
}

async function stream(content: string, more: Partial<Params> = {}): Promise<OpenAI.ChatCompletionChunk[]> {
  const messages = [{ role: "user" as const, content }];
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  const params = { model: "standin-1", messages, ...more, stream: true as const };
  for await (const chunk of await client.chat.completions.create(params)) chunks.push(chunk);
  return chunks;
}

function textOf(chunks: readonly OpenAI.ChatCompletionChunk[], index = 0): string {
  const own = chunks.flatMap(({ choices }) => choices.filter((choice) => choice.index === index));
  return own.map(({ delta }) => delta.content ?? "").join("");
}

function post(path: string, body: unknown, method = "POST"): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(standin.url + path, { method, body: text, headers: { "content-type": "application/json" } });
}

describe("an answer", () => {
  test("is about the question, and the same each time, under an id of its own", async () => {
    const [one, two] = await Promise.all([ask("Where is order 12345?"), ask("Where is order 12345?")]);
    expect(one.choices[0]?.message.content).toContain("Where is order 12345?");
    expect(two.choices).toEqual(one.choices);
    expect(one.id).toMatch(/^chatcmpl-[\w-]{20}$/);
    expect(two.id).not.toBe(one.id);
    expect(one).toMatchObject({ object: "chat.completion", model: "standin-1", choices: [{ finish_reason: "stop" }] });
    const { prompt_tokens: input, completion_tokens: output, total_tokens: total } = one.usage ?? {};
    expect(input).toBeGreaterThan(0);
    expect(total).toBe((input ?? 0) + (output ?? 0));
  });

  test("comes under any prefix", async () => {
    const body = { model: "standin-1", messages: [{ role: "user", content: "Hi" }] };
    for (const path of ["/chat/completions", "/v1/chat/completions", "/a/b/v1/chat/completions?x=1"]) {
      expect((await post(path, body)).status).toBe(200);
    }
  });

  test("has n choices that differ", async () => {
    const { choices } = await ask("Name a colour", { n: 3 });
    expect(choices.map(({ index }) => index)).toEqual([0, 1, 2]);
    expect(new Set(choices.map(({ message }) => message.content)).size).toBe(3);
  });

  test("is made from the last user message, of parts too", async () => {
    const { choices } = await ask("", {
      messages: [
        { role: "user", content: "first" },
        { role: "assistant", content: "…" },
        { role: "user", content: [{ type: "text", text: "the second one" }] },
      ],
    });
    expect(choices[0]?.message.content).toContain("the second one");
  });
});

describe("a streamed answer", () => {
  test("adds up to the answer that is not streamed", async () => {
    const chunks = await stream("Grüße, 世界 🙂: tell me more");
    const whole = await ask("Grüße, 世界 🙂: tell me more");
    expect(textOf(chunks)).toBe(whole.choices[0]?.message.content);
    expect(chunks.length).toBeGreaterThan(10);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks.at(-1)?.choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: "stop" }]);
    expect(chunks[0]?.choices[0]?.delta).toEqual({ role: "assistant", content: "", refusal: null });
    expect(chunks.every((chunk) => !("usage" in chunk))).toBe(true);
  });

  test("ends with usage where it is asked for, and null before", async () => {
    const chunks = await stream("Hi", { stream_options: { include_usage: true } } as Partial<Params>);
    const whole = await ask("Hi");
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    expect(chunks.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
  });

  test("mixes the chunks of its choices", async () => {
    const chunks = await stream("Name a colour", { n: 2 });
    const whole = await ask("Name a colour", { n: 2 });
    expect([0, 1].map((index) => textOf(chunks, index))).toEqual(whole.choices.map(({ message }) => message.content));
    expect(chunks.slice(0, 4).map(({ choices }) => choices[0]?.index)).toEqual([0, 1, 0, 1]);
  });

  test("is framed as OpenAI frames it", async () => {
    const response = await post("/v1/chat/completions", {
      model: "standin-empty",
      stream: true,
      messages: [{ role: "user", content: "Hi" }],
    });
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const events = (await response.text()).split("\n\n");
    expect(events.slice(-2)).toEqual(["data: [DONE]", ""]);
    const first = JSON.parse(events[0]?.replace(/^data: /, "") ?? "");
    expect(Object.keys(first)).toEqual([
      "id",
      "object",
      "created",
      "model",
      "service_tier",
      "system_fingerprint",
      "choices",
    ]);
    expect(first).toMatchObject({
      object: "chat.completion.chunk",
      choices: [{ logprobs: null, finish_reason: null }],
    });
  });
});

const WEATHER: OpenAI.ChatCompletionFunctionTool = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: {
      type: "object",
      properties: {
        city: { type: "string" },
        days: { type: "integer", minimum: 1, maximum: 7 },
        unit: { enum: ["celsius", "fahrenheit"] },
        places: { type: "array", items: { type: "object", properties: { exact: { type: "boolean" } } } },
      },
      required: ["city"],
    },
  },
};
const WEATHER_ARGUMENTS = { city: "Oslo", days: 3, unit: "fahrenheit", places: [{ exact: true }] };
const WEATHER_QUESTION = "Please use get_weather for 3 days in Oslo, in Fahrenheit";

describe("a tool", () => {
  test("is called when the user names it, with arguments that fit its schema", async () => {
    const { choices } = await ask(WEATHER_QUESTION, { tools: [WEATHER] });
    expect(choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
    const call = choices[0]?.message.tool_calls?.[0];
    if (call?.type !== "function") throw new Error("no call of a function");
    expect(call.id).toMatch(/^call_[0-9a-f]{24}$/);
    expect(JSON.parse(call.function.arguments)).toEqual(WEATHER_ARGUMENTS);
  });

  test("is called in a stream, its arguments in pieces", async () => {
    const chunks = await stream(WEATHER_QUESTION, { tools: [WEATHER] });
    const pieces = chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces[0]).toMatchObject({ index: 0, type: "function", function: { name: "get_weather", arguments: "" } });
    const text = pieces.map((piece) => piece.function?.arguments ?? "").join("");
    expect(JSON.parse(text)).toEqual(WEATHER_ARGUMENTS);
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");
  });

  test.each([
    ["required", "required" as const, true],
    ["by its name", { type: "function" as const, function: { name: "get_weather" } }, true],
    ["none", "none" as const, false],
    ["auto, and nobody names it", "auto" as const, false],
  ])("with tool_choice %s", async (_, choice, called) => {
    const { choices } = await ask(called ? "Hello" : "Hello there", { tools: [WEATHER], tool_choice: choice });
    expect(choices[0]?.message.tool_calls !== undefined).toBe(called);
  });

  test("is answered in text once its result is there", async () => {
    const { choices } = await ask("", {
      tools: [WEATHER],
      messages: [
        { role: "user", content: WEATHER_QUESTION },
        {
          role: "assistant",
          tool_calls: [{ id: "call_1", type: "function", function: { name: "get_weather", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "call_1", content: "snow, 20 F" },
      ],
    });
    expect(choices[0]).toMatchObject({ finish_reason: "stop" });
    expect(choices[0]?.message.content).toContain("snow, 20 F");
  });
});

describe("a model that misbehaves", () => {
  test.each([
    [400, OpenAI.BadRequestError, "invalid_request_error"],
    [429, OpenAI.RateLimitError, "requests"],
    [500, OpenAI.InternalServerError, "server_error"],
  ])("standin-error-%i", async (status, kind, type) => {
    for (const call of [ask, stream]) {
      const error = await call("Hi", { model: `standin-error-${status}` }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(kind);
      expect(error).toMatchObject({ status, type });
    }
  });

  test("standin-cut breaks a stream midway, and a JSON answer too", async () => {
    const chunks: string[] = [];
    const body = { model: "standin-cut", messages: [{ role: "user", content: "Hi" }] };
    const response = await post("/v1/chat/completions", { ...body, stream: true });
    const read = async () => {
      for await (const chunk of response.body ?? []) chunks.push(Buffer.from(chunk).toString());
    };
    await expect(read()).rejects.toThrow();
    expect(chunks.join("")).toContain('"delta"');
    expect(chunks.join("")).not.toContain("[DONE]");
    const whole = await post("/v1/chat/completions", body);
    expect(whole.status).toBe(200);
    await expect(whole.text()).rejects.toThrow();
  });

  test("standin-slow paces its chunks by 50 ms", async () => {
    await post("/replay", { answers: [{ model: "standin-slow", prompt: "Hi", text: "one two three four" }] }, "PUT");
    const startMs = performance.now();
    expect(textOf(await stream("Hi", { model: "standin-slow" }))).toBe("one two three four");
    expect(performance.now() - startMs).toBeGreaterThanOrEqual(6 * 49); // role, four words, end
  });

  test("standin-truncated stops at its length", async () => {
    const { choices } = await ask("Hi", { model: "standin-truncated" });
    const whole = (await ask("Hi")).choices[0]?.message.content ?? "";
    expect(choices[0]?.finish_reason).toBe("length");
    expect(whole.startsWith(choices[0]?.message.content ?? "?")).toBe(true);
    expect(choices[0]?.message.content?.length).toBeLessThan(whole.length);
  });

  test("standin-refusal refuses", async () => {
    const { choices } = await ask("Hi", { model: "standin-refusal" });
    expect(choices[0]?.message).toMatchObject({ content: null, refusal: "I'm sorry, but I can't help with that." });
    const chunks = await stream("Hi", { model: "standin-refusal" });
    const refusal = chunks.map((chunk) => chunk.choices[0]?.delta.refusal ?? "").join("");
    expect(refusal).toBe("I'm sorry, but I can't help with that.");
    expect(textOf(chunks)).toBe("");
  });

  test("standin-empty says nothing", async () => {
    const { choices } = await ask("Hi", { model: "standin-empty" });
    expect(choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "" } });
    expect(textOf(await stream("Hi", { model: "standin-empty" }))).toBe("");
  });
});

describe("replay", () => {
  test("gives the text that was taught for model and prompt, until it is told to forget", async () => {
    const answers = [
      { model: "m1", prompt: "What is 2 + 2?", text: "4\n\n  and nothing else " },
      { model: "m2", prompt: "What is 2 + 2?", text: "5" },
    ];
    const learned = await post("/v1/replay", { answers }, "PUT");
    expect(await learned.json()).toMatchObject({ learned: 2 });
    expect((await ask("What is 2 + 2?", { model: "m1" })).choices[0]?.message.content).toBe(answers[0]?.text);
    expect(textOf(await stream("What is 2 + 2?", { model: "m1" }))).toBe(answers[0]?.text);
    expect((await ask("What is 2 + 2?", { model: "m2" })).choices[0]?.message.content).toBe("5");
    expect((await ask("What is 2 + 2?", { model: "m3" })).choices[0]?.message.content).not.toBe("5");
    const forgotten = await post("/v1/replay", { answers: [], reset: true }, "PUT");
    expect(await forgotten.json()).toEqual({ learned: 0, known: 0 });
    expect((await ask("What is 2 + 2?", { model: "m2" })).choices[0]?.message.content).not.toBe("5");
  });

  test("refuses a body over 100 MB", async () => {
    const text = "x".repeat(100 * 1024 * 1024);
    const response = await post("/replay", { answers: [{ model: "m", prompt: "p", text }] }, "PUT");
    expect(response.status).toBe(413);
    expect((await ask("Still there?")).choices).toHaveLength(1);
  });
});

describe("bad input", () => {
  test.each([
    ["no JSON", "{", null],
    ["no object", "[]", null],
    ["no model", { messages: [{ role: "user", content: "Hi" }] }, "model"],
    ["no messages", { model: "m" }, "messages"],
    ["empty messages", { model: "m", messages: [] }, "messages"],
    ["a message without a role", { model: "m", messages: [{ content: "Hi" }] }, "messages.0.role"],
    ["n over its bound", { model: "m", messages: [{ role: "user", content: "Hi" }], n: 9 }, "n"],
  ])("%s is refused in OpenAI's shape", async (_, body, param) => {
    const response = await post("/v1/chat/completions", body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: { message: expect.any(String), type: "invalid_request_error", param, code: null },
    });
  });

  test("an unknown path is 404", async () => {
    await expect(client.moderations.create({ model: "m", input: "x" })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  test("the models are listed", async () => {
    const models: string[] = [];
    for await (const model of client.models.list()) models.push(model.id);
    expect(models).toContain("standin-1");
  });

  test("a port that is taken is refused", async () => {
    await expect(startStandin({ port: Number(new URL(standin.url).port) })).rejects.toThrow("EADDRINUSE");
  });
});
