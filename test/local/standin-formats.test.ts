/** The stand-in in the formats other than OpenAI's chat: the same ways of answering in each, and of failing. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Standin, startStandin } from "../../workers/local/standin.ts";
import { anthropic, gemini, responses, send, sendJson } from "./standin-wire.ts";

let standin: Standin;

beforeAll(async () => {
  standin = await startStandin({ port: 0 });
});
afterAll(() => standin.stop());

const REFUSAL = "I'm sorry, but I can't help with that.";

describe.each([responses, anthropic, gemini])("$name", (format) => {
  const ask = async (model: string, more: { prompt?: string; tools?: boolean } = {}) => {
    const { prompt = "Hi", tools = false } = more;
    return format.read(
      await sendJson<never>(standin.url + format.path(model, false), format.body({ model, prompt, tools })),
    );
  };
  const stream = async (model: string, more: { prompt?: string; tools?: boolean } = {}) => {
    const { prompt = "Hi", tools = false } = more;
    const { text } = await send(
      standin.url + format.path(model, true),
      format.body({ model, prompt, tools, stream: true }),
    );
    const events = text.split(/(?<=\r?\n\r?\n)/);
    const pieces = events.map((event) => format.piece(JSON.parse(/^data: (.*)$/m.exec(event)?.[1] ?? "?") as never));
    return { text, pieces: pieces.filter((piece) => piece !== ""), events };
  };

  test("says the same in JSON, in a stream, and in OpenAI's chat", async () => {
    const prompt = "Grüße, 世界 🙂: tell me more";
    const chat = { model: "standin-1", messages: [{ role: "user", content: prompt }] };
    const { choices } = await sendJson<{ choices: { message: { content: string } }[] }>(
      `${standin.url}/v1/chat/completions`,
      chat,
    );
    const said = choices[0]?.message.content;
    expect(await ask("standin-1", { prompt })).toEqual({ said, stopped: format.stops.text });
    const { pieces, events } = await stream("standin-1", { prompt });
    expect(pieces.join("")).toBe(said);
    expect(pieces.length).toBeGreaterThan(10);
    expect(events.at(-1)).toMatch(format.lastEvent);
  });

  test("calls a tool, in JSON and in a stream", async () => {
    const asked = { prompt: "Use get_weather for Oslo", tools: true };
    expect(await ask("standin-1", asked)).toEqual({ said: '{"city":"Oslo"}', stopped: format.stops.call });
    expect((await stream("standin-1", asked)).pieces.join("")).toBe('{"city":"Oslo"}');
  });

  test("says what it was taught", async () => {
    const model = `taught-${format.name.split(" ")[0]}`;
    await send(`${standin.url}/replay`, { answers: [{ model, prompt: "2 + 2?", text: "4\n\n  only " }] }, "PUT");
    expect((await ask(model, { prompt: "2 + 2?" })).said).toBe("4\n\n  only ");
    expect((await stream(model, { prompt: "2 + 2?" })).pieces.join("")).toBe("4\n\n  only ");
  });

  test("stops as at its limit", async () => {
    const { said, stopped } = await ask("standin-truncated");
    const whole = (await ask("standin-1")).said;
    expect(stopped).toBe(format.stops.truncated);
    expect(whole.startsWith(said)).toBe(true);
    expect(said.length).toBe(Math.ceil(whole.length / 2));
    expect((await stream("standin-truncated")).text).toContain(format.stops.truncated.split(" ")[0]);
  });

  test("refuses", async () => {
    const { said, stopped } = await ask("standin-refusal");
    expect(stopped).toBe(format.stops.refusal);
    const { pieces, text } = await stream("standin-refusal");
    expect(pieces.join("")).toBe(said);
    expect(said).toBe(format === gemini ? "" : REFUSAL); // Gemini withholds the candidate's content
    expect(text).toContain(format.stops.refusal.split(" ").at(-1));
  });

  test("says nothing", async () => {
    expect(await ask("standin-empty")).toEqual({ said: "", stopped: format.stops.text });
    const { pieces, events } = await stream("standin-empty");
    expect(pieces).toEqual([]);
    expect(events.at(-1)).toMatch(format.lastEvent);
  });

  test("breaks off midway, in JSON and in a stream", async () => {
    for (const isStream of [false, true]) {
      const body = format.body({ model: "standin-cut", prompt: "Hi", stream: isStream });
      const response = await fetch(standin.url + format.path("standin-cut", isStream), {
        method: "POST",
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow();
    }
  });

  test.each([400, 429, 500])("fails with %i in its provider's shape, in a stream too", async (status) => {
    for (const isStream of [false, true]) {
      const model = `standin-error-${status}`;
      const path = format.path(model, isStream);
      const { response, text } = await send(standin.url + path, format.body({ model, prompt: "Hi", stream: isStream }));
      expect(response.status).toBe(status);
      expect(response.headers.get("retry-after")).toBe(status === 429 ? "1" : null);
      expect(JSON.parse(text)).toEqual(format.error(status));
    }
  });

  test.each([
    ["no JSON", "{"],
    ["no object", "[]"],
    ["an empty object", "{}"],
  ])("refuses %s in its provider's shape", async (_, body) => {
    const { response, text } = await send(standin.url + format.path("standin-1", false), body);
    expect(response.status).toBe(400);
    const { error } = JSON.parse(text);
    expect({ ...JSON.parse(text), error: { ...error, ...("param" in error && { param: null }) } }).toEqual(
      format.error(400),
    );
  });
});
