/** What `x-winnow-capture` keeps of a call: all, numbers alone, or nothing; the client never sees a difference. */
import type OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Winnow } from "../../workers/local/launch.ts";
import { eventually } from "../local/launch-stubs.ts";
import {
  exchangeOf,
  launchWinnow,
  PROXY_KEY,
  PULL_KEY,
  recordOf,
  type SeenCall,
  sendJson,
  startProvider,
  type TestProvider,
} from "./hand-driven-winnow.ts";
import { everythingOf, findExchange, placesOf } from "./stored.ts";

let provider: TestProvider;
let winnow: Winnow;

beforeAll(async () => {
  provider = await startProvider();
  provider.answerWith((call, response) => {
    const answer = answerTo(call);
    if (call.target === "/v1/errors") return sendJson(response, 400, { error: { message: answer, type: "bad" } });
    if (call.target === "/v1/cut") return void response.destroy();
    if (call.target === "/v1/odd/chat/completions")
      return void response.writeHead(200, { "content-type": "text/plain" }).end(answer);
    if (!call.body.includes('"stream":true')) return sendJson(response, 200, completionOf(answer));
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(eventsOf(answer).join(""));
  });
  winnow = await launchWinnow({ openai: { baseUrl: provider.url, format: "openai" } });
});
afterAll(async () => {
  await winnow?.stop();
  await provider?.stop();
});

const HEAD = { id: "chatcmpl-1", created: 1_790_000_000, model: "gpt-4o-mini" };
const USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

/** Says of the question's word what is in the answer: `asked-one` is answered by `said-one`. */
function answerTo({ body }: SeenCall): string {
  const word = /asked-([a-z]+)/.exec(body.toString())?.[1];
  return `said-${word} and more${body.length > 50_000 ? ` ${noise(200_000)}` : ""}`;
}

function completionOf(content: string): OpenAI.ChatCompletion {
  const message = { role: "assistant" as const, content, refusal: null };
  const choices = [{ index: 0, message, finish_reason: "stop" as const, logprobs: null }];
  return { ...HEAD, object: "chat.completion", choices, usage: USAGE };
}

function eventsOf(content: string): string[] {
  const chunk = (delta: object, more: object = {}) => {
    const choices = [{ index: 0, delta, finish_reason: null, ...more }];
    return `data: ${JSON.stringify({ ...HEAD, object: "chat.completion.chunk", choices })}\n\n`;
  };
  const usage = { ...HEAD, object: "chat.completion.chunk", choices: [], usage: USAGE };
  return [
    chunk({ role: "assistant", content }),
    chunk({}, { finish_reason: "stop" }),
    `data: ${JSON.stringify(usage)}\n\ndata: [DONE]\n\n`,
  ];
}

/** Text that gzip makes little smaller. */
function noise(chars: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(65_536));
  return Buffer.concat(Array.from({ length: 8 }, () => bytes))
    .toString("base64")
    .slice(0, chars);
}

type Mode = "full" | "metadata" | "off" | "Metadata " | "OFF" | "nonsense" | undefined;
interface Kind {
  path: string;
  body: (word: string) => string;
}

function chat(more: object): (word: string) => string {
  return (word) =>
    JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: `asked-${word}` }], ...more });
}

const COMPLETIONS = "/v1/chat/completions";
const KINDS: Record<string, Kind> = {
  json: { path: COMPLETIONS, body: chat({}) },
  stream: { path: COMPLETIONS, body: chat({ stream: true, stream_options: { include_usage: true } }) },
  error: { path: "/v1/errors", body: chat({}) },
  odd: { path: "/v1/odd/chat/completions", body: (word) => `not JSON: asked-${word}` },
  large: { path: COMPLETIONS, body: (word) => chat({ padding: noise(200_000) })(word) },
};

async function ask(options: { kind: string; mode: Mode; word: string }): Promise<Response> {
  const { kind, mode, word } = options;
  const { path, body } = KINDS[kind] ?? { path: "", body: () => "" };
  return fetch(`${winnow.url}/openai${path}`, {
    method: "POST",
    headers: {
      "x-winnow-key": PROXY_KEY,
      "content-type": "application/json",
      "x-winnow-task": `task-${word}`,
      ...(mode !== undefined && { "x-winnow-capture": mode }),
    },
    body: body(word),
  });
}

/** Until a call that came after is there, and nothing waits any more: then what is not there will not come. */
async function settle(word: string): Promise<void> {
  const later = await ask({ kind: "json", mode: "full", word: `after${word}` });
  await later.text();
  await exchangeOf(winnow, later.headers.get("x-winnow-id"));
}

describe.concurrent("off", () => {
  test.each(Object.keys(KINDS))("keeps nothing anywhere of a call (%s), and gives no id", async (kind) => {
    const word = `off${kind}`;
    const response = await ask({ kind, mode: "off", word });
    expect(await response.text()).toContain(`said-${word}`);
    expect(response.headers.get("x-winnow-id")).toBeNull();
    await settle(word);
    expect(await placesOf(winnow, `asked-${word}`, `said-${word}`, `task-${word}`)).toEqual([]);
  });

  test("is off in any case of its letters", async () => {
    const response = await ask({ kind: "json", mode: "OFF", word: "offcase" });
    expect(response.headers.get("x-winnow-id")).toBeNull();
  });

  test("keeps nothing of a call whose provider breaks off", async () => {
    const headers = { "x-winnow-key": PROXY_KEY, "x-winnow-capture": "off", "x-winnow-task": "task-offcut" };
    const response = await fetch(`${winnow.url}/openai/v1/cut`, { method: "POST", headers, body: "asked-offcut" });
    expect(response.headers.get("x-winnow-id")).toBeNull();
    await response.text().catch(() => undefined);
    await settle("offcut");
    expect(await placesOf(winnow, "asked-offcut", "task-offcut")).toEqual([]);
  });
});

describe.concurrent("metadata", () => {
  test.each(["json", "stream"])("keeps the numbers of a call and none of its content (%s)", async (kind) => {
    const word = `meta${kind}`;
    const response = await ask({ kind, mode: "metadata", word });
    expect(await response.text()).toContain(`said-${word}`);
    const id = response.headers.get("x-winnow-id");
    expect(await exchangeOf(winnow, id)).toMatchObject({
      task: `task-${word}`,
      capture: "metadata",
      model: "gpt-4o-mini",
      status: 200,
      outcome: "complete",
      streamed: kind === "stream",
      finishReason: "stop",
      inputTokens: 11,
      outputTokens: 7,
      costUsd: expect.any(Number),
      request: null,
      response: null,
      messages: [],
    });
    expect(await recordOf(winnow, id)).toMatchObject({ prompt: null, answer: null, conversation: null });
    expect(await placesOf(winnow, `asked-${word}`, `said-${word}`)).toEqual([]);
  });

  test.each(["error", "odd", "large"])("keeps no content of a call out of the ordinary (%s)", async (kind) => {
    const word = `meta${kind}`;
    const response = await ask({ kind, mode: "metadata", word });
    expect(await response.text()).toContain(`said-${word}`);
    const kept = await exchangeOf(winnow, response.headers.get("x-winnow-id"));
    expect(kept).toMatchObject({ task: `task-${word}`, capture: "metadata", status: response.status });
    expect(await placesOf(winnow, `asked-${word}`, `said-${word}`)).toEqual([]);
  });

  test("is what a word that winnow does not know is taken for", async () => {
    for (const [mode, word] of [
      ["nonsense", "metaunknown"],
      ["Metadata ", "metacase"],
    ] as const) {
      const response = await ask({ kind: "json", mode, word });
      expect(response.headers.get("x-winnow-warning") !== null).toBe(mode === "nonsense");
      const kept = await exchangeOf(winnow, response.headers.get("x-winnow-id"));
      expect(kept).toMatchObject({ capture: "metadata", request: null, inputTokens: 11 });
      expect(await placesOf(winnow, `asked-${word}`, `said-${word}`)).toEqual([]);
    }
  });

  test("never lets content lie in the bucket, not even on the way", async () => {
    const answers = Array.from({ length: 5 }, () => ask({ kind: "large", mode: "metadata", word: "metaway" }));
    const ids = await Promise.all(answers.map(async (answer) => (await answer).headers.get("x-winnow-id")));
    await eventually("the exchanges", async () => {
      expect(await placesOf(winnow, "asked-metaway", "said-metaway")).toEqual([]);
      const found = ids.map((id) => findExchange(winnow, { signedId: id ?? "", app: "demo" }));
      return (await Promise.all(found)).every((one) => one !== undefined) || undefined;
    });
  });
});

describe.concurrent("full", () => {
  test.each(["json", "stream", "large"])("keeps all of a call (%s)", async (kind) => {
    for (const mode of ["full", undefined] as const) {
      const word = `full${kind}${mode ?? "unsaid"}`;
      const response = await ask({ kind, mode, word });
      await response.text();
      const kept = await exchangeOf(winnow, response.headers.get("x-winnow-id"));
      expect(kept).toMatchObject({ capture: "full", inputTokens: 11, outputTokens: 7, finishReason: "stop" });
      const [question, answer] = kept.messages as { role: string; content: string }[];
      expect(question).toEqual({ role: "user", content: `asked-${word}` });
      expect(answer?.content).toMatch(new RegExp(`^said-${word} and more`));
      expect(await placesOf(winnow, `asked-${word}`)).not.toEqual([]);
    }
  });

  test("keeps a body that is not JSON as it came, in base64, where a search finds it", async () => {
    const response = await ask({ kind: "odd", mode: "full", word: "fullodd" });
    await response.text();
    const { rawRequest, rawResponse } = await exchangeOf(winnow, response.headers.get("x-winnow-id"));
    expect(Buffer.from(String(rawRequest), "base64").toString()).toBe("not JSON: asked-fullodd");
    expect(Buffer.from(String(rawResponse), "base64").toString()).toBe("said-fullodd and more");
    for (const word of ["asked-fullodd", "said-fullodd"]) expect(await placesOf(winnow, word)).toHaveLength(1);
  });

  test.each([
    ["POST", "/v1/audio/transcriptions"],
    ["POST", "/v1/files"],
    ["GET", "/v1/models"],
  ])("keeps that other calls of a provider came, and none of their content: %s %s", async (method, path) => {
    const word = `full${path.replaceAll("/", "")}`;
    const response = await fetch(`${winnow.url}/openai${path}`, {
      method,
      headers: { "x-winnow-key": PROXY_KEY, "x-winnow-task": `task-${word}` },
      body: method === "GET" ? null : `asked-${word}`,
    });
    await response.text();
    const kept = await exchangeOf(winnow, response.headers.get("x-winnow-id"));
    expect(kept).toMatchObject({ task: `task-${word}`, capture: "metadata", flags: ["format_unknown"], request: null });
    expect(await placesOf(winnow, `asked-${word}`, `said-${word}`)).toEqual([]);
  });

  test("never keeps a key, the caller's or winnow's", async () => {
    const response = await fetch(`${winnow.url}/openai${COMPLETIONS}?key=AIza-of-the-caller`, {
      method: "POST",
      headers: { "x-winnow-key": PROXY_KEY, authorization: "Bearer sk-of-the-caller" },
      body: chat({})("keys"),
    });
    await response.text();
    await exchangeOf(winnow, response.headers.get("x-winnow-id"));
    const keys = ["AIza-of-the-caller", "sk-of-the-caller", PROXY_KEY.slice(-22), PULL_KEY.slice(-22)];
    expect(await placesOf(winnow, ...keys)).toEqual([]);
  });
});

test("nothing is left under way, or lost", async () => {
  await eventually("an empty spill", async () => {
    const keys = [...(await everythingOf(winnow)).keys()];
    return keys.every((key) => !key.startsWith("spill/")) || undefined;
  });
  const everything = await everythingOf(winnow);
  expect(everything.get("table losses")?.toString()).toBe("[]");
  expect(everything.get("table dead_letters")?.toString()).toBe("[]");
});
