/**
 * A provider whose every byte a test decides. A call to a path that `on` knows is answered at once; any other stays open
 * until the test, which gets hold of it by `callTo`, has answered it. Paths tell calls apart, so that tests can run at
 * the same time.
 */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ProviderCall {
  method: string;
  /** Path and query, byte for byte. */
  url: string;
  headers: IncomingHttpHeaders;
  /** Names in lower case, in their order. */
  headerNames: string[];
  body: Buffer;
  response: ServerResponse;
  /** Settles when the other side has closed the connection, or the answer is all out; true: before it was. */
  left: Promise<boolean>;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
}

/** undefined: the handler answers by `call.response` itself. */
export type Handler = (call: ProviderCall) => Answer | undefined | Promise<Answer | undefined>;

export interface Provider {
  url: string;
  /** All calls so far, oldest first. */
  calls: ProviderCall[];
  on(path: string, handler: Handler): void;
  /** The next call to a path (without its query) that nobody took yet. */
  callTo(path: string): Promise<ProviderCall>;
  stop(): Promise<void>;
}

export async function startProvider(): Promise<Provider> {
  const calls: ProviderCall[] = [];
  const handlers = new Map<string, Handler>();
  const taken = new Set<ProviderCall>();
  const waiting: { path: string; resolve: (call: ProviderCall) => void }[] = [];
  // a line that waits is never closed from here, as by the stand-in of `npm start`
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    read(request, response)
      .then(async (call) => {
        calls.push(call);
        const waiter = waiting.findIndex(({ path }) => path === pathOf(call));
        if (waiter !== -1) {
          taken.add(call);
          waiting.splice(waiter, 1)[0]?.resolve(call);
        }
        const answer = await handlers.get(pathOf(call))?.(call);
        if (answer !== undefined) send(response, answer);
      })
      .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    calls,
    on: (path, handler) => void handlers.set(path, handler),
    callTo: (path) => {
      const call = calls.find((one) => pathOf(one) === path && !taken.has(one));
      if (call === undefined) return new Promise((resolve) => waiting.push({ path, resolve }));
      taken.add(call);
      return Promise.resolve(call);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function send(response: ServerResponse, { status = 200, headers = {}, body = "" }: Answer): void {
  const isChunked = headers["transfer-encoding"] !== undefined;
  const length = isChunked ? {} : { "content-length": String(Buffer.byteLength(body)) };
  response.writeHead(status, status === 204 || status === 304 ? headers : { ...length, ...headers });
  response.end(body);
}

async function read(request: IncomingMessage, response: ServerResponse): Promise<ProviderCall> {
  const left = new Promise<boolean>((resolve) => {
    response.once("close", () => resolve(!response.writableFinished));
  });
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { method = "", url = "", headers, rawHeaders } = request;
  const headerNames = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  return { method, url, headers, headerNames, body: Buffer.concat(chunks), response, left };
}

function pathOf(call: ProviderCall): string {
  return call.url.split("?")[0] ?? "";
}
