/** The official `@google/genai` package. */
import { ApiError, type GenerateContentResponse, GoogleGenAI } from "@google/genai";
import { afterAll, beforeAll } from "vitest";
import { describeSdk, type Sdk, WEATHER_SCHEMA } from "./sdk-contract.ts";
import { type SdkAddress, type SdkWinnow, startSdkWinnow } from "./sdk-winnow.ts";

let winnow: SdkWinnow;

beforeAll(async () => {
  winnow = await startSdkWinnow();
});
afterAll(() => winnow?.stop());

function clientOf({ url, key, headers }: SdkAddress): GoogleGenAI {
  return new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: `${url}/google`, headers } });
}

const TOOLS = [{ functionDeclarations: [{ name: "get_weather", parametersJsonSchema: WEATHER_SCHEMA }] }];

const google: Sdk = {
  name: "google genai",
  provider: "google",
  keyHeader: "x-goog-api-key",
  /** One class for all; its message is the provider's JSON. */
  errorOf: (error) => (error instanceof ApiError ? { status: error.status, message: error.message } : undefined),
  async ask(to, { model, prompt }) {
    return (await clientOf(to).models.generateContent({ model, contents: prompt })).text ?? "";
  },
  async callTool(to, { model, prompt }) {
    const params = { model, contents: prompt, config: { tools: TOOLS } };
    return functionCallOf([await clientOf(to).models.generateContent(params)]);
  },
  async streamTool(to, { model, prompt }) {
    const params = { model, contents: prompt, config: { tools: TOOLS } };
    const chunks: GenerateContentResponse[] = [];
    for await (const chunk of await clientOf(to).models.generateContentStream(params)) chunks.push(chunk);
    return functionCallOf(chunks);
  },
  streams: [
    {
      name: "generateContentStream",
      async *read(to, { model, prompt, signal }) {
        const params = { model, contents: prompt, config: { abortSignal: signal } };
        for await (const chunk of await clientOf(to).models.generateContentStream(params)) {
          if (chunk.text) yield chunk.text;
        }
      },
      isAbort: (error) => error instanceof Error && error.name === "AbortError",
    },
  ],
};

function functionCallOf(chunks: readonly GenerateContentResponse[]) {
  const [call] = chunks.flatMap(({ functionCalls }) => functionCalls ?? []);
  if (call?.name === undefined) throw new Error(`no functionCall: ${JSON.stringify(chunks)}`);
  return { name: call.name, arguments: call.args };
}

describeSdk(google, () => winnow);
