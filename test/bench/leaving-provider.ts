/**
 * The provider of the clients that leave, in this process, so that the two ends of a call have one clock. Each call's
 * answer is a stream of its own, chunk by chunk; after the last chunk it stays open, so that only a cancelled call ends
 * before PATIENCE_MS.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

export const CHUNKS = 12;
export const PACE_MS = 20;
/** How long it waits to be cancelled: with the head for those that never see one, and after the last chunk. */
export const PATIENCE_MS = 10_000;

export interface Served {
  /** The request is there. */
  arrived: Promise<void>;
  /** Chunks written so far. */
  chunksSent: number;
  /** Settles when the connection was closed from the other side, or patience was over. */
  over: Promise<{ cancelled: boolean; atMs: number }>;
}

export interface LeavingProvider {
  url: string;
  /** Before the call is made. @param name last part of its path @param options.silent it gets no head */
  expect(name: string, options: { silent: boolean }): Served;
  stop(): Promise<void>;
}

export function chunkOf(name: string, index: number): string {
  const delta = { content: `word ${index} of the answer to ${name} ` };
  return `data: ${JSON.stringify({ object: "chat.completion.chunk", choices: [{ index: 0, delta }] })}\n\n`;
}

interface Expected extends Served {
  serve(response: ServerResponse): Promise<void>;
}

export async function startLeavingProvider(): Promise<LeavingProvider> {
  const expected = new Map<string, Expected>();
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    for await (const _ of request);
    const name = request.url?.slice(1) ?? "";
    const one = expected.get(name);
    if (one === undefined) throw new Error(`nobody expects a call to /${name}`);
    await one.serve(response);
  };
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    expect: (name, { silent }) => {
      const one = makeExpected(name, silent);
      expected.set(name, one);
      return one;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function makeExpected(name: string, silent: boolean): Expected {
  const arrived = Promise.withResolvers<void>();
  const over = Promise.withResolvers<{ cancelled: boolean; atMs: number }>();
  const one: Expected = {
    arrived: arrived.promise,
    chunksSent: 0,
    over: over.promise,
    serve: async (response) => {
      const gone = new AbortController();
      response.once("close", () => {
        over.resolve({ cancelled: !response.writableEnded, atMs: performance.now() });
        gone.abort();
      });
      arrived.resolve();
      if (!silent) await sendChunks({ one, name, response });
      await wait(PATIENCE_MS, undefined, { signal: gone.signal });
      response.end();
    },
  };
  return one;
}

async function sendChunks(options: { one: Served; name: string; response: ServerResponse }): Promise<void> {
  const { one, name, response } = options;
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (let index = 0; index < CHUNKS && !response.destroyed; index++) {
    if (index > 0) await wait(PACE_MS);
    one.chunksSent += 1;
    response.write(chunkOf(name, index));
  }
}
