/** Vercel's `ai` with the providers `@ai-sdk/openai` (responses and chat), `@ai-sdk/anthropic` and `@ai-sdk/google`. */
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { APICallError, embed, generateText, jsonSchema, type LanguageModel, streamText, tool } from "ai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeSdk, type Sdk, WEATHER_SCHEMA } from "./sdk-contract.ts";
import { type SdkAddress, type SdkWinnow, startSdkWinnow } from "./sdk-winnow.ts";

let winnow: SdkWinnow;

beforeAll(async () => {
  winnow = await startSdkWinnow();
});
afterAll(() => winnow?.stop());

const TOOLS = { get_weather: tool({ inputSchema: jsonSchema(WEATHER_SCHEMA) }) };

/** Without a limit of tokens it warns of models that it does not know. */
const LIMITS = { maxRetries: 0, maxOutputTokens: 1_024 };

type ModelOf = (to: SdkAddress, model: string) => LanguageModel;

function vercel(provider: Pick<Sdk, "name" | "provider" | "keyHeader">, modelOf: ModelOf): Sdk {
  return {
    ...provider,
    errorOf: (error) =>
      APICallError.isInstance(error) ? { status: error.statusCode, message: error.message } : undefined,
    async ask(to, { model, prompt }) {
      return (await generateText({ model: modelOf(to, model), prompt, ...LIMITS })).text;
    },
    async callTool(to, { model, prompt }) {
      const { toolCalls } = await generateText({ model: modelOf(to, model), prompt, tools: TOOLS, ...LIMITS });
      return toolCallOf(toolCalls);
    },
    async streamTool(to, { model, prompt }) {
      return toolCallOf(await streamText({ model: modelOf(to, model), prompt, tools: TOOLS, ...LIMITS }).toolCalls);
    },
    streams: [{ name: "streamText", read: (to, call) => readText(modelOf(to, call.model), call), isAbort }],
  };
}

/** An error and an abort are parts of its stream; here they are thrown. */
async function* readText(model: LanguageModel, { prompt, signal }: { prompt: string; signal: AbortSignal }) {
  const onError = () => undefined; // otherwise it prints the error
  const { fullStream } = streamText({ model, prompt, abortSignal: signal, ...LIMITS, onError });
  for await (const part of fullStream) {
    if (part.type === "text-delta") yield part.text;
    if (part.type === "error") throw part.error;
    if (part.type === "abort") throw new StreamAborted();
  }
}

class StreamAborted extends Error {}

function isAbort(error: unknown): boolean {
  return error instanceof StreamAborted;
}

function toolCallOf(calls: readonly { toolName: string; input: unknown }[]) {
  return { name: calls[0]?.toolName ?? "", arguments: calls[0]?.input };
}

function openAiOf({ url, key, headers }: SdkAddress) {
  return createOpenAI({ baseURL: `${url}/openai/v1`, apiKey: key, headers });
}

const SDKS = [
  vercel({ name: "ai openai responses", provider: "openai", keyHeader: "authorization" }, (to, model) =>
    openAiOf(to)(model),
  ),
  vercel({ name: "ai openai chat", provider: "openai", keyHeader: "authorization" }, (to, model) =>
    openAiOf(to).chat(model),
  ),
  vercel({ name: "ai anthropic", provider: "anthropic", keyHeader: "x-api-key" }, ({ url, key, headers }, model) =>
    createAnthropic({ baseURL: `${url}/anthropic/v1`, apiKey: key, headers })(model),
  ),
  vercel({ name: "ai google", provider: "google", keyHeader: "x-goog-api-key" }, ({ url, key, headers }, model) =>
    createGoogleGenerativeAI({ baseURL: `${url}/google/v1beta`, apiKey: key, headers })(model),
  ),
];

for (const sdk of SDKS) describeSdk(sdk, () => winnow);

test.concurrent("embeddings are the provider's, and captured", async () => {
  const model = openAiOf(winnow.address("embed")).embedding("text-embedding-3-small");
  const { embedding } = await embed({ model, value: "Embed me", maxRetries: 0 });
  expect(embedding).toHaveLength(1_536);
  expect(await winnow.exchangeOf("embed")).toMatchObject({ status: 200, provider: "openai", flags: [] });
});
