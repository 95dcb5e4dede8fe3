/**
 * Where the gateway's queue, D1, R2 and console bindings lead in the benchmark: a process of its own, because in
 * production they are elsewhere too. Takes queue messages as workerd's queue binding sends them (POST /message) and
 * counts them; anything else should not come, and is counted as strange.
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { serveParent } from "./child.ts";

export interface SinkReport {
  messages: number;
  /** Method and path of requests that were not queue messages. */
  strange: string[];
  /** The last message, in base64. */
  sample: string;
}

/** What Queues answers; the values are the binding's to pass on, and nobody looks at them. */
const ACCEPTED = JSON.stringify({ metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } } });
const STRANGE_MAX = 10;

let messages = 0;
let sample = Buffer.alloc(0);
const strange: string[] = [];

async function take(request: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (request.method === "POST" && request.url === "/message" && request.headers["x-msg-fmt"] === "bytes") {
    messages += 1;
    sample = Buffer.concat(chunks);
  } else if (strange.length < STRANGE_MAX) {
    strange.push(`${request.method} ${request.url}`);
  }
}

const server = createServer((request, response) => {
  take(request).then(
    () => response.writeHead(200, { "content-type": "application/json" }).end(ACCEPTED),
    () => response.destroy(),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () =>
  serveParent({
    port: (server.address() as AddressInfo).port,
    answer: () => ({ messages, strange, sample: sample.toString("base64") }) satisfies SinkReport,
  }),
);
