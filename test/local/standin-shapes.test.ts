/** The stand-in's answers have no place and no type in them that the real provider's recorded answers have not. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Standin, startStandin } from "../../workers/local/standin.ts";
import { areRecordingsThere, type Recording, readRecordings } from "../parse/recordings.ts";
import { foreignPlaces, shapeOf } from "./json-shape.ts";

let standin: Standin;

beforeAll(async () => {
  standin = await startStandin({ port: 0 });
});
afterAll(() => standin.stop());

const ASKED = "Call get_weather for Paris";
const SCHEMA = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };

interface Case {
  format: string;
  /** Of the recordings: a provider's own API, not one that resembles it. */
  host: string;
  path: (model: string, stream: boolean) => string;
  body: (model: string, options: { stream: boolean; tools: boolean }) => object;
  /** A tool's arguments, and what the request says, which an answer may repeat. */
  opaque: RegExp;
  /** Calls and streams: embeddings have neither. */
  calls: boolean;
}

const MESSAGES = [{ role: "user", content: ASKED }];
const FUNCTION = { name: "get_weather", parameters: SCHEMA };

const CASES: Case[] = [
  {
    format: "openai-chat",
    host: "api.openai.com",
    path: () => "/v1/chat/completions",
    body: (model, { stream, tools }) => ({
      model,
      messages: MESSAGES,
      stream,
      ...(stream && { stream_options: { include_usage: true } }),
      ...(tools && { tools: [{ type: "function", function: FUNCTION }] }),
    }),
    opaque: /^$a/,
    calls: true,
  },
  {
    format: "openai-responses",
    host: "api.openai.com",
    path: () => "/v1/responses",
    body: (model, { stream, tools }) => ({
      model,
      input: MESSAGES,
      stream,
      ...(tools && { tools: [{ type: "function", ...FUNCTION }] }),
    }),
    opaque: /\.(tools|tool_choice|metadata|text)$/,
    calls: true,
  },
  {
    format: "openai-embeddings",
    host: "api.openai.com",
    path: () => "/v1/embeddings",
    body: (model) => ({ model, input: ["hello", "world"], encoding_format: "base64" }),
    opaque: /^$a/,
    calls: false,
  },
  {
    format: "anthropic-messages",
    host: "api.anthropic.com",
    path: () => "/v1/messages",
    body: (model, { stream, tools }) => ({
      model,
      max_tokens: 100,
      messages: MESSAGES,
      stream,
      ...(tools && { tools: [{ name: "get_weather", input_schema: SCHEMA }] }),
    }),
    opaque: /<tool_use>\.input$/,
    calls: true,
  },
  {
    format: "google-generate",
    host: "generativelanguage.googleapis.com",
    path: (model, stream) => `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: (_model, { tools }) => ({
      contents: [{ role: "user", parts: [{ text: ASKED }] }],
      ...(tools && { tools: [{ functionDeclarations: [FUNCTION] }] }),
    }),
    opaque: /\.functionCall\.args$/,
    calls: true,
  },
];

async function ask(one: Case, options: { model: string; stream: boolean; tools: boolean }) {
  const { model, stream } = options;
  const response = await fetch(standin.url + one.path(model, stream), {
    method: "POST",
    body: JSON.stringify(one.body(model, options)),
  });
  return { status: response.status, contentType: response.headers.get("content-type"), body: await response.text() };
}

/** What stands after `data:`, without OpenAI's last word. */
function eventsOf(body: string): unknown[] {
  const datas = body.split(/\r?\n/).flatMap((line) => /^data: ?(.*)$/.exec(line)?.[1] ?? []);
  return datas.filter((data) => data !== "[DONE]").map((data) => JSON.parse(data));
}

function recorded(one: Case, wanted: Partial<Recording>): Recording[] {
  const entries = Object.entries({ host: one.host, ...wanted });
  return readRecordings(one.format).filter((row) =>
    entries.every(([key, value]) => row[key as keyof Recording] === value),
  );
}

function shapesOf(one: Case, bodies: readonly string[], isStream: boolean): Set<string>[] {
  const values = isStream ? bodies.flatMap(eventsOf) : bodies.map((body): unknown => JSON.parse(body));
  return values.map((value) => shapeOf(value, one.opaque));
}

function foreign(one: Case, body: string, known: { rows: readonly Recording[]; isStream: boolean }): string[] {
  const { rows, isStream } = known;
  const bodies = rows.map((row) => row.body);
  const others = shapesOf(one, bodies, isStream);
  expect(others.length).toBeGreaterThan(0);
  const shape = new Set(shapesOf(one, [body], isStream).flatMap((each) => [...each]));
  expect(shape.size).toBeGreaterThan(2);
  return foreignPlaces(shape, others);
}

const REPLIES = ["text", "a call"] as const;

describe.skipIf(!areRecordingsThere)("whole, in the provider's shape", () => {
  test.each(
    CASES.flatMap((one) => REPLIES.filter((what) => one.calls || what === "text").map((what) => ({ ...one, what }))),
  )("$format: $what", async ({ what, ...one }) => {
    const tools = what === "a call";
    const { status, contentType, body } = await ask(one, { model: "standin-1", stream: false, tools });
    const rows = recorded(one, { status: 200, sse: false });
    expect(status).toBe(200);
    expect(rows.map((row) => row.contentType)).toContain(contentType);
    expect(body.includes("city")).toBe(tools);
    expect(foreign(one, body, { rows, isStream: false })).toEqual([]);
  });

  test.each(CASES)("$format: an error", async (one) => {
    const { status, body } = await ask(one, { model: "standin-error-400", stream: false, tools: false });
    const rows = readRecordings().filter((row) => row.host === one.host && row.status >= 400);
    expect(status).toBe(400);
    expect(foreign(one, body, { rows, isStream: false })).toEqual([]);
  });

  test.each(CASES)("$format: what no provider sends is noticed", async (one) => {
    const { body } = await ask(one, { model: "standin-1", stream: false, tools: false });
    const rows = recorded(one, { status: 200, sse: false });
    const more = JSON.stringify({ ...JSON.parse(body), madeUp: [{ by: 1 }] });
    const places = foreign(one, more, { rows, isStream: false }).map((place) => place.replace(/^<\w+>/, ""));
    expect(places).toEqual([".madeUp array", ".madeUp[] object", ".madeUp[].by number"]);
  });
});

describe.skipIf(!areRecordingsThere)("streamed, in the provider's shape and framing", () => {
  const streams = CASES.filter(({ calls }) => calls);

  test.each(streams.flatMap((one) => REPLIES.map((what) => ({ ...one, what }))))(
    "$format: $what",
    async ({ what, ...one }) => {
      const tools = what === "a call";
      const { contentType, body } = await ask(one, { model: "standin-1", stream: true, tools });
      const rows = recorded(one, { status: 200, sse: true });
      expect(rows.map((row) => row.contentType)).toContain(contentType);
      expect(rows.map((row) => framingOf(row.body))).toContainEqual(framingOf(body));
      expect(foreign(one, body, { rows, isStream: true })).toEqual([]);
    },
  );
});

/** Which line ends it has, whether its events are named, and what its last word is. */
function framingOf(body: string): object {
  return { crlf: body.includes("\r\n"), named: /^event: /m.test(body), done: body.endsWith("data: [DONE]\n\n") };
}
