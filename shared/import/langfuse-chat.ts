/** Input and output of a Langfuse generation, which may have any form, as the request and the answer of a chat call. */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { jsonIn, objectIn } from "./foreign-fields.ts";
import type { Read } from "./import-line.ts";

/** What Langfuse's SDKs log of a request beside its messages. */
const OF_INPUT = ["tools", "tool_choice", "functions", "response_format"] as const;

export function chatRequest(options: { observation: JsonObject; model: string | undefined }): Read<JsonObject> {
  const { observation, model } = options;
  const input = jsonIn(observation.input);
  const messages = messagesIn(input);
  if (messages === undefined) return { ok: false, reason: "input holds no messages and no text" };
  const fields = isObject(input) ? OF_INPUT.filter((name) => input[name] !== undefined) : [];
  const parameters = objectIn(observation.modelParameters ?? observation.model_parameters) ?? {};
  const request = {
    ...Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== null)),
    ...(model !== undefined && { model }),
    messages,
    ...(isObject(input) && Object.fromEntries(fields.map((name) => [name, input[name]]))),
  };
  return { ok: true, value: request };
}

export function chatResponse(options: {
  observation: JsonObject;
  model: string | undefined;
  id: string | undefined;
}): Read<JsonObject> {
  const { observation, model, id } = options;
  const output = jsonIn(observation.output);
  if (isObject(output) && Array.isArray(output.choices)) return { ok: true, value: output };
  const message = answerIn(output);
  if (message === undefined) return { ok: false, reason: "output holds no message and no text" };
  const calls = Array.isArray(message.tool_calls) && message.tool_calls.length > 0;
  const usage = usageOf(observation);
  const response = {
    ...(id !== undefined && { id }),
    object: "chat.completion",
    ...(model !== undefined && { model }),
    choices: [{ index: 0, message, finish_reason: calls ? "tool_calls" : "stop" }],
    ...(usage !== undefined && { usage }),
  };
  return { ok: true, value: response };
}

function messagesIn(input: Json | undefined): Json[] | undefined {
  if (typeof input === "string" && input.trim() !== "") return [{ role: "user", content: input }];
  const list = isObject(input) ? jsonIn(input.messages) : input;
  if (isMessage(input)) return [input];
  return Array.isArray(list) && list.length > 0 && list.every(isMessage) ? list : undefined;
}

function answerIn(output: Json | undefined): JsonObject | undefined {
  if (typeof output === "string" && output !== "") return { role: "assistant", content: output };
  const message = Array.isArray(output) && output.length === 1 ? output[0] : output;
  if (!isObject(message)) return undefined;
  if (typeof message.role === "string") return message.role === "assistant" ? message : undefined;
  const hasText = typeof message.content === "string";
  return hasText || Array.isArray(message.tool_calls) ? { ...message, role: "assistant" } : undefined;
}

function isMessage(value: Json | undefined): value is JsonObject {
  return isObject(value) && typeof value.role === "string";
}

/** By OpenAI's names; Langfuse has had three of its own. */
function usageOf(observation: JsonObject): JsonObject | undefined {
  const details = objectIn(observation.usageDetails ?? observation.usage_details) ?? objectIn(observation.usage) ?? {};
  const [input, output] = [
    details.input ?? details.prompt_tokens ?? details.promptTokens,
    details.output ?? details.completion_tokens ?? details.completionTokens,
  ].map(Number);
  if (input === undefined || output === undefined || !(input + output > 0)) return undefined;
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
}
