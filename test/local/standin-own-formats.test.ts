/** What only one of the stand-in's formats has, and how each of them has tools. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Standin, startStandin } from "../../workers/local/standin.ts";
import { anthropic, type GeminiAnswer, gemini, readGemini, responses, send, sendJson, TOOL } from "./standin-wire.ts";

let standin: Standin;

beforeAll(async () => {
  standin = await startStandin({ port: 0 });
});
afterAll(() => standin.stop());

const TOOLS = [{ name: "get_weather", input_schema: TOOL.parameters }];
const DECLARED = [{ functionDeclarations: [TOOL, { name: "get_time" }] }];

describe("a tool's result", () => {
  test.each([
    [
      "OpenAI responses",
      "/v1/responses",
      {
        model: "standin-1",
        tools: [{ type: "function", ...TOOL }],
        input: [
          { role: "user", content: [{ type: "input_text", text: "Use get_weather" }] },
          { type: "function_call", call_id: "call_1", name: "get_weather", arguments: "{}" },
          { type: "function_call_output", call_id: "call_1", output: "snow, 20 F" },
        ],
      },
    ],
    [
      "Anthropic",
      "/v1/messages",
      {
        model: "standin-1",
        max_tokens: 10,
        tools: TOOLS,
        messages: [
          { role: "user", content: "Use get_weather" },
          { role: "assistant", content: [{ type: "tool_use", id: "toolu_1", name: "get_weather", input: {} }] },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "toolu_1", content: "snow, 20 F" }] },
        ],
      },
    ],
    [
      "Gemini",
      "/v1beta/models/standin-1:generateContent",
      {
        tools: DECLARED,
        contents: [
          { role: "user", parts: [{ text: "Use get_weather" }] },
          { role: "model", parts: [{ functionCall: { name: "get_weather", args: {} } }] },
          { role: "user", parts: [{ functionResponse: { name: "get_weather", response: { sky: "snow, 20 F" } } }] },
        ],
      },
    ],
  ])("is what the next answer is about: %s", async (_, path, body) => {
    const { response, text } = await send(standin.url + path, body);
    expect(response.status).toBe(200);
    expect(text).toContain("snow, 20 F");
    expect(text).not.toMatch(/"(function_call|tool_use|functionCall)"/);
  });
});

describe("the choice of a tool", () => {
  const mode = (config: object) => ({ toolConfig: { functionCallingConfig: config } });

  test.each([
    ["auto", { tool_choice: "auto" }, { tool_choice: { type: "auto" } }, mode({ mode: "AUTO" }), false],
    ["required", { tool_choice: "required" }, { tool_choice: { type: "any" } }, mode({ mode: "ANY" }), true],
    [
      "named",
      { tool_choice: { type: "function", name: "get_weather" } },
      { tool_choice: { type: "tool", name: "get_weather" } },
      mode({ mode: "ANY", allowedFunctionNames: ["get_weather"] }),
      true,
    ],
  ])("%s", async (_, openai, claude, google, called) => {
    const answers = await Promise.all([
      send(`${standin.url}/responses`, { model: "m", input: "Hi", tools: [{ type: "function", ...TOOL }], ...openai }),
      send(`${standin.url}/messages`, { ...anthropic.body({ model: "m", prompt: "Hi", tools: true }), ...claude }),
      send(`${standin.url}/models/m:generateContent`, {
        ...gemini.body({ model: "m", prompt: "Hi", tools: true }),
        ...google,
      }),
    ]);
    for (const { text } of answers) expect(/"(function_call|tool_use|functionCall)"/.test(text)).toBe(called);
  });

  test("none, although the tool is named", async () => {
    const asked = { model: "m", prompt: "Use get_weather", tools: true };
    const answers = await Promise.all([
      send(`${standin.url}/responses`, { ...responses.body(asked), tool_choice: "none" }),
      send(`${standin.url}/messages`, { ...anthropic.body(asked), tool_choice: { type: "none" } }),
      send(`${standin.url}/models/m:generateContent`, { ...gemini.body(asked), ...mode({ mode: "NONE" }) }),
    ]);
    for (const { text } of answers) expect(text).not.toMatch(/"(function_call|tool_use|functionCall)"/);
  });
});

describe("Gemini alone", () => {
  test("streams a JSON array where events are not asked for", async () => {
    const path = "/v1beta/models/standin-1:streamGenerateContent";
    const { response, text } = await send(standin.url + path, gemini.body({ model: "", prompt: "Hi" }));
    expect(response.headers.get("content-type")).toBe("application/json; charset=UTF-8");
    const chunks = JSON.parse(text) as GeminiAnswer[];
    const whole = await sendJson<GeminiAnswer>(
      `${standin.url}/v1beta/models/standin-1:generateContent`,
      gemini.body({ model: "", prompt: "Hi" }),
    );
    expect(chunks.map((chunk) => readGemini(chunk).said).join("")).toBe(readGemini(whole).said);
  });

  test("has as many candidates as are asked for", async () => {
    const body = { ...gemini.body({ model: "", prompt: "Hi" }), generationConfig: { candidateCount: 3 } };
    const { candidates } = await sendJson<GeminiAnswer>(`${standin.url}/models/m:generateContent`, body);
    expect(new Set(candidates.map((candidate) => readGemini({ candidates: [candidate] }).said)).size).toBe(3);
  });

  test("writes types in capitals", async () => {
    const parameters = { type: "OBJECT", properties: { days: { type: "INTEGER" }, sure: { type: "BOOLEAN" } } };
    const tools = [{ functionDeclarations: [{ name: "plan", parameters }] }];
    const body = { contents: [{ role: "user", parts: [{ text: "plan 3 days" }] }], tools };
    expect(readGemini(await sendJson<GeminiAnswer>(`${standin.url}/models/m:generateContent`, body)).said).toBe(
      '{"days":3,"sure":true}',
    );
  });
});

describe("Azure and Mistral", () => {
  test("a deployment is the model, unless the body names one", async () => {
    const path = "/openai/deployments/our%20gpt/chat/completions?api-version=1";
    const messages = [{ role: "user", content: "Hi" }];
    expect(await sendJson(standin.url + path, { messages })).toMatchObject({ model: "our gpt" });
    expect(await sendJson(standin.url + path, { messages, model: "m" })).toMatchObject({ model: "m" });
  });

  test("Mistral's calls come in one chunk", async () => {
    const tools = [{ type: "function", function: TOOL }];
    const body = { model: "m", messages: [{ role: "user", content: "get_weather in Oslo" }], tools, stream: true };
    const [atOnce, inPieces] = await Promise.all(
      ["/mistral/v1/chat/completions", "/v1/chat/completions"].map((path) => send(standin.url + path, body)),
    );
    expect(atOnce?.text.match(/"tool_calls":\[/g)).toHaveLength(1);
    expect(atOnce?.text).toContain(JSON.stringify('{"city":"Oslo"}'));
    expect(inPieces?.text.match(/"tool_calls":\[/g)?.length).toBeGreaterThan(1);
  });
});

describe("embeddings", () => {
  type Embedded = { data: { embedding: number[] }[] };
  const embed = (input: unknown, more: object = {}) =>
    sendJson<Embedded>(`${standin.url}/v1/embeddings`, { model: "m", input, dimensions: 256, ...more });

  test("are near each other where the texts share words", async () => {
    const { data } = await embed(["where is my parcel", "where is my late parcel", "bake bread slowly"]);
    const [a = [], b = [], c = []] = data.map(({ embedding }) => embedding);
    const cosine = (one: number[], two: number[]) => one.reduce((sum, value, at) => sum + value * (two[at] ?? 0), 0);
    expect(cosine(a, a)).toBeCloseTo(1, 5);
    expect(cosine(a, b)).toBeGreaterThan(0.7);
    expect(cosine(a, c)).toBeLessThan(0.3);
  });

  test("are the same in base64", async () => {
    const plain = (await embed("Hi there")).data[0]?.embedding ?? [];
    const { data } = await sendJson<{ data: { embedding: string }[] }>(`${standin.url}/v1/embeddings`, {
      model: "m",
      input: "Hi there",
      dimensions: 256,
      encoding_format: "base64",
    });
    const bytes = Uint8Array.from(Buffer.from(data[0]?.embedding ?? "", "base64"));
    expect([...new Float32Array(bytes.buffer)]).toEqual(plain);
  });

  test.each([
    ["a text", "Hi", 1],
    ["tokens", [1, 2, 3], 1],
    ["texts", ["a", "b"], 2],
    ["lists of tokens", [[1], [2], [3]], 3],
    ["an empty text", "", 1],
  ])("take %s", async (_, input, count) => {
    const { data } = await embed(input);
    expect(data).toHaveLength(count);
    for (const { embedding } of data) expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
  });

  test("have a bound on their dimensions, and 1,536 by default", async () => {
    const { response, text } = await send(`${standin.url}/embeddings`, { model: "m", input: "Hi", dimensions: 3_073 });
    expect(response.status).toBe(400);
    expect(JSON.parse(text).error.param).toBe("dimensions");
    const { data } = await sendJson<Embedded>(`${standin.url}/embeddings`, { model: "m", input: "Hi" });
    expect(data[0]?.embedding).toHaveLength(1_536);
  });
});
