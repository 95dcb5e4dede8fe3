/** The official `@mistralai/mistralai` package: it checks every field of what comes against a schema. */
import { Mistral } from "@mistralai/mistralai";
import { MistralError } from "@mistralai/mistralai/models/errors";
import { afterAll, beforeAll } from "vitest";
import { describeSdk, type Sdk, WEATHER_SCHEMA } from "./sdk-contract.ts";
import { type SdkAddress, type SdkWinnow, startSdkWinnow } from "./sdk-winnow.ts";

let winnow: SdkWinnow;

beforeAll(async () => {
  winnow = await startSdkWinnow();
});
afterAll(() => winnow?.stop());

function clientOf({ url, key }: SdkAddress): Mistral {
  return new Mistral({ apiKey: key, serverURL: `${url}/mistral`, retryConfig: { strategy: "none" } });
}

function paramsOf(model: string, prompt: string) {
  return { model, messages: [{ role: "user" as const, content: prompt }] };
}

const TOOLS = [{ type: "function" as const, function: { name: "get_weather", parameters: WEATHER_SCHEMA } }];

const mistral: Sdk = {
  name: "mistral",
  provider: "mistral",
  keyHeader: "authorization",
  errorOf: (error) =>
    error instanceof MistralError ? { status: error.statusCode, message: error.message } : undefined,
  async ask(to, { model, prompt }) {
    const { choices } = await clientOf(to).chat.complete(paramsOf(model, prompt), { headers: to.headers });
    return textOf(choices[0]?.message?.content);
  },
  async callTool(to, { model, prompt }) {
    const params = { ...paramsOf(model, prompt), tools: TOOLS, toolChoice: "any" as const };
    const { choices } = await clientOf(to).chat.complete(params, { headers: to.headers });
    return toolCallOf(choices[0]?.message?.toolCalls ?? []);
  },
  async streamTool(to, { model, prompt }) {
    const params = { ...paramsOf(model, prompt), tools: TOOLS };
    const calls: PartOfCall[] = [];
    for await (const { data } of await clientOf(to).chat.stream(params, { headers: to.headers })) {
      calls.push(...(data.choices[0]?.delta.toolCalls ?? []));
    }
    return toolCallOf(calls);
  },
  streams: [
    {
      name: "stream",
      async *read(to, { model, prompt, signal }) {
        const options = { headers: to.headers, signal };
        for await (const { data } of await clientOf(to).chat.stream(paramsOf(model, prompt), options)) {
          const text = textOf(data.choices[0]?.delta.content);
          if (text !== "") yield text;
        }
      },
      isAbort: (error) => error instanceof Error && error.name === "AbortError",
    },
  ],
};

interface PartOfCall {
  function: { name: string; arguments: unknown };
}

function textOf(content: unknown): string {
  return typeof content === "string" ? content : "";
}

/** The first part names it; the arguments are in all of them. */
function toolCallOf(parts: readonly PartOfCall[]) {
  const text = parts.map((part) => textOf(part.function.arguments)).join("");
  return { name: parts[0]?.function.name ?? "", arguments: JSON.parse(text) };
}

describeSdk(mistral, () => winnow);
