/** Azure OpenAI by the official `openai` package: its own header for the key, its own paths, a deployment for a model. */
import OpenAI, { AzureOpenAI } from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeSdk, type Sdk, WEATHER_SCHEMA } from "./sdk-contract.ts";
import { providerKeyOf, type SdkAddress, type SdkWinnow, startSdkWinnow } from "./sdk-winnow.ts";

let winnow: SdkWinnow;

beforeAll(async () => {
  winnow = await startSdkWinnow();
});
afterAll(() => winnow?.stop());

const API_VERSION = "2024-10-21";

function clientOf({ url, key, headers }: SdkAddress): AzureOpenAI {
  const endpoint = `${url}/azure`;
  return new AzureOpenAI({ endpoint, apiKey: key, apiVersion: API_VERSION, defaultHeaders: headers, maxRetries: 0 });
}

function paramsOf(model: string, prompt: string) {
  return { model, messages: [{ role: "user" as const, content: prompt }] };
}

const TOOLS = [{ type: "function" as const, function: { name: "get_weather", parameters: WEATHER_SCHEMA } }];

const azure: Sdk = {
  name: "azure openai",
  provider: "azure",
  keyHeader: "api-key",
  errorOf(error, status) {
    const kinds = { 400: OpenAI.BadRequestError, 401: OpenAI.AuthenticationError, 429: OpenAI.RateLimitError };
    const kind = kinds[status as keyof typeof kinds] ?? OpenAI.InternalServerError;
    return error instanceof kind ? { status: error.status, message: error.message } : undefined;
  },
  async ask(to, { model, prompt }) {
    const { choices } = await clientOf(to).chat.completions.create(paramsOf(model, prompt));
    return choices[0]?.message.content ?? "";
  },
  async callTool(to, { model, prompt }) {
    const { choices } = await clientOf(to).chat.completions.create({ ...paramsOf(model, prompt), tools: TOOLS });
    return toolCallOf(choices[0]?.message);
  },
  async streamTool(to, { model, prompt }) {
    const stream = clientOf(to).chat.completions.stream({ ...paramsOf(model, prompt), tools: TOOLS });
    return toolCallOf((await stream.finalChatCompletion()).choices[0]?.message);
  },
  streams: [
    {
      name: "create",
      async *read(to, { model, prompt, signal }) {
        const params = { ...paramsOf(model, prompt), stream: true as const };
        for await (const { choices } of await clientOf(to).chat.completions.create(params, { signal })) {
          const content = choices[0]?.delta.content;
          if (content) yield content;
        }
      },
    },
  ],
};

function toolCallOf(message: OpenAI.ChatCompletionMessage | undefined) {
  const [call] = message?.tool_calls ?? [];
  if (call?.type !== "function") throw new Error(`no call of a function: ${JSON.stringify(message)}`);
  return { name: call.function.name, arguments: JSON.parse(call.function.arguments) };
}

describeSdk(azure, () => winnow);

test.concurrent("a deployment's path and query reach Azure as the SDK made them", async () => {
  const prompt = "Which path?";
  const { choices } = await clientOf(winnow.address("path")).chat.completions.create(paramsOf("our-gpt", prompt));
  expect(choices[0]?.message.content).toBe(await winnow.textFor(prompt));
  const [seen] = winnow.seenWith(prompt);
  expect(seen?.target).toBe(`/openai/deployments/our-gpt/chat/completions?api-version=${API_VERSION}`);
  expect(await winnow.exchangeOf("path")).toMatchObject({ provider: "azure", model: "our-gpt", flags: [] });
});

test.concurrent("embeddings of a deployment are Azure's, and captured", async () => {
  const input = "Embed me";
  const { data } = await clientOf(winnow.address("embed")).embeddings.create({ model: "our-embedder", input });
  expect(data[0]?.embedding).toHaveLength(1_536);
  expect(winnow.seenWith(input)[0]?.headers["api-key"]).toBe(providerKeyOf("azure"));
  expect(await winnow.exchangeOf("embed")).toMatchObject({ provider: "azure", status: 200, flags: [] });
});
