/**
 * The provider of the gateway's benchmark, in a process of its own. Answers a chat completion of 1.2 KB, or for
 * `?chunks=52&paceMs=5` a stream of 52 events of some 250 B, each written by itself, so that each is a packet.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { serveParent } from "./child.ts";
import { ANSWER_TEXT, eventText } from "./provider-answers.ts";

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

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  for await (const _ of request);
  const query = new URL(request.url ?? "/", "http://provider").searchParams;
  const chunks = Number(query.get("chunks"));
  if (chunks === 0) {
    response.writeHead(200, { ...HEAD, "content-type": "application/json", "content-length": ANSWER_TEXT.length });
    response.end(ANSWER_TEXT);
    return;
  }
  const paceMs = Number(query.get("paceMs"));
  response.writeHead(200, { ...HEAD, "content-type": "text/event-stream; charset=utf-8" });
  for (let index = 0; index < chunks; index++) {
    if (index > 0) await wait(paceMs);
    response.write(eventText({ index, chunks }));
  }
  response.end();
}

const server = createServer((request, response) => {
  serve(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
});
server.keepAliveTimeout = 60_000; // longer than any pause of the benchmark
server.listen(0, "127.0.0.1", () => serveParent({ port: (server.address() as AddressInfo).port }));
