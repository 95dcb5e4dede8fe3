/** A provider that answers by what a call's path asks for: whole, late, cut in the middle, with an error, or stalls. */
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export const MOODS = ["json", "stream", "late", "error", "cut", "reset", "stall"] as const;
export type Mood = (typeof MOODS)[number];

export interface FlakyProvider {
  baseUrl: string;
  close(): void;
}

/** Of the client with a stream that stalls. */
export const PATIENCE_MS = 100;

const ANSWER = JSON.stringify({
  id: "chatcmpl-1",
  object: "chat.completion",
  model: "gpt-4o-mini",
  choices: [{ index: 0, message: { role: "assistant", content: "Yes." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 },
});

export async function startFlakyProvider(): Promise<FlakyProvider> {
  const server = createServer((request, response) => {
    request.resume();
    request.on("end", () => void answer((request.url ?? "").split("/").at(-1) as Mood, response));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    baseUrl,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function answer(mood: Mood, response: ServerResponse): Promise<void> {
  if (mood === "reset") {
    response.destroy();
    return;
  }
  if (mood === "late") await new Promise((resolve) => setTimeout(resolve, 50));
  if (mood === "error") {
    response.writeHead(500, { "content-type": "application/json" }).end('{"error":{"message":"overloaded"}}');
    return;
  }
  if (mood === "json" || mood === "late") {
    response.writeHead(200, { "content-type": "application/json" }).end(ANSWER);
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const part of ["Y", "e", "s"]) response.write(`data: ${JSON.stringify(chunk(part))}\n\n`);
  // between its words for longer than the client waits
  if (mood === "stall") setTimeout(() => response.end(`data: ${JSON.stringify(chunk("late"))}\n\n`), 3 * PATIENCE_MS);
  else if (mood === "cut") setTimeout(() => response.destroy(), 5);
  else response.end(`data: ${JSON.stringify(chunk(""))}\n\ndata: [DONE]\n\n`);
}

function chunk(content: string) {
  return {
    id: "chatcmpl-2",
    object: "chat.completion.chunk",
    model: "gpt-4o-mini",
    choices: [{ index: 0, delta: { content }, finish_reason: content === "" ? "stop" : null }],
  };
}
