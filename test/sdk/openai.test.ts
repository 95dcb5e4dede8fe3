/** The official `openai` package: chat completions, responses and embeddings. */
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeSdk, type Sdk, type SdkCall, WEATHER_SCHEMA } from "./sdk-contract.ts";
import { providerKeyOf, type SdkAddress, type SdkWinnow, startSdkWinnow } from "./sdk-winnow.ts";

let winnow: SdkWinnow;

beforeAll(async () => {
  winnow = await startSdkWinnow();
});
afterAll(() => winnow?.stop());

function clientOf({ url, key, headers }: SdkAddress): OpenAI {
  return new OpenAI({ baseURL: `${url}/openai/v1`, apiKey: key, defaultHeaders: headers, maxRetries: 0 });
}

const ERRORS: Partial<Record<number, new (...args: never[]) => InstanceType<typeof OpenAI.APIError>>> = {
  400: OpenAI.BadRequestError,
  401: OpenAI.AuthenticationError,
  429: OpenAI.RateLimitError,
  500: OpenAI.InternalServerError,
};

function errorOf(error: unknown, status: number) {
  const kind = ERRORS[status];
  return kind !== undefined && error instanceof kind ? { status: error.status, message: error.message } : undefined;
}

function isAbort(error: unknown): boolean {
  return error instanceof OpenAI.APIUserAbortError;
}

function messagesOf(prompt: string) {
  return [{ role: "user" as const, content: prompt }];
}

const CHAT_TOOL = { type: "function" as const, function: { name: "get_weather", parameters: WEATHER_SCHEMA } };

const chat: Sdk = {
  name: "openai chat",
  provider: "openai",
  keyHeader: "authorization",
  errorOf,
  async ask(to, { model, prompt }) {
    const { choices } = await clientOf(to).chat.completions.create({ model, messages: messagesOf(prompt) });
    return choices[0]?.message.content ?? "";
  },
  async callTool(to, { model, prompt }) {
    const params = { model, messages: messagesOf(prompt), tools: [CHAT_TOOL] };
    const { choices } = await clientOf(to).chat.completions.create(params);
    return toolCallOf(choices[0]?.message);
  },
  async streamTool(to, { model, prompt }) {
    const params = { model, messages: messagesOf(prompt), tools: [CHAT_TOOL] };
    const { choices } = await clientOf(to).chat.completions.stream(params).finalChatCompletion();
    return toolCallOf(choices[0]?.message);
  },
  streams: [
    {
      name: "create",
      async *read(to, { model, prompt, signal }) {
        const params = { model, messages: messagesOf(prompt), stream: true as const };
        const stream = await clientOf(to).chat.completions.create(params, { signal });
        for await (const chunk of stream) yield* contentOf(chunk);
      },
    },
    {
      name: "stream",
      async *read(to, { model, prompt, signal }) {
        const params = { model, messages: messagesOf(prompt) };
        for await (const chunk of clientOf(to).chat.completions.stream(params, { signal })) yield* contentOf(chunk);
      },
      isAbort,
    },
  ],
};

function contentOf({ choices }: OpenAI.ChatCompletionChunk): string[] {
  const content = choices[0]?.delta.content;
  return content ? [content] : [];
}

function toolCallOf(message: OpenAI.ChatCompletionMessage | undefined) {
  const [call] = message?.tool_calls ?? [];
  if (call?.type !== "function") throw new Error(`no call of a function: ${JSON.stringify(message)}`);
  return { name: call.function.name, arguments: JSON.parse(call.function.arguments) };
}

const RESPONSES_TOOL = {
  type: "function" as const,
  name: "get_weather",
  parameters: WEATHER_SCHEMA,
  strict: true,
};

const responses: Sdk = {
  name: "openai responses",
  provider: "openai",
  keyHeader: "authorization",
  errorOf,
  async ask(to, { model, prompt }) {
    return (await clientOf(to).responses.create({ model, input: prompt })).output_text;
  },
  async callTool(to, { model, prompt }) {
    const { output } = await clientOf(to).responses.create({ model, input: prompt, tools: [RESPONSES_TOOL] });
    return functionCallOf(output);
  },
  async streamTool(to, { model, prompt }) {
    const params = { model, input: prompt, tools: [RESPONSES_TOOL] };
    const { output } = await clientOf(to).responses.stream(params).finalResponse();
    return functionCallOf(output);
  },
  streams: [
    {
      name: "create",
      async *read(to, { model, prompt, signal }) {
        const params = { model, input: prompt, stream: true as const };
        for await (const event of await clientOf(to).responses.create(params, { signal })) yield* deltaOf(event);
      },
    },
    {
      name: "stream",
      async *read(to, { model, prompt, signal }) {
        const stream = clientOf(to).responses.stream({ model, input: prompt }, { signal });
        for await (const event of stream) yield* deltaOf(event);
      },
      isAbort,
    },
  ],
};

function deltaOf(event: { type: string; delta?: unknown }): string[] {
  return event.type === "response.output_text.delta" && typeof event.delta === "string" ? [event.delta] : [];
}

function functionCallOf(output: readonly OpenAI.Responses.ResponseOutputItem[]) {
  const call = output.find((item) => item.type === "function_call");
  if (call === undefined) throw new Error(`no call of a function: ${JSON.stringify(output)}`);
  return { name: call.name, arguments: JSON.parse(call.arguments) };
}

describeSdk(chat, () => winnow);
describeSdk(responses, () => winnow);

describe.concurrent("openai embeddings", () => {
  const embed = (to: SdkAddress, { model, prompt }: SdkCall) =>
    clientOf(to).embeddings.create({ model, input: [prompt, "Bonjour"], dimensions: 64 });

  test("are the provider's, and captured with their usage", async () => {
    const call = { model: "text-embedding-3-small", prompt: "Grüße, 世界" };
    const { data, usage } = await embed(winnow.address("embeddings"), call);
    expect(data.map(({ embedding }) => embedding.length)).toEqual([64, 64]);
    expect(Math.hypot(...(data[0]?.embedding ?? []))).toBeCloseTo(1, 5);
    const [seen] = winnow.seenWith(call.prompt);
    expect(seen?.headers.authorization).toBe(`Bearer ${providerKeyOf("openai")}`);
    const detail = await winnow.exchangeOf("embeddings");
    expect(detail).toMatchObject({ provider: "openai", status: 200, outcome: "complete", streamed: false, flags: [] });
    expect(detail).toMatchObject({ model: call.model, inputTokens: usage.prompt_tokens, outputTokens: 0 });
    expect(detail.request).toMatchObject({ input: [call.prompt, "Bonjour"], dimensions: 64 });
    expect(detail.response).toMatchObject({ object: "list", data: [{ index: 0 }, { index: 1 }] });
  });

  test("throw the SDK's own error", async () => {
    const to = winnow.address("embeddings-429");
    const error = await embed(to, { model: "standin-error-429", prompt: "x" }).catch((thrown: unknown) => thrown);
    expect(errorOf(error, 429)).toMatchObject({ status: 429 });
    expect(await winnow.exchangeOf("embeddings-429")).toMatchObject({ status: 429, outcome: "upstream_error" });
  });
});
