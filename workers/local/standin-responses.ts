/**
 * OpenAI's Responses API, as JSON and as a stream of numbered events, which ends without a `[DONE]`.
 * https://platform.openai.com/docs/api-reference/responses
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
import { openAiErrorBody } from "./standin-openai.ts";
import { readBody, textOf } from "./standin-request.ts";
import { isRecord, type ToolChoice } from "./standin-tools.ts";

/** Items of other types (reasoning, a provider's own tools) have neither role nor output. */
const itemSchema = z.looseObject({
  type: z.string().optional(),
  role: z.string().optional(),
  content: z.unknown().optional(),
  output: z.unknown().optional(),
});
const toolSchema = z.looseObject({ type: z.string(), name: z.string().optional(), parameters: z.unknown().optional() });
const requestSchema = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(itemSchema).min(1)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  tools: z.array(toolSchema).nullish(),
  tool_choice: z.unknown().optional(),
});

type ResponsesRequest = z.infer<typeof requestSchema>;

export const responsesFormat: StandinFormat = {
  pathForms: ["…/responses"],
  takes: (path) => path.endsWith("/responses"),
  answer({ body, recall }) {
    const request = readBody(body, requestSchema);
    const answer = answerQuestion(questionOf(request), recall);
    const { pauseMs, cut } = answer;
    const made = makeResponse(request, answer);
    if (request.stream !== true) return { json: made.response, contentType: "application/json", cut };
    return { events: eventsOf(made), contentType: "text/event-stream; charset=utf-8", pauseMs, cut };
  },
  errorBody: openAiErrorBody,
  requestIdHeader: "x-request-id",
};

function questionOf({ model, input, instructions, tools, tool_choice: choice }: ResponsesRequest): Question {
  const items = typeof input === "string" ? [{ role: "user", content: input }] : input;
  const last: z.infer<typeof itemSchema> | undefined = items.at(-1);
  return {
    model,
    asked: textOf(items.findLast(({ role }) => role === "user")?.content),
    toolResult: last?.type === "function_call_output" ? textOf(last.output) : undefined,
    userSpokeLast: last?.role === "user",
    tools: (tools ?? []).flatMap(({ type, name, parameters }) =>
      type === "function" && name !== undefined ? [{ name, schema: parameters ?? undefined }] : [],
    ),
    toolChoice: toolChoiceOf(choice),
    choices: 1,
    input: [instructions, input],
  };
}

/** `{"type":"function","name"}` names the tool. */
function toolChoiceOf(choice: unknown): ToolChoice {
  if (choice === "none" || choice === "required") return choice;
  return isRecord(choice) && typeof choice.name === "string" ? { name: choice.name } : "auto";
}

interface MadeResponse {
  /** As it is when all is over. */
  response: { status: string; output: OutputItem[]; [field: string]: unknown };
  reply: Reply;
}

type OutputItem = Record<string, unknown> & { id: string; status: string };

function makeResponse(request: ResponsesRequest, answer: Answer): MadeResponse {
  const reply = answer.replies[0];
  const truncated = reply.kind === "text" && reply.truncated;
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const status = truncated ? "incomplete" : "completed";
  return {
    reply,
    response: {
      id: `resp_${randomBytes(24).toString("hex")}`,
      object: "response",
      created_at: nowSeconds,
      status,
      completed_at: truncated ? null : nowSeconds,
      error: null,
      incomplete_details: truncated ? { reason: "max_output_tokens" } : null,
      model: request.model,
      output: [outputItemOf(reply, status)],
      usage: usageOf(answer),
      ...echoOf(request),
    },
  };
}

function outputItemOf(reply: Reply, status: string): OutputItem {
  const id = randomBytes(24).toString("hex");
  if (reply.kind === "call") {
    return { id: `fc_${id}`, type: "function_call", status, call_id: reply.id, ...reply.call };
  }
  return { id: `msg_${id}`, type: "message", status, role: "assistant", content: [partOf(reply, reply.text)] };
}

function partOf({ kind }: Reply, text: string): object {
  return kind === "refusal"
    ? { type: "refusal", refusal: text }
    : { type: "output_text", annotations: [], logprobs: [], text };
}

/** What an answer repeats of its request, and the defaults of what the request left out. */
function echoOf(request: ResponsesRequest): object {
  const tools = (request.tools ?? []).map((tool) => (tool.type === "function" ? { strict: true, ...tool } : tool));
  return {
    background: false,
    frequency_penalty: 0,
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: null,
    metadata: request.metadata ?? {},
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    presence_penalty: 0,
    previous_response_id: request.previous_response_id ?? null,
    prompt_cache_key: null,
    prompt_cache_retention: null,
    reasoning: { effort: "none", summary: null },
    safety_identifier: null,
    service_tier: "default",
    store: request.store ?? true,
    temperature: request.temperature ?? 1,
    text: request.text ?? { format: { type: "text" }, verbosity: "medium" },
    tool_choice: request.tool_choice ?? "auto",
    tools,
    top_logprobs: 0,
    top_p: request.top_p ?? 1,
    truncation: "disabled",
    user: null,
  };
}

function usageOf({ inputTokens, outputTokens }: Answer): object {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: inputTokens + outputTokens,
  };
}

/** Begun, the one output item piece by piece, over: every event says its type twice and has its number. */
function eventsOf({ response, reply }: MadeResponse): string[] {
  const begun = {
    ...response,
    status: "in_progress",
    completed_at: null,
    incomplete_details: null,
    output: [],
    usage: null,
  };
  const [item] = response.output;
  const events = [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
    ...(item === undefined ? [] : itemEvents(item, reply)),
    { type: `response.${response.status}`, response },
  ];
  return events.map((event, at) => {
    const data = JSON.stringify({ ...event, sequence_number: at });
    return `event: ${event.type}\ndata: ${data}\n\n`;
  });
}

type StreamEvent = { type: string; [field: string]: unknown };

function itemEvents(item: OutputItem, reply: Reply): StreamEvent[] {
  const empty = reply.kind === "call" ? { arguments: "" } : { content: [] };
  return [
    { type: "response.output_item.added", output_index: 0, item: { ...item, status: "in_progress", ...empty } },
    ...(reply.kind === "call" ? callEvents(item, reply) : textEvents(item, reply)),
    { type: "response.output_item.done", output_index: 0, item },
  ];
}

function callEvents({ id }: OutputItem, { call }: Reply & { kind: "call" }): StreamEvent[] {
  const place = { item_id: id, output_index: 0 };
  const type = "response.function_call_arguments";
  return [
    ...argumentPiecesOf(call).map((delta) => ({ type: `${type}.delta`, ...place, delta })),
    { type: `${type}.done`, ...place, arguments: call.arguments },
  ];
}

function textEvents({ id }: OutputItem, reply: Exclude<Reply, { kind: "call" }>): StreamEvent[] {
  const place = { item_id: id, output_index: 0, content_index: 0 };
  const [type, done] =
    reply.kind === "refusal"
      ? ["response.refusal", { refusal: reply.text }]
      : ["response.output_text", { text: reply.text, logprobs: [] }];
  const withLogprobs = reply.kind === "text" && { logprobs: [] };
  return [
    { type: "response.content_part.added", ...place, part: partOf(reply, "") },
    ...piecesOf(reply.text).map((delta) => ({ type: `${type}.delta`, ...place, delta, ...withLogprobs })),
    { type: `${type}.done`, ...place, ...done },
    { type: "response.content_part.done", ...place, part: partOf(reply, reply.text) },
  ];
}
