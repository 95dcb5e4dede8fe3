/** Sends an answer: whole, or its events one by one at their pace; and breaks the line midway where that is asked for. */
import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { StandinAnswer, StreamedAnswer, WholeAnswer } from "./standin-format.ts";

/** Long enough for the first half to arrive before the line breaks. */
const CUT_PAUSE_MS = 20;

export function sendAnswer(response: ServerResponse, answer: StandinAnswer): Promise<void> {
  return "json" in answer ? sendWhole(response, answer) : sendEvents(response, answer);
}

export function sendJson(response: ServerResponse, status: number, json: object): void {
  sendText(response, { status, text: JSON.stringify(json), contentType: "application/json" });
}

async function sendWhole(response: ServerResponse, { json, contentType, cut }: WholeAnswer): Promise<void> {
  const text = JSON.stringify(json);
  if (!cut) return sendText(response, { status: 200, text, contentType });
  response.writeHead(200, { "content-type": contentType, "content-length": Buffer.byteLength(text) });
  response.write(text.slice(0, text.length / 2));
  return cutLine(response);
}

async function sendEvents(response: ServerResponse, answer: StreamedAnswer): Promise<void> {
  const { events, contentType, pauseMs, cut } = answer;
  response.writeHead(200, { "content-type": contentType, "cache-control": "no-cache" });
  const sent = cut ? events.slice(0, Math.ceil(events.length / 2)) : events;
  for (const [at, event] of sent.entries()) {
    if (at > 0 && pauseMs > 0) await wait(pauseMs);
    if (response.destroyed) return; // the client left
    response.write(event);
  }
  if (cut) return cutLine(response);
  response.end();
}

/** Breaks the connection after what was written has arrived. */
async function cutLine(response: ServerResponse): Promise<void> {
  await wait(CUT_PAUSE_MS);
  response.destroy();
}

function sendText(
  response: ServerResponse,
  { status, text, contentType }: { status: number; text: string; contentType: string },
): void {
  response.writeHead(status, { "content-type": contentType, "content-length": Buffer.byteLength(text) });
  response.end(text);
}
