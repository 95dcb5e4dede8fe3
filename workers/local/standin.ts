/**
 * A stand-in for a provider, so that winnow answers with no account anywhere: OpenAI's chat completions, as JSON and as
 * event streams. What it answers is in standin-behaviour.ts; in front of the paths there may be anything (`/v1`).
 *
 *     POST …/chat/completions
 *     GET  …/models
 *     PUT  …/replay   {"answers":[{"prompt","model","text"}], "reset"?: true}   teaches it what to answer
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { answerChat, STANDIN_MODELS } from "./standin-behaviour.ts";
import { StandinMemory } from "./standin-memory.ts";
import { readChatRequest, readReplay, StandinError } from "./standin-request.ts";
import { cutLine, streamAnswer } from "./standin-stream.ts";

export interface Standin {
  url: string;
  /** Its entry in PROVIDERS. */
  provider: { baseUrl: string; format: "openai" };
  /** Breaks what is still open. */
  stop(): Promise<void>;
}

const BODY_BYTES_MAX = 100 * 1024 * 1024;

/** @param options port 0: any free one; @throws when the port is taken */
export async function startStandin(options: { port: number }): Promise<Standin> {
  const memory = new StandinMemory();
  const server = createServer((request, response) => {
    serve({ request, response, memory }).catch((error: unknown) => sendError(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url, provider: { baseUrl: url, format: "openai" }, stop };
}

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  memory: StandinMemory;
}

async function serve(call: Call): Promise<void> {
  const { request, response, memory } = call;
  const path = (request.url ?? "").split("?")[0] ?? "";
  const body = await readBody(request);
  response.setHeader("x-request-id", `req_${randomBytes(12).toString("hex")}`);
  if (request.method === "POST" && path.endsWith("/chat/completions")) return complete(call, body);
  if (request.method === "GET" && path.endsWith("/models")) return listModels(response);
  if (request.method === "PUT" && path.endsWith("/replay")) {
    const replay = readReplay(body);
    memory.learn(replay);
    return sendJson(response, 200, { learned: replay.answers.length, known: memory.size });
  }
  const message = `the stand-in knows no ${request.method} ${path}; it has …/chat/completions, …/models and …/replay`;
  throw new StandinError({ status: 404, type: "invalid_request_error", code: "unknown_url", message });
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let total = 0;
    request.on("data", (chunk: Buffer) => {
      total += chunk.length;
      if (total <= BODY_BYTES_MAX) return void chunks.push(chunk);
      chunks.length = 0; // the rest is read and thrown away: a client that still sends would not see the answer
      const message = `the body is over ${BODY_BYTES_MAX} bytes`;
      reject(new StandinError({ status: 413, type: "invalid_request_error", message }));
    });
    request.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    request.on("error", reject);
  });
}

async function complete({ response, memory }: Call, body: string): Promise<void> {
  const request = readChatRequest(body);
  const answer = answerChat(request, (model, prompt) => memory.recall(model, prompt));
  const id = `chatcmpl-${randomBytes(15).toString("base64url")}`;
  const head = { id, created: Math.floor(Date.now() / 1_000), model: request.model };
  const withUsage = request.stream_options?.include_usage === true;
  if (request.stream === true) return streamAnswer({ response, answer, head, withUsage });
  const choices = answer.choices.map(({ message, finishReason }, index) => ({
    index,
    message,
    logprobs: null,
    finish_reason: finishReason,
  }));
  const completion = {
    ...head,
    choices,
    usage: answer.usage,
    service_tier: "default",
    system_fingerprint: "fp_standin",
  };
  const text = JSON.stringify({ object: "chat.completion", ...completion });
  if (!answer.cut) return sendText(response, 200, text);
  response.writeHead(200, jsonHeaders(text));
  response.write(text.slice(0, text.length / 2));
  return cutLine(response);
}

function listModels(response: ServerResponse): void {
  const data = STANDIN_MODELS.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "winnow" }));
  sendJson(response, 200, { object: "list", data });
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  sendText(response, status, JSON.stringify(body));
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, jsonHeaders(text));
  response.end(text);
}

function jsonHeaders(text: string): Record<string, string | number> {
  return { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
}

function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const known =
    error instanceof StandinError
      ? error
      : new StandinError({ status: 500, type: "server_error", message: String(error) });
  const { status, message, type, param, code } = known;
  if (status === 429) response.setHeader("retry-after", "1");
  sendJson(response, status, { error: { message, type, param, code } });
}
