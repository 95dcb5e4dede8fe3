/** LangChain's `@langchain/openai`, by chat completions and by responses. */
import type { AIMessageChunk } from "@langchain/core/messages";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeSdk, type Sdk, WEATHER_SCHEMA } from "./sdk-contract.ts";
import { type SdkAddress, type SdkWinnow, startSdkWinnow } from "./sdk-winnow.ts";

let winnow: SdkWinnow;

beforeAll(async () => {
  winnow = await startSdkWinnow();
});
afterAll(() => winnow?.stop());

const TOOLS = [{ type: "function" as const, function: { name: "get_weather", parameters: WEATHER_SCHEMA } }];

function langchain(name: string, useResponsesApi: boolean): Sdk {
  const modelOf = ({ url, key, headers }: SdkAddress, model: string) =>
    new ChatOpenAI({
      model,
      apiKey: key,
      maxRetries: 0,
      useResponsesApi,
      configuration: { baseURL: `${url}/openai/v1`, defaultHeaders: headers },
    });
  return {
    name,
    provider: "openai",
    keyHeader: "authorization",
    errorOf,
    async ask(to, { model, prompt }) {
      return (await modelOf(to, model).invoke(prompt)).text;
    },
    async callTool(to, { model, prompt }) {
      return toolCallOf(await modelOf(to, model).bindTools(TOOLS).invoke(prompt));
    },
    async streamTool(to, { model, prompt }) {
      const chunks: AIMessageChunk[] = [];
      for await (const chunk of await modelOf(to, model).bindTools(TOOLS).stream(prompt)) chunks.push(chunk);
      return toolCallOf(chunks.reduce((all, chunk) => all.concat(chunk)));
    },
    streams: [
      {
        name: "stream",
        async *read(to, { model, prompt, signal }) {
          for await (const { text } of await modelOf(to, model).stream(prompt, { signal })) if (text !== "") yield text;
        },
        isAbort: (error) => error instanceof Error && error.name === "AbortError",
      },
    ],
  };
}

/** The `openai` package's own errors come through. */
function errorOf(error: unknown, status: number) {
  const kinds = {
    400: "BadRequestError",
    401: "AuthenticationError",
    429: "RateLimitError",
    500: "InternalServerError",
  };
  if (!(error instanceof Error) || error.constructor.name !== kinds[status as keyof typeof kinds]) return undefined;
  return { status: "status" in error ? Number(error.status) : undefined, message: error.message };
}

function toolCallOf({ tool_calls: calls }: { tool_calls?: { name: string; args: unknown }[] }) {
  const [call] = calls ?? [];
  return { name: call?.name ?? "", arguments: call?.args };
}

describeSdk(langchain("langchain chat", false), () => winnow);
describeSdk(langchain("langchain responses", true), () => winnow);

test.concurrent("embeddings are the provider's, and captured", async () => {
  const { url, key, headers } = winnow.address("embed");
  const configuration = { baseURL: `${url}/openai/v1`, defaultHeaders: headers };
  const embeddings = new OpenAIEmbeddings({
    model: "text-embedding-3-small",
    apiKey: key,
    maxRetries: 0,
    configuration,
  });
  expect(await embeddings.embedQuery("Embed me")).toHaveLength(1_536);
  expect(await winnow.exchangeOf("embed")).toMatchObject({ status: 200, provider: "openai", flags: [] });
});
