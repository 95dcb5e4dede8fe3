/** The official `@anthropic-ai/sdk` package. */
import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll } from "vitest";
import { describeSdk, type Sdk, WEATHER_SCHEMA } from "./sdk-contract.ts";
import { type SdkAddress, type SdkWinnow, startSdkWinnow } from "./sdk-winnow.ts";

let winnow: SdkWinnow;

beforeAll(async () => {
  winnow = await startSdkWinnow();
});
afterAll(() => winnow?.stop());

function clientOf({ url, key, headers }: SdkAddress): Anthropic {
  return new Anthropic({ baseURL: `${url}/anthropic`, apiKey: key, defaultHeaders: headers, maxRetries: 0 });
}

function paramsOf(model: string, prompt: string) {
  return { model, max_tokens: 1_024, messages: [{ role: "user" as const, content: prompt }] };
}

const TOOLS = [{ name: "get_weather", input_schema: WEATHER_SCHEMA }];

const anthropic: Sdk = {
  name: "anthropic",
  provider: "anthropic",
  keyHeader: "x-api-key",
  errorOf(error, status) {
    const kinds = { 400: Anthropic.BadRequestError, 401: Anthropic.AuthenticationError, 429: Anthropic.RateLimitError };
    const kind = kinds[status as keyof typeof kinds] ?? Anthropic.InternalServerError;
    return error instanceof kind ? { status: error.status, message: error.message } : undefined;
  },
  async ask(to, { model, prompt }) {
    const { content } = await clientOf(to).messages.create(paramsOf(model, prompt));
    return content.map((block) => (block.type === "text" ? block.text : "")).join("");
  },
  async callTool(to, { model, prompt }) {
    return toolUseOf(await clientOf(to).messages.create({ ...paramsOf(model, prompt), tools: TOOLS }));
  },
  async streamTool(to, { model, prompt }) {
    const stream = clientOf(to).messages.stream({ ...paramsOf(model, prompt), tools: TOOLS });
    return toolUseOf(await stream.finalMessage());
  },
  streams: [
    {
      name: "create",
      async *read(to, { model, prompt, signal }) {
        const params = { ...paramsOf(model, prompt), stream: true as const };
        for await (const event of await clientOf(to).messages.create(params, { signal })) yield* textOf(event);
      },
    },
    {
      name: "stream",
      async *read(to, { model, prompt, signal }) {
        const stream = clientOf(to).messages.stream(paramsOf(model, prompt), { signal });
        for await (const event of stream) yield* textOf(event);
      },
      isAbort: (error) => error instanceof Anthropic.APIUserAbortError,
    },
  ],
};

function textOf(event: Anthropic.RawMessageStreamEvent): string[] {
  return event.type === "content_block_delta" && event.delta.type === "text_delta" ? [event.delta.text] : [];
}

function toolUseOf({ content, stop_reason: reason }: Anthropic.Message) {
  const block = content.find(({ type }) => type === "tool_use");
  if (block?.type !== "tool_use" || reason !== "tool_use") throw new Error(`no tool_use: ${JSON.stringify(content)}`);
  return { name: block.name, arguments: block.input };
}

describeSdk(anthropic, () => winnow);
