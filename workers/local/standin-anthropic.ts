/**
 * Anthropic's messages, as JSON and as a stream of named events from message_start to message_stop.
 * https://docs.claude.com/en/api/messages
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
import { readBody, type StandinError, textOf } from "./standin-request.ts";
import { isRecord, type ToolChoice } from "./standin-tools.ts";

const requestSchema = z.looseObject({
  model: z.string().min(1),
  max_tokens: z.int().min(1),
  messages: z.array(z.looseObject({ role: z.enum(["user", "assistant", "system"]), content: z.unknown() })).min(1),
  system: z.unknown().optional(),
  stream: z.boolean().nullish(),
  tools: z.array(z.looseObject({ name: z.string().min(1), input_schema: z.unknown().optional() })).nullish(),
  tool_choice: z.unknown().optional(),
});

type MessagesRequest = z.infer<typeof requestSchema>;

export const anthropicFormat: StandinFormat = {
  pathForms: ["…/messages"],
  takes: (path) => path.endsWith("/messages"),
  answer({ body, recall }) {
    const request = readBody(body, requestSchema);
    const answer = answerQuestion(questionOf(request), recall);
    const { pauseMs, cut } = answer;
    if (request.stream !== true) return { json: messageOf(request, answer), contentType: "application/json", cut };
    return { events: eventsOf(request, answer), contentType: "text/event-stream; charset=utf-8", pauseMs, cut };
  },
  errorBody: (error, requestId) => ({
    type: "error",
    error: { type: errorTypeOf(error), message: error.message },
    request_id: requestId,
  }),
  requestIdHeader: "request-id",
};

/** https://docs.claude.com/en/api/errors */
const ERROR_TYPES: ReadonlyMap<number, string> = new Map([
  [400, "invalid_request_error"],
  [404, "not_found_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
]);

function errorTypeOf({ status }: StandinError): string {
  return ERROR_TYPES.get(status) ?? "api_error";
}

function questionOf({ model, messages, system, tools, tool_choice: choice }: MessagesRequest): Question {
  const last = messages.at(-1);
  const toolResult = toolResultOf(last?.content);
  return {
    model,
    asked: textOf(messages.findLast(({ role, content }) => role === "user" && textOf(content) !== "")?.content),
    toolResult,
    userSpokeLast: last?.role === "user" && toolResult === undefined,
    tools: (tools ?? []).flatMap((tool) => (tool.input_schema ? [{ name: tool.name, schema: tool.input_schema }] : [])),
    toolChoice: toolChoiceOf(choice),
    choices: 1,
    input: [system, ...messages.map(({ content }) => content)],
  };
}

/** A user's message brings it, as a block. */
function toolResultOf(content: unknown): string | undefined {
  if (!Array.isArray(content)) return undefined;
  const result: unknown = content.findLast((block: unknown) => isRecord(block) && block.type === "tool_result");
  return isRecord(result) ? textOf(result.content) : undefined;
}

/** `{"type":"tool","name"}` names the tool; "any" is OpenAI's "required". */
function toolChoiceOf(choice: unknown): ToolChoice {
  if (!isRecord(choice)) return "auto";
  if (choice.type === "any") return "required";
  if (choice.type === "none") return "none";
  return choice.type === "tool" && typeof choice.name === "string" ? { name: choice.name } : "auto";
}

function messageOf(request: MessagesRequest, answer: Answer): object {
  const reply = answer.replies[0];
  return {
    ...headOf(request.model),
    content: contentOf(reply),
    stop_reason: stopReasonOf(reply),
    stop_sequence: null,
    stop_details: null,
    usage: usageOf(answer.inputTokens, answer.outputTokens),
  };
}

function headOf(model: string): object {
  return { id: `msg_${randomBytes(12).toString("hex")}`, type: "message", role: "assistant", model };
}

/** One block, or none where there is no text. */
function contentOf(reply: Reply): object[] {
  if (reply.kind !== "call") return reply.text === "" ? [] : [{ type: "text", text: reply.text }];
  return [
    { type: "tool_use", id: toolUseId(reply.id), name: reply.call.name, input: JSON.parse(reply.call.arguments) },
  ];
}

function toolUseId(id: string): string {
  return id.replace(/^call_/, "toolu_");
}

function stopReasonOf(reply: Reply): string {
  if (reply.kind === "call") return "tool_use";
  if (reply.kind === "refusal") return "refusal";
  return reply.truncated ? "max_tokens" : "end_turn";
}

function usageOf(inputTokens: number, outputTokens: number): object {
  return {
    input_tokens: inputTokens,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
    output_tokens: outputTokens,
    service_tier: "standard",
    inference_geo: "not_available",
  };
}

function eventsOf(request: MessagesRequest, { replies: [reply], inputTokens, outputTokens }: Answer): string[] {
  const stop = { stop_sequence: null, stop_details: null };
  const begun = { ...headOf(request.model), content: [], stop_reason: null, ...stop, usage: usageOf(inputTokens, 1) };
  const counted = { input_tokens: inputTokens, cache_creation_input_tokens: 0, cache_read_input_tokens: 0 };
  const events = [
    { type: "message_start", message: begun },
    { type: "ping" },
    ...blockEvents(reply),
    {
      type: "message_delta",
      delta: { stop_reason: stopReasonOf(reply), ...stop },
      usage: { ...counted, output_tokens: outputTokens },
    },
    { type: "message_stop" },
  ];
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

function blockEvents(reply: Reply): { type: string; [field: string]: unknown }[] {
  if (reply.kind !== "call" && reply.text === "") return [];
  return [
    { type: "content_block_start", index: 0, content_block: emptyBlockOf(reply) },
    ...deltasOf(reply).map((delta) => ({ type: "content_block_delta", index: 0, delta })),
    { type: "content_block_stop", index: 0 },
  ];
}

function emptyBlockOf(reply: Reply): object {
  if (reply.kind !== "call") return { type: "text", text: "" };
  return { type: "tool_use", id: toolUseId(reply.id), name: reply.call.name, input: {} };
}

/** A call's first piece is an empty one, as with the real API. */
function deltasOf(reply: Reply): object[] {
  if (reply.kind !== "call") return piecesOf(reply.text).map((text) => ({ type: "text_delta", text }));
  const pieces = ["", ...argumentPiecesOf(reply.call)];
  return pieces.map((piece) => ({ type: "input_json_delta", partial_json: piece }));
}
