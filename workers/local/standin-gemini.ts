/**
 * Gemini's generateContent and streamGenerateContent. With `?alt=sse` the stream is events whose lines end in CRLF;
 * without it a JSON array that grows. The model's name is in the path.
 * https://ai.google.dev/api/generate-content
 */
import { randomBytes } from "node:crypto";
import * as z from "zod";
import { type Answer, answerQuestion, piecesOf, type Question, type Reply } from "./standin-behaviour.ts";
import type { StandinFormat } from "./standin-format.ts";
import { readBody, textOf } from "./standin-request.ts";
import { isRecord, type Tool, type ToolChoice } from "./standin-tools.ts";

const CANDIDATES_MAX = 8;
const JSON_TYPE = "application/json; charset=UTF-8";

const declarationSchema = z.looseObject({
  name: z.string().min(1),
  parameters: z.unknown().optional(),
  parametersJsonSchema: z.unknown().optional(),
});
const requestSchema = z.looseObject({
  contents: z.array(z.looseObject({ role: z.string().optional(), parts: z.array(z.looseObject({})) })).min(1),
  systemInstruction: z.unknown().optional(),
  generationConfig: z.looseObject({ candidateCount: z.int().min(1).max(CANDIDATES_MAX).optional() }).optional(),
  tools: z.array(z.looseObject({ functionDeclarations: z.array(declarationSchema).optional() })).optional(),
  toolConfig: z.unknown().optional(),
});

type GenerateRequest = z.infer<typeof requestSchema>;

const PATH = /\/models\/([^/:]+):(generateContent|streamGenerateContent)$/;

export const geminiFormat: StandinFormat = {
  pathForms: ["…/models/{model}:generateContent", "…/models/{model}:streamGenerateContent"],
  takes: (path) => PATH.test(path),
  answer({ path, query, body, recall }) {
    const [, model = "", method] = PATH.exec(path) ?? [];
    const answer = answerQuestion(questionOf(model, readBody(body, requestSchema)), recall);
    const { pauseMs, cut } = answer;
    if (method === "generateContent") return { json: wholeOf(model, answer), contentType: JSON_TYPE, cut };
    const chunks = chunksOf(model, answer).map((chunk) => JSON.stringify(chunk));
    if (query.get("alt") !== "sse") return { events: asArray(chunks), contentType: JSON_TYPE, pauseMs, cut };
    const events = chunks.map((chunk) => `data: ${chunk}\r\n\r\n`);
    return { events, contentType: "text/event-stream", pauseMs, cut };
  },
  errorBody: ({ status, message }) => ({
    error: { code: status, message, status: STATUS_NAMES.get(status) ?? "INTERNAL" },
  }),
  requestIdHeader: "x-request-id",
};

/** https://cloud.google.com/apis/design/errors */
const STATUS_NAMES: ReadonlyMap<number, string> = new Map([
  [400, "INVALID_ARGUMENT"],
  [404, "NOT_FOUND"],
  [413, "INVALID_ARGUMENT"],
  [429, "RESOURCE_EXHAUSTED"],
]);

function questionOf(model: string, request: GenerateRequest): Question {
  const { contents, systemInstruction, generationConfig, tools, toolConfig } = request;
  const last = contents.at(-1);
  const toolResult = toolResultOf(last?.parts ?? []);
  const isUsers = ({ role = "user" }: { role?: string | undefined }) => role === "user";
  return {
    model,
    asked: textOf(contents.findLast((content) => isUsers(content) && textOf(content.parts).trim() !== "")?.parts),
    toolResult,
    userSpokeLast: last !== undefined && isUsers(last) && toolResult === undefined,
    tools: (tools ?? []).flatMap(({ functionDeclarations: declared }) => (declared ?? []).map(toolOf)),
    toolChoice: toolChoiceOf(toolConfig),
    choices: generationConfig?.candidateCount ?? 1,
    input: [systemInstruction, ...contents.map(({ parts }) => parts)],
  };
}

function toolOf({ name, parameters, parametersJsonSchema }: z.infer<typeof declarationSchema>): Tool {
  return { name, schema: parametersJsonSchema ?? parameters };
}

function toolResultOf(parts: readonly Record<string, unknown>[]): string | undefined {
  const result = parts.findLast((part) => isRecord(part.functionResponse))?.functionResponse;
  return isRecord(result) ? JSON.stringify(result.response) : undefined;
}

/** ANY with one allowed name is that tool. */
function toolChoiceOf(toolConfig: unknown): ToolChoice {
  const config = isRecord(toolConfig) ? toolConfig.functionCallingConfig : undefined;
  if (!isRecord(config)) return "auto";
  if (config.mode === "NONE") return "none";
  if (config.mode !== "ANY") return "auto";
  const [name] = Array.isArray(config.allowedFunctionNames) ? (config.allowedFunctionNames as unknown[]) : [];
  return typeof name === "string" ? { name } : "required";
}

function wholeOf(model: string, answer: Answer): object {
  const candidates = answer.replies.map((reply, index) => ({
    ...(reply.kind !== "refusal" && { content: contentOf(wholePartOf(reply)) }),
    ...endOf(reply),
    index,
  }));
  return { candidates, usageMetadata: usageOf(answer, answer.outputTokens), ...tailOf(model) };
}

/** One part a chunk; the last of a candidate says how it ended, and every one counts its tokens so far. */
function chunksOf(model: string, answer: Answer): object[] {
  const tail = tailOf(model);
  const perCandidate = answer.replies.map((reply, index) => candidateChunks(reply, index));
  const rounds = Math.max(...perCandidate.map(({ length }) => length));
  return Array.from({ length: rounds }, (_, round) => {
    const tokensSoFar = Math.ceil((answer.outputTokens * (round + 1)) / rounds);
    const candidates = perCandidate.flatMap((chunks) => chunks[round] ?? []);
    return { candidates, usageMetadata: usageOf(answer, tokensSoFar), ...tail };
  });
}

function candidateChunks(reply: Reply, index: number): object[] {
  if (reply.kind === "refusal") return [{ ...endOf(reply), index }];
  const pieces = reply.kind === "text" ? piecesOf(reply.text).map((text) => ({ text })) : [wholePartOf(reply)];
  const parts = pieces.length === 0 ? [{ text: "" }] : pieces;
  return parts.map((part, at) => ({
    content: contentOf(part),
    ...(at === parts.length - 1 && endOf(reply)),
    index,
  }));
}

function contentOf(part: object): object {
  return { parts: [part], role: "model" };
}

function wholePartOf(reply: Exclude<Reply, { kind: "refusal" }>): object {
  if (reply.kind === "text") return { text: reply.text };
  const { name, arguments: text } = reply.call;
  return { functionCall: { name, args: JSON.parse(text), id: reply.id.slice(-8) } };
}

/** A refusal has no content: the answer was withheld. */
function endOf(reply: Reply): object {
  if (reply.kind === "refusal") return { finishReason: "SAFETY" };
  return { finishReason: reply.kind === "text" && reply.truncated ? "MAX_TOKENS" : "STOP" };
}

function usageOf({ inputTokens }: Answer, outputTokens: number): object {
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens,
    totalTokenCount: inputTokens + outputTokens,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: inputTokens }],
    serviceTier: "standard",
  };
}

function tailOf(model: string): object {
  return { modelVersion: model, responseId: randomBytes(16).toString("base64url") };
}

function asArray(chunks: readonly string[]): string[] {
  return chunks.map((chunk, at) => `${at === 0 ? "[" : ",\r\n"}${chunk}${at === chunks.length - 1 ? "]" : ""}`);
}
