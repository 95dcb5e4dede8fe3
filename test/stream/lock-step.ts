/**
 * A provider and a client in lock-step: the provider writes its next chunk only when the client has the one before. What
 * holds a chunk back, for however long, brings both to a halt; so no clock decides whether a stream is faithful.
 */
import { once } from "node:events";
import { createServer, get, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface LockStepProvider {
  url: string;
  /** Resolves when the newest call is over: was it cut off before its last chunk? */
  over(): Promise<{ cut: boolean }>;
  /** Lets the next chunk go; the first goes by itself. */
  next(): void;
  stop(): Promise<void>;
}

export async function startLockStep(chunks: readonly Uint8Array[]): Promise<LockStepProvider> {
  let advance: (() => void) | undefined;
  let over: Promise<{ cut: boolean }> = Promise.resolve({ cut: false });
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    over = new Promise((resolve) => response.once("close", () => resolve({ cut: !response.writableFinished })));
    request.resume();
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const [index, chunk] of chunks.entries()) {
      if (index > 0) {
        await new Promise<void>((resolve) => {
          advance = resolve;
        });
      }
      response.write(chunk);
    }
    response.end();
  };
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    over: () => over,
    next: () => advance?.(),
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** How long nothing may come before the stream is taken for stuck. Nothing faithful ever waits for it. */
const STUCK_MS = 3_000;

/** Reads a stream chunk by chunk, letting the provider go on after each. @throws when it is stuck */
export async function readInStep(call: {
  url: string;
  headers: Record<string, string>;
  provider: LockStepProvider;
}): Promise<Buffer[]> {
  const { provider } = call;
  const { response, request } = await open(call);
  const chunks: Buffer[] = [];
  try {
    for (;;) {
      const chunk = await inTime(nextChunk(response), `chunk ${chunks.length + 1} did not come`);
      if (chunk === undefined) return chunks;
      chunks.push(chunk);
      provider.next();
    }
  } finally {
    request.destroy();
  }
}

/** Between chunks that nobody waits for: workerd learns of a client's leaving when it next writes. */
const PACE_MS = 20;

/** Reads the first chunk and leaves, while the provider goes on. @throws when the provider does not notice */
export async function leaveAfterFirst(call: {
  url: string;
  headers: Record<string, string>;
  provider: LockStepProvider;
}): Promise<void> {
  const { response, request } = await open(call);
  await inTime(nextChunk(response), "the first chunk did not come");
  request.destroy();
  const going = setInterval(() => call.provider.next(), PACE_MS);
  try {
    const { cut } = await inTime(call.provider.over(), "the provider's call did not end");
    if (!cut) throw new Error("the provider was not told that the client left, and spoke to the end");
  } finally {
    clearInterval(going);
  }
}

async function open({ url, headers }: { url: string; headers: Record<string, string> }) {
  const request = get(url, { headers, agent: false });
  request.on("error", () => undefined); // leaving makes one
  const [response] = (await inTime(once(request, "response"), "no answer began")) as [IncomingMessage];
  response.on("error", () => undefined);
  return { request, response };
}

/** undefined at the end. */
async function nextChunk(response: IncomingMessage): Promise<Buffer | undefined> {
  if (response.readableEnded) return undefined;
  return new Promise((resolve, reject) => {
    const settle = (chunk: Buffer | undefined) => {
      response.pause();
      response.off("data", settle);
      response.off("end", ended);
      response.off("error", reject);
      resolve(chunk);
    };
    const ended = () => settle(undefined);
    response.on("data", settle);
    response.on("end", ended);
    response.on("error", reject);
    response.resume();
  });
}

async function inTime<T>(work: Promise<T>, complaint: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(complaint)), STUCK_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
