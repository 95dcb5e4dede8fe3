/** The stand-in's formats by hand: how each asks, and where in an answer its text is. */
import { expect } from "vitest";

export type Fields = Record<string, unknown>;

export interface WireOf {
  name: string;
  path(model: string, stream: boolean): string;
  body(options: { model: string; prompt: string; stream?: boolean; tools?: boolean }): Fields;
  /** The text or, of a tool call, its arguments. */
  read(answer: never): { said: string; stopped: string | undefined };
  /** The pieces that a stream's event adds to it. */
  piece(event: never): string;
  stops: { text: string; call: string; truncated: string; refusal: string };
  error(status: number): Fields;
  lastEvent: RegExp;
}

export const TOOL = { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } };

interface ResponsesAnswer {
  status: string;
  output: { type: string; arguments?: string; content?: { type: string; text?: string; refusal?: string }[] }[];
}

export const responses: WireOf = {
  name: "OpenAI responses",
  path: () => "/v1/responses",
  body: ({ model, prompt, stream, tools }) => ({
    model,
    input: prompt,
    stream,
    ...(tools && { tools: [{ type: "function", ...TOOL }] }),
  }),
  read: ({ status, output: [item] }: ResponsesAnswer) => {
    const [part] = item?.content ?? [];
    return {
      said: item?.arguments ?? part?.text ?? part?.refusal ?? "?",
      stopped: `${status} ${item?.type} ${part?.type}`,
    };
  },
  piece: ({ type, delta }: { type: string; delta?: string }) => (type.endsWith(".delta") ? (delta ?? "?") : ""),
  stops: {
    text: "completed message output_text",
    call: "completed function_call undefined",
    truncated: "incomplete message output_text",
    refusal: "completed message refusal",
  },
  error: (status) => ({
    error: {
      message: expect.any(String),
      type: { 400: "invalid_request_error", 429: "requests" }[status] ?? "server_error",
      param: null,
      code: status === 429 ? "rate_limit_exceeded" : null,
    },
  }),
  lastEvent: /^event: response\.completed\ndata: .*\n\n$/,
};

interface AnthropicAnswer {
  content: { text?: string; input?: object }[];
  stop_reason: string;
}

export const anthropic: WireOf = {
  name: "Anthropic messages",
  path: () => "/v1/messages",
  body: ({ model, prompt, stream, tools }) => ({
    model,
    max_tokens: 100,
    messages: [{ role: "user", content: [{ type: "text", text: prompt }] }],
    stream,
    ...(tools && { tools: [{ name: TOOL.name, input_schema: TOOL.parameters }] }),
  }),
  read: ({ content: [block], stop_reason: stopped }: AnthropicAnswer) => ({
    said: block?.text ?? (block?.input === undefined ? "" : JSON.stringify(block.input)),
    stopped,
  }),
  piece: ({ delta }: { delta?: { text?: string; partial_json?: string } }) => delta?.text ?? delta?.partial_json ?? "",
  stops: { text: "end_turn", call: "tool_use", truncated: "max_tokens", refusal: "refusal" },
  error: (status) => ({
    type: "error",
    error: {
      type: { 400: "invalid_request_error", 429: "rate_limit_error" }[status] ?? "api_error",
      message: expect.any(String),
    },
    request_id: expect.stringMatching(/^req_/),
  }),
  lastEvent: /^event: message_stop\ndata: \{"type":"message_stop"\}\n\n$/,
};

export interface GeminiAnswer {
  candidates: { content?: { parts: { text?: string; functionCall?: { args: object } }[] }; finishReason?: string }[];
}

export function readGemini({ candidates: [candidate] }: GeminiAnswer) {
  const part = candidate?.content?.parts[0];
  const args = part?.functionCall?.args;
  return { said: part?.text ?? (args === undefined ? "" : JSON.stringify(args)), stopped: candidate?.finishReason };
}

export const gemini: WireOf = {
  name: "Gemini generateContent",
  path: (model, stream) => `/v1beta/models/${model}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  body: ({ prompt, tools }) => ({
    contents: [{ parts: [{ text: prompt }] }],
    ...(tools && { tools: [{ functionDeclarations: [TOOL] }] }),
  }),
  read: readGemini,
  piece: (event: GeminiAnswer) => readGemini(event).said,
  stops: { text: "STOP", call: "STOP", truncated: "MAX_TOKENS", refusal: "SAFETY" },
  error: (status) => ({
    error: {
      code: status,
      message: expect.any(String),
      status: { 400: "INVALID_ARGUMENT", 429: "RESOURCE_EXHAUSTED" }[status] ?? "INTERNAL",
    },
  }),
  lastEvent: /^data: .*"finishReason":"STOP".*\r\n\r\n$/,
};

/** POSTs, unless another method is given; a string is sent as it is. */
export async function send(
  address: string,
  body: unknown,
  method = "POST",
): Promise<{ response: Response; text: string }> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(address, { method, body: text });
  return { response, text: await response.text() };
}

export async function sendJson<T = Fields>(address: string, body: unknown): Promise<T> {
  return JSON.parse((await send(address, body)).text) as T;
}
