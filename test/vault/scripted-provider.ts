/** A provider that answers each call as a script says, and remembers what it was asked. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
  atMs: number;
}

/** What to do with one call; `hang` never answers. */
export type Reply = { status: number; body?: object; headers?: Record<string, string> } | "hang" | "reset";

export interface ScriptedProvider {
  url: string;
  asked: Asked[];
  /** The next replies, in order; when they are used up every call gets `otherwise`. */
  script(replies: readonly Reply[], otherwise?: Reply): void;
  stop(): Promise<void>;
}

export const GOOD: Reply = {
  status: 200,
  body: {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "gpt-4o-mini",
    choices: [{ index: 0, message: { role: "assistant", content: "Good day." }, finish_reason: "stop" }],
    usage: { prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 },
  },
};

export async function startScripted(): Promise<ScriptedProvider> {
  let replies: Reply[] = [];
  let otherwise: Reply = GOOD;
  const asked: Asked[] = [];
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk as Buffer);
    const { method = "", url: path = "", headers } = request;
    asked.push({ method, path, headers, body: Buffer.concat(body).toString(), atMs: Date.now() });
    const reply = replies.shift() ?? otherwise;
    if (reply === "hang") return;
    if (reply === "reset") return void request.socket.resetAndDestroy();
    const text = JSON.stringify(reply.body ?? { error: { message: "no", type: "server_error" } });
    const length = Buffer.byteLength(text);
    response.writeHead(reply.status, {
      "content-type": "application/json",
      "content-length": length,
      ...reply.headers,
    });
    response.end(text);
  };
  // a line that waits is never closed from here, as by the stand-in of `npm start`
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => void serve(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    script: (next, then = GOOD) => {
      replies = [...next];
      otherwise = then;
      asked.length = 0;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
