/** winnow with all four Workers, in front of a provider whose every answer a test writes itself. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import { makeKey, type Scope } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { launch, type ProviderAddress, type Winnow } from "../../workers/local/launch.ts";
import { eventually } from "../local/launch-stubs.ts";
import { findExchange } from "./stored.ts";

const SECRET = "a secret for tests, of 32 characters or more";
export const PROVIDER_KEY = "sk-kept-by-winnow";

export function keyWith(...scopes: Scope[]): Promise<string> {
  return makeKey({ app: "demo", keyId: "test", scopes }, new MacSigner(SECRET));
}

/** Of another winnow: right in form, and its mac is not ours. */
export function forgedKey(): Promise<string> {
  const signer = new MacSigner("the secret of someone else, of 32 characters");
  return makeKey({ app: "demo", keyId: "test", scopes: ["proxy"] }, signer);
}

export const PROXY_KEY = await keyWith("proxy");
export const PULL_KEY = await keyWith("pull");

export function launchWinnow(providers: Record<string, ProviderAddress>): Promise<Winnow> {
  const names = Object.keys(providers).map((name) => `${name.toUpperCase().replaceAll("-", "_")}_API_KEY`);
  const keys = Object.fromEntries(names.map((name) => [name, PROVIDER_KEY]));
  return launch({ secrets: { WINNOW_SECRET: SECRET, ...keys }, providers });
}

/** A call as the provider saw it. */
export interface SeenCall {
  method: string;
  /** As it stood in the request line. */
  target: string;
  headers: IncomingHttpHeaders;
  rawHeaders: readonly string[];
  body: Buffer;
  /** Resolves when the answer is over: was all of it sent, or did the other side go? */
  over: Promise<{ whole: boolean }>;
}

export type Answer = (call: SeenCall, response: ServerResponse) => void | Promise<void>;

export interface TestProvider {
  url: string;
  calls: SeenCall[];
  /** Answers the calls from now on, and forgets the former. */
  answerWith(answer: Answer): void;
  stop(): Promise<void>;
}

export async function startProvider(): Promise<TestProvider> {
  let answer: Answer = (_call, response) => void response.end();
  const calls: SeenCall[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const over = once(response, "close").then(() => ({ whole: response.writableFinished }));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers, rawHeaders } = request;
    const call = { method, target: url, headers, rawHeaders, body: Buffer.concat(chunks), over };
    calls.push(call);
    await answer(call, response);
  };
  // a line that waits is never closed from here, as by the stand-in of `npm start`
  const server = createServer(
    { keepAliveTimeout: 0 },
    (request, response) => void serve(request, response).catch(() => response.destroy()),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    answerWith: (next) => {
      answer = next;
      calls.length = 0;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** The one call that the provider has had. @throws when there were none, or more */
export function onlyCall({ calls }: TestProvider): SeenCall {
  const [call] = calls;
  if (call === undefined || calls.length > 1) throw new Error(`the provider had ${calls.length} calls`);
  return call;
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

export interface RawAnswer {
  status: number;
  head: string;
  body: Buffer;
}

/** A request written by hand: no client tidies up its target or its headers. The answer is read until the line closes. */
export async function sendRaw(options: {
  url: string;
  method?: string;
  target: string;
  headers: readonly string[];
}): Promise<RawAnswer> {
  const { url, method = "GET", target, headers } = options;
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  const lines = [`${method} ${target} HTTP/1.1`, `host: ${host}`, "connection: close", ...headers];
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const all = Buffer.concat(chunks);
  const headEnds = all.indexOf("\r\n\r\n");
  const head = all.subarray(0, headEnds).toString();
  return { status: Number(/^HTTP\/1.1 (\d+)/.exec(head)?.[1]), head, body: all.subarray(headEnds + 4) };
}

/** GET /v1/exchanges/{id}, as far as tests look at it. */
export interface Exchange {
  id: string;
  [field: string]: unknown;
}

/** @param id x-winnow-id, with or without its mac */
export function exchangeOf(winnow: Winnow, id: string | null): Promise<Exchange> {
  return eventually(`exchange ${id}`, async () => {
    const response = await fetch(`${winnow.url}/v1/exchanges/${id}`, { headers: { "x-winnow-key": PULL_KEY } });
    const body = (await response.json()) as Exchange;
    return response.status === 200 ? body : undefined;
  });
}

/** The record that a segment holds of an exchange. @param signedId as `x-winnow-id` has it */
export async function recordOf(winnow: Winnow, signedId: string | null): Promise<ExchangeRecord> {
  const found = () => findExchange(winnow, { signedId: signedId ?? "", app: "demo" });
  return (await eventually(`the record of ${signedId}`, found)).record;
}
