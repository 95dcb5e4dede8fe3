/**
 * What the stand-in answers: a fault that the model's name asks for, a tool call, a text it was taught, or a short text
 * about the last message. The same question gets the same answer.
 *
 *     standin-error-400 -429 -500   an error of that status
 *     standin-cut                   half of the answer, then the line breaks
 *     standin-slow                  50 ms between chunks
 *     standin-truncated             finish_reason length
 *     standin-refusal               message.refusal
 *     standin-empty                 no text
 */
import { createHash, randomBytes } from "node:crypto";
import { type ChatRequest, StandinError } from "./standin-request.ts";
import { chooseToolCall, type ToolCall } from "./standin-tools.ts";

export interface Choice {
  message: Record<string, unknown>;
  /** The same message, as a stream brings it. */
  deltas: Record<string, unknown>[];
  finishReason: string;
}

export interface ChatAnswer {
  choices: Choice[];
  usage: object;
  chunkPauseMs: number;
  cut: boolean;
}

/** The text that was taught for this model and prompt. */
export type Recall = (model: string, prompt: string) => string | undefined;

export const STANDIN_MODELS = [
  "standin-1",
  "standin-error-400",
  "standin-error-429",
  "standin-error-500",
  "standin-cut",
  "standin-slow",
  "standin-truncated",
  "standin-refusal",
  "standin-empty",
];

const SLOW_PAUSE_MS = 50;

/** @throws StandinError where the model's name asks for one */
export function answerChat(request: ChatRequest, recall: Recall): ChatAnswer {
  const { model, messages } = request;
  const status = /^standin-error-(400|429|500)$/.exec(model)?.[1];
  if (status !== undefined) throw errorOf(Number(status));
  const choices = Array.from({ length: request.n ?? 1 }, (_, index) => choiceOf({ request, recall, index }));
  return {
    choices,
    usage: usageOf(messages, choices),
    chunkPauseMs: model === "standin-slow" ? SLOW_PAUSE_MS : 0,
    cut: model === "standin-cut",
  };
}

function errorOf(status: number): StandinError {
  if (status === 429) {
    const message = "Rate limit reached, as was asked for; try again in 1 s";
    return new StandinError({ status, type: "requests", code: "rate_limit_exceeded", message });
  }
  if (status === 400) {
    return new StandinError({ status, type: "invalid_request_error", message: "Bad request, as was asked for" });
  }
  return new StandinError({ status, type: "server_error", message: "The server had an error, as was asked for" });
}

function choiceOf(options: { request: ChatRequest; recall: Recall; index: number }): Choice {
  const { request, recall, index } = options;
  const asked = lastUserText(request);
  if (request.model === "standin-refusal") return refusalChoice();
  if (request.model === "standin-empty") return textChoice("", "stop");
  const call = chooseToolCall(request, asked);
  if (call !== undefined) return callChoice(call);
  const text = recall(request.model, asked) ?? say({ request, asked, index });
  if (request.model === "standin-truncated") return textChoice(text.slice(0, Math.ceil(text.length / 2)), "length");
  return textChoice(text, "stop");
}

function textChoice(content: string, finishReason: string): Choice {
  const pieces = content.match(/\s*\S{1,12}|\s+$/gu) ?? []; // never within a surrogate pair
  return {
    message: { role: "assistant", content, refusal: null, annotations: [] },
    deltas: [{ role: "assistant", content: "", refusal: null }, ...pieces.map((piece) => ({ content: piece }))],
    finishReason,
  };
}

function refusalChoice(): Choice {
  const refusal = "I'm sorry, but I can't help with that.";
  return {
    message: { role: "assistant", content: null, refusal, annotations: [] },
    deltas: [
      { role: "assistant", content: null, refusal: "" },
      ...refusal.split(/(?= )/).map((refusal) => ({ refusal })),
    ],
    finishReason: "stop",
  };
}

function callChoice({ name, arguments: text }: ToolCall): Choice {
  const id = `call_${randomBytes(12).toString("hex")}`;
  const call = { id, type: "function", function: { name, arguments: text } };
  const opening = { index: 0, ...call, function: { name, arguments: "" } };
  const pieces = text.match(/.{1,8}/gsu) ?? [];
  return {
    message: { role: "assistant", content: null, tool_calls: [call], refusal: null, annotations: [] },
    deltas: [
      { role: "assistant", content: null, tool_calls: [opening], refusal: null },
      ...pieces.map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
    ],
    finishReason: "tool_calls",
  };
}

const OPENINGS = ["Here is what I can say about", "Thank you for asking about", "In short, about", "A few words on"];
const MIDDLES = [
  "the first thing is to check what is already known, and to write it down.",
  "it helps to take it one step at a time, and to start with the smallest.",
  "most of it can be settled today, and the rest needs one more look.",
  "nothing is lost so far, and the next step is a simple one.",
];
const CLOSINGS = [
  "Tell me if you would like more detail.",
  "You will hear the next step from us soon.",
  "Let me know which part matters most to you.",
  "I can go through it with you, point by point.",
];
const TOPIC_CHARS_MAX = 160;

/** Three sentences, chosen by the question (and, with n > 1, by the choice's number). */
function say(options: { request: ChatRequest; asked: string; index: number }): string {
  const { request, asked, index } = options;
  const last = request.messages.at(-1);
  const told = last?.role === "tool" && typeof last.content === "string" ? last.content : asked;
  const topic = told.replace(/\s+/g, " ").trim().slice(0, TOPIC_CHARS_MAX).toWellFormed() || "nothing in particular";
  const [a = 0, b = 0, c = 0] = createHash("sha256").update(`${asked}\0${index}`).digest();
  const pick = (list: readonly string[], at: number) => list[at % list.length] ?? "";
  return `${pick(OPENINGS, a + index)} “${topic}”: ${pick(MIDDLES, b)} ${pick(CLOSINGS, c)}`;
}

function lastUserText({ messages }: ChatRequest): string {
  const content = messages.findLast((message) => message.role === "user")?.content;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: unknown } | null) => (typeof part?.text === "string" ? part.text : "")).join(" ");
}

function usageOf(messages: ChatRequest["messages"], choices: readonly Choice[]): object {
  const promptTokens = tokensOf(JSON.stringify(messages.map(({ content }) => content)));
  const completionTokens = choices.reduce((sum, { message }) => {
    const { content, refusal, tool_calls: calls } = message;
    return sum + tokensOf(String(content ?? refusal ?? JSON.stringify(calls)));
  }, 0);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: 0, audio_tokens: 0 },
  };
}

/** A rough count: four characters a token. */
function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}
