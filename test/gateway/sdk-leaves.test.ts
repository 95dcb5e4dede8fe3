/**
 * The official SDK's ways to leave a stream, and what it sees of one that breaks off. Byte for byte, and by hand, the same
 * is in client-leaves.test.ts.
 */
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Winnow } from "../../workers/local/launch.ts";
import { type Standin, startStandin } from "../../workers/local/standin.ts";
import {
  exchangeOf,
  launchWinnow,
  onlyCall,
  PROXY_KEY,
  startProvider,
  type TestProvider,
} from "./hand-driven-winnow.ts";

let standin: Standin;
let provider: TestProvider;
let winnow: Winnow;

beforeAll(async () => {
  [standin, provider] = await Promise.all([startStandin({ port: 0 }), startProvider()]);
  winnow = await launchWinnow({
    standin: standin.provider,
    openai: { baseUrl: provider.url, format: "openai" },
  });
});
afterAll(async () => {
  await winnow?.stop();
  await Promise.all([standin?.stop(), provider?.stop()]);
});

function clientOf(name: string): OpenAI {
  return new OpenAI({ baseURL: `${winnow.url}/${name}/v1`, apiKey: PROXY_KEY, maxRetries: 0 });
}

function eventOf(content: string): string {
  const choices = [{ index: 0, delta: { role: "assistant", content }, finish_reason: null }];
  return `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", model: "gpt-4o-mini", choices })}\n\n`;
}

/**
 * Answers with these words, and then with more until the connection closes: the SDK closes its side in good order, which
 * workerd sees when it next writes, in a bare pass-through too. What was sent is in the list that this returns.
 */
function goOnAfter(words: readonly string[]): string[] {
  const sent: string[] = [];
  provider.answerWith((_call, response) => {
    const say = (word: string) => {
      sent.push(word);
      response.write(eventOf(word));
    };
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const word of words) say(word);
    const going = setInterval(() => say(` more${sent.length}`), 20);
    response.once("close", () => clearInterval(going));
  });
  return sent;
}

const WORDS = ["Once ", "upon ", "a ", "time"];
/** Some 100 KB, as a long story of one event each. */
const MANY = Array.from({ length: 700 }, (_, at) => `word${at} `);
const PARAMS = {
  model: "gpt-4o-mini",
  messages: [{ role: "user" as const, content: "Tell me" }],
  stream: true as const,
};

describe("a stream that the SDK leaves", () => {
  const WAYS: [string, (stream: { controller: AbortController }) => void][] = [
    ["by its abort()", (stream) => stream.controller.abort()],
    ["by a break out of its loop", () => undefined],
  ];

  test.each(WAYS)("%s is cancelled at the provider, and kept as far as it came", async (_how, leave) => {
    for (const words of [WORDS, MANY]) {
      const sent = goOnAfter(words);
      const { data: stream, response } = await clientOf("openai").chat.completions.create(PARAMS).withResponse();
      let text = "";
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        if (text.length < words.join("").length) continue;
        leave(stream);
        break;
      }
      expect(await onlyCall(provider).over).toEqual({ whole: false });
      const kept = await exchangeOf(winnow, response.headers.get("x-winnow-id"));
      expect(kept).toMatchObject({ outcome: "client_aborted", status: 200, streamed: true, finishReason: null });
      expect(kept.flags).toContain("stream_without_end");
      const [, answer] = kept.messages as { role: string; content: string }[];
      expect(answer?.content.slice(0, text.length)).toBe(text);
      expect(sent.join("").slice(0, answer?.content.length)).toBe(answer?.content);
    }
  });
});

describe("an answer that the provider breaks off", () => {
  test.concurrent("in a stream throws in the SDK's loop, and is kept as far as it came", async () => {
    const messages = [{ role: "user" as const, content: "Tell me of Oslo" }];
    const params = { model: "standin-cut", messages, stream: true as const };
    const { data: stream, response } = await clientOf("standin").chat.completions.create(params).withResponse();
    let text = "";
    const read = async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
    };
    await expect(read()).rejects.toThrow();
    expect(text).not.toBe("");
    const kept = await exchangeOf(winnow, response.headers.get("x-winnow-id"));
    expect(kept).toMatchObject({ outcome: "upstream_cut", status: 200, streamed: true, finishReason: null });
    expect(kept.messages).toMatchObject([{ content: "Tell me of Oslo" }, { role: "assistant", content: text }]);
  });

  test.concurrent("in the middle of JSON throws what the SDK would retry, and is kept as broken off", async () => {
    const params = { model: "standin-cut", messages: [{ role: "user" as const, content: "Tell me of Oslo" }] };
    const error = await clientOf("standin")
      .chat.completions.create(params)
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.InternalServerError);
    const { headers, status, code } = error as InstanceType<typeof OpenAI.APIError>;
    expect({ status, code }).toEqual({ status: 502, code: "upstream_unreachable" });
    expect(await exchangeOf(winnow, headers?.get("x-winnow-id") ?? null)).toMatchObject({ outcome: "upstream_cut" });
  });
});
