/**
 * A judge to test with: it speaks the three APIs in the shapes that providers answer in, finds its verdict in what it was
 * shown (answers say how good they are: "[q:4]"), counts the money that it would bill, and misbehaves as it is told.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { isObject, type Json, type JsonObject, parseJson } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { seeded } from "../unit/seeded.ts";
import { readShown } from "./read-shown.ts";
import { anthropicAnswer, chatAnswer, geminiAnswer } from "./standin-answers.ts";

export type Behaviour =
  | "honest"
  | "noisy"
  | "first-place"
  | "longer"
  /** Obeys any verdict that stands outside of the fence, wherever in its input. */
  | "naive"
  | "prose"
  | "echo"
  | "html"
  | "empty"
  | "no-usage"
  | "huge"
  | "never-ends"
  | "cut"
  | "rate-limited"
  | "bad-gateway"
  | "refusing"
  | "redirecting";

/** Dollars for a million tokens. */
export const PRICES = { inputUsd: 3, outputUsd: 15 };

export interface JudgeStandin {
  /** Every call, as it came. */
  calls: { path: string; headers: Headers; body: JsonObject }[];
  /** What a provider would bill, in millionths of a dollar. */
  billedMicros: number;
  /** As `fetch`, without a network. */
  fetch(address: string, init: RequestInit): Promise<Response>;
}

export interface StandinOptions {
  /** By call, from 0; the last one stays. */
  behaviours: readonly Behaviour[];
  seed?: number;
  /** Bytes of input for one token: 1 is the worst that a tokenizer can do. */
  bytesPerToken?: number;
}

export function judgeStandin(options: StandinOptions): JudgeStandin {
  const next = seeded(options.seed ?? 1);
  const standin: JudgeStandin = {
    calls: [],
    billedMicros: 0,
    async fetch(address, init) {
      const body = parseJson(String(init.body)) as JsonObject;
      const path = new URL(address).pathname;
      standin.calls.push({ path, headers: new Headers(init.headers), body });
      const behaviour = options.behaviours[Math.min(standin.calls.length, options.behaviours.length) - 1] ?? "honest";
      return answerAs(behaviour, { path, body, next, standin, bytesPerToken: options.bytesPerToken ?? 4 });
    },
  };
  return standin;
}

/** The same judge on loopback. */
export async function listen(standin: JudgeStandin): Promise<{ baseUrl: string; close(): Promise<void> }> {
  // a line that waits is never closed from here, as by the stand-in of `npm start`
  const server: Server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => void respond().catch(() => response.destroy()));
    const respond = async () => {
      const headers = request.headers as Record<string, string>;
      const answer = await standin.fetch(`http://judge${request.url}`, {
        headers,
        body: Buffer.concat(chunks).toString(),
      });
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      const reader = answer.body?.getReader();
      response.on("close", () => void reader?.cancel().catch(() => undefined));
      for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
        const { value } = read;
        if (response.destroyed) return;
        await new Promise((resolve) => response.write(value, resolve));
      }
      response.end();
    };
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface Call {
  path: string;
  body: JsonObject;
  next: () => number;
  standin: JudgeStandin;
  bytesPerToken: number;
}

function answerAs(behaviour: Behaviour, call: Call): Response {
  const { standin } = call;
  if (behaviour === "rate-limited") return new Response("{}", { status: 429, headers: { "retry-after": "1" } });
  if (behaviour === "refusing") return new Response('{"error":{"message":"no such model"}}', { status: 404 });
  if (behaviour === "redirecting")
    return new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } });
  const { system, user } = promptOf(call);
  const reply = replyAs(behaviour, { ...call, system, user });
  const inputTokens = Math.ceil(toBytes(system + user).length / call.bytesPerToken);
  const outputTokens = Math.min(tokensMaxOf(call.body), Math.ceil(reply.length / 4) + Math.floor(call.next() * 1_000));
  standin.billedMicros += inputTokens * PRICES.inputUsd + outputTokens * PRICES.outputUsd;
  if (behaviour === "bad-gateway") return new Response("<html>502</html>", { status: 502 });
  if (behaviour === "html")
    return new Response("<html><h1>It works!</h1></html>", { headers: { "content-type": "text/html" } });
  const json = wireAnswer(call, { reply, inputTokens, outputTokens });
  if (behaviour === "no-usage") for (const name of ["usage", "usageMetadata"]) delete json[name];
  const text = JSON.stringify(json);
  const headers = { "content-type": "application/json" };
  if (behaviour === "huge") return new Response(endless(" ".repeat(64 * 1024), false), { headers });
  if (behaviour === "never-ends") return new Response(endless(text.slice(0, 40), true), { headers });
  if (behaviour === "cut") return new Response(failing(text.slice(0, text.length / 2)), { headers });
  return new Response(text, { headers });
}

function replyAs(behaviour: Behaviour, call: Call & { system: string; user: string }): string {
  const { user, next } = call;
  const shown = readShown(user);
  const code = /"code": "([0-9a-f]{8})"/.exec(shown.outside)?.[1] ?? "";
  const answers = shown.blocks.filter(({ label }) => label === "the answer" || label.startsWith("answer "));
  const says = (fields: object) => JSON.stringify({ code, reason: "As asked.", ...fields });
  if (behaviour === "prose") return "On balance I found this rather good.";
  if (behaviour === "echo") return `The answer says: ${answers[0]?.body}`;
  if (behaviour === "empty") return "";
  const told = behaviour === "naive" ? verdictIn(`${call.system}\n${shown.outside}`) : undefined;
  if (told !== undefined) return says(told);
  const qualities = answers.map(({ body }) => qualityOf(body) + (behaviour === "noisy" ? next() * 4 - 2 : 0));
  const [one = 1, other] = qualities;
  if (other === undefined) {
    const score = Math.min(5, Math.max(1, Math.round(one)));
    const names = [...shown.outside.matchAll(/"(\w+)": <1 to 5>/g)].map(([, name]) => name ?? "");
    return says({ scores: Object.fromEntries(names.map((name) => [name, score])) });
  }
  if (behaviour === "first-place") return says({ winner: "A" });
  const [left, right] = answers.map(({ body }) => body.length);
  if (behaviour === "longer") return says({ winner: (left ?? 0) > (right ?? 0) ? "A" : "B" });
  return says({ winner: one === other ? "tie" : one > other ? "A" : "B" });
}

/** The last line of ours that is a verdict as it stands. */
function verdictIn(outside: string): object | undefined {
  for (const line of outside.split("\n").reverse()) {
    const json = parseJson(line.slice(Math.max(0, line.indexOf("{")), line.lastIndexOf("}") + 1));
    if (isObject(json) && (json.winner !== undefined || json.scores !== undefined)) return json;
  }
  return undefined;
}

function qualityOf(body: string): number {
  return Number(/\[q:(\d)\]/.exec(body)?.[1] ?? 3);
}

function promptOf({ path, body }: Call): { system: string; user: string } {
  if (path.endsWith("/chat/completions")) {
    const [system, user] = body.messages as { content: string }[];
    return { system: system?.content ?? "", user: user?.content ?? "" };
  }
  if (path.endsWith("/messages")) {
    const [user] = body.messages as { content: string }[];
    return { system: String(body.system), user: user?.content ?? "" };
  }
  const text = (content: Json | undefined) => (content as { parts: { text: string }[] }).parts[0]?.text ?? "";
  return { system: text(body.systemInstruction), user: text((body.contents as Json[])[0]) };
}

function tokensMaxOf(body: JsonObject): number {
  const { generationConfig } = body;
  const inner = isObject(generationConfig) ? generationConfig.maxOutputTokens : undefined;
  return Number(body.max_completion_tokens ?? body.max_tokens ?? inner);
}

function wireAnswer(call: Call, told: { reply: string; inputTokens: number; outputTokens: number }): JsonObject {
  if (call.path.endsWith("/chat/completions")) return chatAnswer(told);
  return call.path.endsWith("/messages") ? anthropicAnswer(told) : geminiAnswer(told);
}

/** @param stops after the first chunk, and never says that it has ended */
function endless(chunk: string, stops: boolean): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (stops && sent) return new Promise(() => undefined);
      sent = true;
      controller.enqueue(toBytes(chunk));
    },
  });
}

function failing(text: string): ReadableStream<Uint8Array> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) controller.error(new Error("the line broke"));
      else controller.enqueue(toBytes(text));
      sent = true;
    },
  });
}
