/**
 * What the stand-in answers, whatever format it is asked in: a fault that the model's name asks for, a tool call, a text
 * it was taught, or a short text about the last message. The same question gets the same answer.
 *
 *     standin-error-400 -429 -500   an error of that status
 *     standin-cut                   half of the answer, then the line breaks
 *     standin-slow                  50 ms between chunks
 *     standin-truncated             it stops as at a limit of tokens
 *     standin-refusal               it refuses
 *     standin-empty                 no text
 */
import { createHash, randomBytes } from "node:crypto";
import { StandinError } from "./standin-request.ts";
import { chooseToolCall, type ToolCall, type ToolQuestion } from "./standin-tools.ts";

/** A request, as far as the answer depends on it. */
export interface Question extends ToolQuestion {
  model: string;
  /** The last message, where it is a tool's result: the answer is about it. */
  toolResult?: string | undefined;
  /** How many answers are wanted. */
  choices: number;
  /** Everything that counts as input tokens. */
  input: unknown;
}

export type Reply =
  | { kind: "text"; text: string; truncated: boolean }
  | { kind: "refusal"; text: string }
  | { kind: "call"; id: string; call: ToolCall };

export interface Answer {
  /** One for each choice; at least one. */
  replies: [Reply, ...Reply[]];
  inputTokens: number;
  outputTokens: number;
  pauseMs: number;
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
export function answerQuestion(question: Question, recall: Recall): Answer {
  failIfAsked(question.model);
  const reply = (index: number) => replyTo({ question, recall, index });
  const further = Array.from({ length: question.choices - 1 }, (_, index) => reply(index + 1));
  const replies: Answer["replies"] = [reply(0), ...further];
  return {
    replies,
    inputTokens: tokensOf(JSON.stringify(question.input)),
    outputTokens: replies.reduce((sum, one) => sum + tokensOf(spokenText(one)), 0),
    pauseMs: question.model === "standin-slow" ? SLOW_PAUSE_MS : 0,
    cut: isCut(question.model),
  };
}

export function isCut(model: string): boolean {
  return model === "standin-cut";
}

/** @throws StandinError for standin-error-400, -429 and -500 */
export function failIfAsked(model: string): void {
  const status = Number(/^standin-error-(400|429|500)$/.exec(model)?.[1] ?? 0);
  if (status === 429) {
    const message = "Rate limit reached, as was asked for; try again in 1 s";
    throw new StandinError({ status, type: "requests", code: "rate_limit_exceeded", message });
  }
  if (status === 400) {
    throw new StandinError({ status, type: "invalid_request_error", message: "Bad request, as was asked for" });
  }
  if (status === 500) {
    throw new StandinError({ status, type: "server_error", message: "The server had an error, as was asked for" });
  }
}

/** A text as a stream brings it: in words, never cut within a surrogate pair. */
export function piecesOf(text: string): string[] {
  return text.match(/\s*\S{1,12}|\s+$/gu) ?? [];
}

/** A call's arguments as a stream brings them. */
export function argumentPiecesOf(call: ToolCall): string[] {
  return call.arguments.match(/.{1,8}/gsu) ?? [];
}

/** A rough count: four characters a token. */
export function tokensOf(text: string): number {
  return Math.ceil(text.length / 4);
}

const REFUSAL = "I'm sorry, but I can't help with that.";

function replyTo(options: { question: Question; recall: Recall; index: number }): Reply {
  const { question, recall, index } = options;
  const { model, asked } = question;
  if (model === "standin-refusal") return { kind: "refusal", text: REFUSAL };
  if (model === "standin-empty") return { kind: "text", text: "", truncated: false };
  const call = chooseToolCall(question);
  if (call !== undefined) return { kind: "call", id: `call_${randomBytes(12).toString("hex")}`, call };
  const text = recall(model, asked) ?? say(question, index);
  const truncated = model === "standin-truncated";
  return { kind: "text", text: truncated ? text.slice(0, Math.ceil(text.length / 2)) : text, truncated };
}

/** What counts as output: the text, or a call as OpenAI's chat API writes it. */
function spokenText(reply: Reply): string {
  if (reply.kind !== "call") return reply.text;
  return JSON.stringify([{ id: reply.id, type: "function", function: reply.call }]);
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

/** Three sentences, chosen by the question (and, with several choices, by the choice's number). */
function say({ asked, toolResult }: Question, index: number): string {
  const told = toolResult ?? asked;
  const topic = told.replace(/\s+/g, " ").trim().slice(0, TOPIC_CHARS_MAX).toWellFormed() || "nothing in particular";
  const [a = 0, b = 0, c = 0] = createHash("sha256").update(`${asked}\0${index}`).digest();
  const pick = (list: readonly string[], at: number) => list[at % list.length] ?? "";
  return `${pick(OPENINGS, a + index)} “${topic}”: ${pick(MIDDLES, b)} ${pick(CLOSINGS, c)}`;
}
