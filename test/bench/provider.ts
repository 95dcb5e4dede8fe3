/**
 * The provider of the gateway's benchmark, in a process of its own. Answers by the query of the call:
 *
 *     (nothing)              a chat completion of 1.2 KB
 *     ?chunks=50&paceMs=5    a stream of 50 events of some 250 B, each written by itself, so that each is a packet
 *     ?bulkChunks=4400       such a stream, all at once, as fast as it is taken
 *     thinkMs=50             beside any of these: so long before the head
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";
import { serveParent } from "./child.ts";
import { ANSWER_TEXT, eventText, streamText } from "./provider-answers.ts";

/** As api.openai.com sends them, give or take. */
const HEAD = {
  "openai-organization": "bench",
  "openai-processing-ms": "412",
  "openai-version": "2020-10-01",
  "x-request-id": "req_0123456789abcdef0123456789abcdef",
  "x-ratelimit-limit-requests": "10000",
  "x-ratelimit-remaining-requests": "9999",
  "cache-control": "no-cache",
};

const BULK_PIECE_BYTES = 16_384;
const STREAM_HEAD = { ...HEAD, "content-type": "text/event-stream; charset=utf-8" };

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  for await (const _ of request);
  const query = new URL(request.url ?? "/", "http://provider").searchParams;
  const [chunks, paceMs, bulkChunks, thinkMs] = ["chunks", "paceMs", "bulkChunks", "thinkMs"].map((name) =>
    Number(query.get(name)),
  ) as [number, number, number, number];
  if (thinkMs > 0) await wait(thinkMs);
  if (bulkChunks > 0) return sendBulk(response, streamText(bulkChunks));
  if (chunks > 0) return sendPaced(response, { chunks, paceMs });
  response.writeHead(200, { ...HEAD, "content-type": "application/json", "content-length": ANSWER_TEXT.length });
  response.end(ANSWER_TEXT);
}

async function sendPaced(response: ServerResponse, pace: { chunks: number; paceMs: number }): Promise<void> {
  const { chunks, paceMs } = pace;
  response.writeHead(200, STREAM_HEAD);
  for (let index = 0; index < chunks; index++) {
    if (index > 0) await wait(paceMs);
    response.write(eventText({ index, chunks }));
  }
  response.end();
}

async function sendBulk(response: ServerResponse, text: string): Promise<void> {
  response.writeHead(200, STREAM_HEAD);
  await pipeline(piecesOf(text), response);
}

function* piecesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += BULK_PIECE_BYTES) yield text.slice(at, at + BULK_PIECE_BYTES);
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
});
server.keepAliveTimeout = 60_000; // longer than any pause of the benchmark
server.listen(0, "127.0.0.1", () => serveParent({ port: (server.address() as AddressInfo).port }));
