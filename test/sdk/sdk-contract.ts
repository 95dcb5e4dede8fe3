/**
 * What every SDK's user can rely on behind winnow, tested against the SDK that a test file brings: the answers are the
 * provider's, in JSON, as a stream and as tool calls; its errors are the SDK's own; a stream that is left ends at the
 * provider; and what was captured is what the SDK told.
 */
import { describe, expect, test, vi } from "vitest";
import { expectAnswer, expectBeginning, expectCounted, expectQuestion, type ToldCall } from "./captured-answer.ts";
import { FORGED_KEY, type ProviderName, providerKeyOf, type SdkAddress, type SdkWinnow } from "./sdk-winnow.ts";

/** Written as the SDK's users write it. Each call is one request: without retries. */
export interface Sdk {
  name: string;
  provider: ProviderName;
  /** Where the provider wants its key. */
  keyHeader: "authorization" | "api-key" | "x-api-key" | "x-goog-api-key";
  ask(to: SdkAddress, call: SdkCall): Promise<string>;
  /** Calls the tool get_weather, of WEATHER_SCHEMA. */
  callTool(to: SdkAddress, call: SdkCall): Promise<ToldCall>;
  streamTool(to: SdkAddress, call: SdkCall): Promise<ToldCall>;
  streams: SdkStream[];
  /** undefined: the error is not of the SDK's own class for that status. */
  errorOf(error: unknown, status: number): { status: number | undefined; message: string } | undefined;
}

export interface SdkStream {
  name: string;
  read(to: SdkAddress, call: SdkCall & { signal: AbortSignal }): AsyncIterable<string>;
  /** Is it what this SDK throws in the loop of who aborts? Left out where its loop always just ends. */
  isAbort?(error: unknown): boolean;
}

export interface SdkCall {
  model: string;
  prompt: string;
}

export const WEATHER_SCHEMA = {
  type: "object" as const,
  properties: { city: { type: "string" as const }, days: { type: "integer" as const, minimum: 1, maximum: 7 } },
  required: ["city", "days"],
  additionalProperties: false,
};
const WEATHER_PROMPT = "Use get_weather for Oslo, for 3 days";
const WEATHER_ARGUMENTS = { city: "Oslo", days: 3 };
const NOBODY = new AbortController().signal;
const PIECES_BEFORE_LEAVING = 3;

/** Every test waits two seconds for the queue: they do so together. */
const TESTS_AT_ONCE = 100;
vi.setConfig({ maxConcurrency: TESTS_AT_ONCE });

/** @param winnow asked when a test runs: the file launches it in beforeAll */
export function describeSdk(sdk: Sdk, winnow: () => SdkWinnow): void {
  describe.concurrent(sdk.name, () => {
    testAnswers(sdk, winnow);
    testStreams(sdk, winnow);
    testErrors(sdk, winnow);
  });
}

/** A session and a question that no other test has. */
function begin(sdk: Sdk, winnow: SdkWinnow, what: string) {
  const name = `${sdk.name} ${what}`;
  const session = name.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return { session, to: winnow.address(session), prompt: `Grüße, 世界: what of ${name}?` };
}

function testAnswers(sdk: Sdk, winnow: () => SdkWinnow): void {
  test("answers as the provider does, and is captured so", async () => {
    const { session, to, prompt } = begin(sdk, winnow(), "json");
    const text = await sdk.ask(to, { model: "standin-1", prompt });
    expect(text).toBe(await winnow().textFor(prompt));
    const detail = await winnow().exchangeOf(session);
    expect(detail).toMatchObject({ ...completeOf(sdk), streamed: false });
    expectQuestion(detail, prompt);
    expectAnswer(detail, { text, calls: [] });
    expectCounted(detail);
  });

  test("gives the provider its own key, and nothing of winnow's", async () => {
    const { to, prompt } = begin(sdk, winnow(), "key");
    await sdk.ask(to, { model: "standin-1", prompt });
    const [seen, ...others] = winnow().seenWith(prompt);
    expect(others).toEqual([]);
    const key = providerKeyOf(sdk.provider);
    expect(seen?.headers[sdk.keyHeader]).toBe(sdk.keyHeader === "authorization" ? `Bearer ${key}` : key);
    expect(JSON.stringify([seen?.target, seen?.headers])).not.toMatch(/wk_|x-winnow/);
  });

  test.each(["callTool", "streamTool"] as const)("%s calls a tool, and it is captured so", async (way) => {
    const { session, to } = begin(sdk, winnow(), way);
    const call = await sdk[way](to, { model: "standin-1", prompt: WEATHER_PROMPT });
    expect(call).toEqual({ name: "get_weather", arguments: WEATHER_ARGUMENTS });
    const detail = await winnow().exchangeOf(session);
    expect(detail).toMatchObject({ ...completeOf(sdk), streamed: way === "streamTool" });
    expectQuestion(detail, WEATHER_PROMPT);
    expectAnswer(detail, { text: "", calls: [call] });
  });
}

function completeOf({ provider }: Sdk) {
  return { provider, status: 200, outcome: "complete" };
}

function testStreams(sdk: Sdk, winnow: () => SdkWinnow): void {
  test.each(sdk.streams)("streams what the provider streams, by $name", async ({ name, read }) => {
    const { session, to, prompt } = begin(sdk, winnow(), `stream ${name}`);
    const pieces: string[] = [];
    for await (const piece of read(to, { model: "standin-1", prompt, signal: NOBODY })) pieces.push(piece);
    expect(pieces.join("")).toBe(await winnow().textFor(prompt));
    expect(pieces.length).toBeGreaterThan(10);
    const detail = await winnow().exchangeOf(session);
    expect(detail).toMatchObject({ ...completeOf(sdk), streamed: true });
    expectQuestion(detail, prompt);
    expectAnswer(detail, { text: pieces.join(""), calls: [] });
  });

  test.each(sdk.streams)("is left midway by $name, and so is the provider", async ({ name, read, isAbort }) => {
    const { session, to, ...asked } = begin(sdk, winnow(), `leave ${name}`);
    const prompt = `${asked.prompt} ${"a b c d e ".repeat(40)}`; // a word is 50 ms of the answer: time to leave in
    const leaving = new AbortController();
    const call = { model: "standin-slow", prompt, signal: leaving.signal };
    const { text, error } = await readUntil(read(to, call), () => leaving.abort());
    // the loop of who is not waiting for a piece just then ends without a word, in every SDK
    expect(error === undefined || isAbort?.(error) === true, String(error)).toBe(true);
    expect(await winnow().seenWith(prompt)[0]?.over).toEqual({ whole: false });
    const detail = await winnow().exchangeOf(session);
    expect(detail).toMatchObject({ status: 200, outcome: "client_aborted", streamed: true, provider: sdk.provider });
    expectBeginning(detail, { seen: text, whole: await winnow().textFor(prompt) });
  });
}

/** Leaves after some pieces, and reads on to see how the SDK takes it. */
async function readUntil(pieces: AsyncIterable<string>, leave: () => void): Promise<{ text: string; error: unknown }> {
  let text = "";
  let count = 0;
  try {
    for await (const piece of pieces) {
      text += piece;
      count += 1;
      if (count === PIECES_BEFORE_LEAVING) leave();
    }
    return { text, error: undefined };
  } catch (error) {
    return { text, error };
  }
}

function testErrors(sdk: Sdk, winnow: () => SdkWinnow): void {
  const read = async (to: SdkAddress, call: SdkCall) => {
    for await (const _piece of sdk.streams[0]?.read(to, { ...call, signal: NOBODY }) ?? []);
  };
  const ways = { ask: sdk.ask, stream: read };

  test.each([400, 429, 500])("throws its own error for the provider's %i, and in a stream", async (status) => {
    const tryIt = async (way: keyof typeof ways) => {
      const { session, to, prompt } = begin(sdk, winnow(), `${way} ${status}`);
      const error = await errorOf(ways[way](to, { model: `standin-error-${status}`, prompt }));
      const message = expect.stringContaining("as was asked for");
      expect(sdk.errorOf(error, status), String(error)).toEqual({ status, message });
      const detail = await winnow().exchangeOf(session);
      expect(detail).toMatchObject({ provider: sdk.provider, status, outcome: "upstream_error", streamed: false });
      expect(JSON.stringify(detail.response)).toContain("as was asked for");
    };
    await Promise.all([tryIt("ask"), tryIt("stream")]);
  });

  test("throws its own error for one of winnow's", async () => {
    const { to, prompt } = begin(sdk, winnow(), "forged");
    const error = await errorOf(sdk.ask({ ...to, key: FORGED_KEY }, { model: "standin-1", prompt }));
    expect(sdk.errorOf(error, 401), String(error)).toEqual({
      status: 401,
      message: expect.stringContaining("this winnow key is not one that this winnow made"),
    });
    expect(winnow().seenWith(prompt)).toEqual([]);
  });
}

function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "nothing was thrown",
    (error: unknown) => error,
  );
}
