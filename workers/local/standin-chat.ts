/**
 * OpenAI's chat completions, as JSON and as a stream: one `data:` line a chunk, the choices' chunks in turns, usage if
 * asked for, `[DONE]`. Azure OpenAI's are the same, under a path that may name the model instead of the body; Mistral's,
 * under /mistral/, bring a call in one chunk.
 * https://platform.openai.com/docs/api-reference/chat https://docs.mistral.ai/api
 */
import { randomBytes } from "node:crypto";
import * as z from "zod";
import {
  type Answer,
  answerQuestion,
  argumentPiecesOf,
  piecesOf,
  type Question,
  type Reply,
} from "./standin-behaviour.ts";
import type { StandinFormat } from "./standin-format.ts";
import { openAiErrorBody, withDeployment } from "./standin-openai.ts";
import { readBody, textOf } from "./standin-request.ts";
import { isRecord, type ToolChoice } from "./standin-tools.ts";

const CHOICES_MAX = 8;

const toolSchema = z.looseObject({
  function: z.looseObject({ name: z.string().min(1), parameters: z.record(z.string(), z.unknown()).optional() }),
});
const requestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown().optional() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.int().min(1).max(CHOICES_MAX).nullish(),
  tools: z.array(toolSchema).nullish(),
  tool_choice: z.unknown().optional(),
});

type ChatRequest = z.infer<typeof requestSchema>;

export const chatFormat: StandinFormat = {
  pathForms: ["…/chat/completions"],
  takes: (path) => path.endsWith("/chat/completions"),
  answer({ path, body, recall }) {
    const request = readBody(withDeployment(body, path), requestSchema);
    const answer = answerQuestion(questionOf(request), recall);
    const { pauseMs, cut } = answer;
    if (request.stream !== true) return { json: completionOf(request, answer), contentType: "application/json", cut };
    const wholeCalls = path.startsWith("/mistral/");
    return {
      events: eventsOf({ request, answer, wholeCalls }),
      contentType: "text/event-stream; charset=utf-8",
      pauseMs,
      cut,
    };
  },
  errorBody: openAiErrorBody,
  requestIdHeader: "x-request-id",
};

function questionOf(request: ChatRequest): Question {
  const { model, messages, tools } = request;
  const last = messages.at(-1);
  return {
    model,
    asked: textOf(messages.findLast(({ role }) => role === "user")?.content),
    toolResult: last?.role === "tool" && typeof last.content === "string" ? last.content : undefined,
    userSpokeLast: last?.role === "user",
    tools: (tools ?? []).map(({ function: { name, parameters } }) => ({ name, schema: parameters })),
    toolChoice: toolChoiceOf(request.tool_choice),
    choices: request.n ?? 1,
    input: messages.map(({ content }) => content),
  };
}

/** "any" is Mistral's word for "required"; `{"type":"function","function":{"name"}}` names the tool. */
function toolChoiceOf(choice: unknown): ToolChoice {
  if (choice === "none" || choice === "required") return choice;
  if (choice === "any") return "required";
  const named = isRecord(choice) && isRecord(choice.function) ? choice.function.name : undefined;
  return typeof named === "string" ? { name: named } : "auto";
}

function headOf(model: string, object: string): object {
  const id = `chatcmpl-${randomBytes(15).toString("base64url")}`;
  const created = Math.floor(Date.now() / 1_000);
  return { id, object, created, model, service_tier: "default", system_fingerprint: "fp_standin" };
}

function completionOf({ model }: ChatRequest, answer: Answer): object {
  const choices = answer.replies.map((reply, index) => ({
    index,
    message: messageOf(reply),
    logprobs: null,
    finish_reason: finishReasonOf(reply),
  }));
  return { ...headOf(model, "chat.completion"), choices, usage: usageOf(answer) };
}

function messageOf(reply: Reply): object {
  const rest = { refusal: null, annotations: [] };
  if (reply.kind === "text") return { role: "assistant", content: reply.text, ...rest };
  if (reply.kind === "refusal") return { role: "assistant", content: null, ...rest, refusal: reply.text };
  const call = { id: reply.id, type: "function", function: reply.call };
  return { role: "assistant", content: null, tool_calls: [call], ...rest };
}

function finishReasonOf(reply: Reply): string {
  if (reply.kind === "call") return "tool_calls";
  return reply.kind === "text" && reply.truncated ? "length" : "stop";
}

/** As with the real one, the chunks of several choices are mixed. */
function eventsOf(options: { request: ChatRequest; answer: Answer; wholeCalls: boolean }): string[] {
  const { request, answer, wholeCalls } = options;
  const withUsage = request.stream_options?.include_usage === true;
  const head = { ...headOf(request.model, "chat.completion.chunk"), ...(withUsage && { usage: null }) };
  const perChoice = answer.replies.map((reply, index) =>
    partsOf(reply, wholeCalls).map((part) => ({ index, ...part })),
  );
  const rounds = Math.max(...perChoice.map(({ length }) => length));
  const mixed = Array.from({ length: rounds }, (_, round) => perChoice.flatMap((parts) => parts[round] ?? [])).flat();
  const chunks: object[] = mixed.map((part) => ({ ...head, choices: [part] }));
  if (withUsage) chunks.push({ ...head, choices: [], usage: usageOf(answer) });
  return [...chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`), "data: [DONE]\n\n"];
}

/** The deltas, then an empty one with the finish reason. */
function partsOf(reply: Reply, wholeCalls: boolean): object[] {
  const parts = deltasOf(reply, wholeCalls).map((delta) => ({
    delta,
    logprobs: null,
    finish_reason: null as string | null,
  }));
  return [...parts, { delta: {}, logprobs: null, finish_reason: finishReasonOf(reply) }];
}

function deltasOf(reply: Reply, wholeCalls: boolean): object[] {
  if (reply.kind === "text") {
    const opening = { role: "assistant", content: "", refusal: null };
    return [opening, ...piecesOf(reply.text).map((content) => ({ content }))];
  }
  if (reply.kind === "refusal") {
    const opening = { role: "assistant", content: null, refusal: "" };
    return [opening, ...piecesOf(reply.text).map((refusal) => ({ refusal }))];
  }
  const { id, call } = reply;
  const begun = { index: 0, id, type: "function", function: wholeCalls ? call : { name: call.name, arguments: "" } };
  const opening = { role: "assistant", content: null, tool_calls: [begun], refusal: null };
  if (wholeCalls) return [opening];
  return [
    opening,
    ...argumentPiecesOf(call).map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
  ];
}

function usageOf({ inputTokens, outputTokens }: Answer): object {
  return {
    prompt_tokens: inputTokens,
    completion_tokens: outputTokens,
    total_tokens: inputTokens + outputTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}
