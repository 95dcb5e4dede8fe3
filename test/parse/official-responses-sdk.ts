/** What OpenAI's official SDK makes of a recorded Responses stream, in a form in which it can be compared with ours. */
import OpenAI from "openai";
import { isObject, type Json, type JsonObject } from "../../shared/core/json.ts";

export interface SdkResponse {
  /** null when the SDK threw. */
  response: Json;
  threw: string | null;
}

export async function accumulateResponseWithSdk(body: string | Uint8Array<ArrayBuffer>): Promise<SdkResponse> {
  const client = new OpenAI({
    apiKey: "none",
    baseURL: "http://sdk.invalid/v1",
    maxRetries: 0,
    logLevel: "off",
    fetch: async () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
  });
  try {
    const response = await client.responses.stream({ model: "any", input: [] }).finalResponse();
    return { response: JSON.parse(JSON.stringify(response)) as Json, threw: null };
  } catch (error) {
    return { response: null, threw: String(error) };
  }
}

/** As JSON (-0 is 0), without what the SDK adds: `output_text`, `output_parsed`, `parsed`, `parsed_arguments`. */
export function comparableResponse(value: Json): Json {
  const response = JSON.parse(JSON.stringify(value)) as Json;
  if (!isObject(response)) return null;
  const { output_parsed: _parsed, output_text: _text, output, ...fields } = response;
  return { ...fields, output: Array.isArray(output) ? output.map(comparableItem) : (output ?? null) };
}

function comparableItem(item: Json): Json {
  if (!isObject(item)) return item;
  const { parsed_arguments: _parsed, ...fields } = item;
  if (item.type !== "message" || !Array.isArray(item.content)) return fields;
  return { ...fields, content: item.content.map((part) => (isObject(part) ? withoutParsed(part) : part)) };
}

function withoutParsed({ parsed: _parsed, ...part }: JsonObject): JsonObject {
  return part;
}
