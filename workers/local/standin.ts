/**
 * A stand-in for the providers, so that winnow answers with no account anywhere. It speaks each of their formats, as JSON
 * and as event streams; what it answers is in standin-behaviour.ts. In front of the paths there may be anything (`/v1`).
 *
 *     POST …/chat/completions, …/responses, …/embeddings     OpenAI, and whoever speaks its format
 *     POST …/openai/deployments/{name}/…                     Azure OpenAI
 *     POST /mistral/…/chat/completions                       Mistral
 *     POST …/messages                                        Anthropic
 *     POST …/models/{model}:generateContent, :streamGenerateContent     Gemini
 *     GET  …/models
 *     PUT  …/replay   {"answers":[{"prompt","model","text"}], "reset"?: true}   teaches it what to answer
 */
import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { anthropicFormat } from "./standin-anthropic.ts";
import { STANDIN_MODELS } from "./standin-behaviour.ts";
import { chatFormat } from "./standin-chat.ts";
import { embeddingsFormat } from "./standin-embeddings.ts";
import type { StandinFormat } from "./standin-format.ts";
import { geminiFormat } from "./standin-gemini.ts";
import { StandinMemory } from "./standin-memory.ts";
import { readReplay, StandinError } from "./standin-request.ts";
import { responsesFormat } from "./standin-responses.ts";
import { sendAnswer, sendJson } from "./standin-stream.ts";

export interface Standin {
  url: string;
  /** Its entry in PROVIDERS, for OpenAI's formats. */
  provider: StandinAddress;
  /** Its entries in PROVIDERS, one for each way that a provider is spoken to. */
  providers: Record<StandinName, StandinAddress>;
  /** Breaks what is still open. */
  stop(): Promise<void>;
}

export interface StandinAddress {
  baseUrl: string;
  format: "openai" | "anthropic" | "google";
}

export type StandinName = "standin" | "standin-anthropic" | "standin-google" | "standin-azure" | "standin-mistral";

/** A call as the stand-in had it. */
export interface StandinSeen {
  /** With its query. */
  target: string;
  headers: IncomingMessage["headers"];
  body: string;
  /** Resolves when the line is free or gone: was all of the answer sent? */
  over: Promise<{ whole: boolean }>;
}

const BODY_BYTES_MAX = 100 * 1024 * 1024;
const FORMATS: readonly StandinFormat[] = [
  chatFormat,
  responsesFormat,
  embeddingsFormat,
  anthropicFormat,
  geminiFormat,
];

/**
 * @param options port 0: any free one; watch is told of every call before it is answered
 * @throws when the port is taken
 */
export async function startStandin(options: { port: number; watch?: (seen: StandinSeen) => void }): Promise<Standin> {
  const memory = new StandinMemory();
  // a line that waits is never closed from here: a client would lose the call that it sends on it at that moment
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    const call = { request, response, path, memory, watch: options.watch };
    serve(call).catch((error: unknown) => sendError(call, error));
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
  const provider: StandinAddress = { baseUrl: url, format: "openai" };
  const providers = {
    standin: provider,
    "standin-anthropic": { baseUrl: url, format: "anthropic" },
    "standin-google": { baseUrl: url, format: "google" },
    "standin-azure": provider,
    "standin-mistral": { baseUrl: `${url}/mistral`, format: "openai" },
  } satisfies Standin["providers"];
  return { url, provider, providers, stop };
}

interface Call {
  request: IncomingMessage;
  response: ServerResponse;
  /** Without the query. */
  path: string;
  memory: StandinMemory;
  watch: ((seen: StandinSeen) => void) | undefined;
}

async function serve(call: Call): Promise<void> {
  const { request, response, path, memory, watch } = call;
  const body = await readWhole(request);
  watch?.({ target: request.url ?? "", headers: request.headers, body, over: endOf(response) });
  const format = formatOf(path);
  response.setHeader(format?.requestIdHeader ?? "x-request-id", newRequestId());
  if (request.method === "POST" && format !== undefined) {
    const query = new URLSearchParams((request.url ?? "").split("?")[1]);
    const recall = memory.recall.bind(memory);
    return sendAnswer(response, format.answer({ path, query, body, recall }));
  }
  if (request.method === "GET" && path.endsWith("/models")) return listModels(response);
  if (request.method === "PUT" && path.endsWith("/replay")) {
    const replay = readReplay(body);
    memory.learn(replay);
    return sendJson(response, 200, { learned: replay.answers.length, known: memory.size });
  }
  const has = [...FORMATS.flatMap(({ pathForms }) => pathForms), "…/models"].join(", ");
  const message = `the stand-in knows no ${request.method} ${path}; it has ${has} and …/replay`;
  throw new StandinError({ status: 404, type: "invalid_request_error", code: "unknown_url", message });
}

function formatOf(path: string): StandinFormat | undefined {
  return FORMATS.find((format) => format.takes(path));
}

function newRequestId(): string {
  return `req_${randomBytes(12).toString("hex")}`;
}

function readWhole(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let total = 0;
    request.on("data", (chunk: Buffer) => {
      total += chunk.length;
      if (total <= BODY_BYTES_MAX) chunks.push(chunk);
      else chunks.length = 0; // the rest is read and thrown away: a client that still sends would not see the answer
    });
    request.on("end", () => {
      if (total <= BODY_BYTES_MAX) return resolve(Buffer.concat(chunks).toString("utf8"));
      const message = `the body is over ${BODY_BYTES_MAX} bytes`;
      reject(new StandinError({ status: 413, type: "invalid_request_error", message }));
    });
    request.on("error", reject);
  });
}

function endOf(response: ServerResponse): Promise<{ whole: boolean }> {
  return new Promise((resolve) => response.once("close", () => resolve({ whole: response.writableFinished })));
}

function listModels(response: ServerResponse): void {
  const data = STANDIN_MODELS.map((id) => ({ id, object: "model", created: 1_700_000_000, owned_by: "winnow" }));
  sendJson(response, 200, { object: "list", data });
}

function sendError({ response, path }: Call, error: unknown): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  const known =
    error instanceof StandinError
      ? error
      : new StandinError({ status: 500, type: "server_error", message: String(error) });
  if (known.status === 429) response.setHeader("retry-after", "1");
  const { requestIdHeader, errorBody } = formatOf(path) ?? chatFormat;
  const requestId = response.getHeader(requestIdHeader);
  sendJson(response, known.status, errorBody(known, typeof requestId === "string" ? requestId : newRequestId()));
}
