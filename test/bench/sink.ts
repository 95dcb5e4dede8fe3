/**
 * Where the gateway's queue, D1, R2 and console bindings lead in the benchmark: a process of its own, because in
 * production they are elsewhere too. Takes queue messages as workerd's queue binding sends them (POST /message) and
 * counts them; answers D1's statements, which belong to the gateway's isolate and not to a call, and counts them apart.
 * Anything else should not come, and is counted as strange.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { serveParent } from "./child.ts";
import { emptyD1Answer, isD1Request } from "./sink-d1.ts";

export interface SinkReport {
  messages: number;
  /** Requests to D1; each may hold several statements. */
  d1Requests: number;
  /** Method and path of requests that were neither. */
  strange: string[];
  /** The last message, in base64. */
  sample: string;
}

/** What Queues answers; the values are the binding's to pass on, and nobody looks at them. */
const ACCEPTED = JSON.stringify({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } });
const STRANGE_MAX = 10;

let messages = 0;
let d1Requests = 0;
let sample = Buffer.alloc(0);
const strange: string[] = [];

/** @returns what to answer */
async function take(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  if (isD1Request(request)) {
    d1Requests += 1;
    return emptyD1Answer(body.toString());
  }
  if (request.method === "POST" && request.url === "/message" && request.headers["x-msg-fmt"] === "bytes") {
    messages += 1;
    sample = body;
  } else if (strange.length < STRANGE_MAX) {
    strange.push(`${request.method} ${request.url}`);
  }
  return ACCEPTED;
}

const server = createServer((request, response) => {
  take(request).then(
    (answer) => response.writeHead(200, { "content-type": "application/json" }).end(answer),
    () => response.destroy(),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () =>
  serveParent({
    port: (server.address() as AddressInfo).port,
    answer: () => ({ messages, d1Requests, strange, sample: sample.toString("base64") }) satisfies SinkReport,
  }),
);
