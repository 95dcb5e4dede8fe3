/** What Anthropic's official SDK makes of a recorded stream, in a form in which it can be compared with ours. */
import Anthropic from "@anthropic-ai/sdk";
import type { Json } from "../../shared/core/json.ts";

export interface SdkMessage {
  /** null when the SDK threw. */
  message: Json;
  threw: string | null;
}

/** The beta stream: it knows all that its plain twin knows, and the input of MCP's tools. */
export async function accumulateMessageWithSdk(body: string | Uint8Array<ArrayBuffer>): Promise<SdkMessage> {
  const client = new Anthropic({
    apiKey: "none",
    maxRetries: 0,
    logLevel: "off",
    fetch: async () => new Response(body, { headers: { "content-type": "text/event-stream" } }),
  });
  try {
    const stream = client.beta.messages.stream({ model: "any", max_tokens: 1, messages: [] });
    return { message: comparableMessage((await stream.finalMessage()) as unknown as Json), threw: null };
  } catch (error) {
    return { message: null, threw: String(error) };
  }
}

/** As JSON, without what the SDK adds: `parsed_output`, and each text's `parsed`. */
export function comparableMessage(value: Json): Json {
  return JSON.parse(
    JSON.stringify(value, (name, inner: unknown) =>
      name === "parsed_output" || name === "parsed" ? undefined : inner,
    ),
  ) as Json;
}
