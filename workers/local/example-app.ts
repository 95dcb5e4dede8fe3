/**
 * A small app as a team would write it, for `npm start`: its server asks the stand-in model through winnow and hands the
 * answer's id to the page; the page shows the answer, with thumbs and a draft that may be mended. The key stays here.
 *
 *     GET /        the page        POST /ask  {"question"} → {"id","text"}
 *     GET /app.js  its script
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PAGE, SCRIPT } from "./example-page.ts";

export interface ExampleApp {
  url: string;
  stop(): Promise<void>;
}

const QUESTION_BYTES_MAX = 10_000;

/** @param options winnow's address, and a key of scope `proxy` */
export async function startExampleApp(options: { winnow: string; key: string }): Promise<ExampleApp> {
  const server = createServer((request, response) => {
    serve(request, response, options).catch((error: unknown) => sendJson(response, 502, { error: String(error) }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  { winnow, key }: { winnow: string; key: string },
): Promise<void> {
  const path = request.url ?? "";
  if (request.method === "POST" && path === "/ask") {
    const { question } = JSON.parse(await readBody(request)) as { question?: unknown };
    return sendJson(response, 200, await ask({ winnow, key, question: String(question) }));
  }
  const policy = `default-src 'none'; script-src 'self' ${winnow}; style-src 'self' 'unsafe-inline'; connect-src 'self' ${winnow}; img-src data:`;
  response.setHeader("content-security-policy", policy);
  if (path === "/app.js") return send(response, "text/javascript", SCRIPT);
  if (path === "/") return send(response, "text/html", PAGE.replaceAll("{winnow}", winnow));
  response.writeHead(404).end();
}

async function ask(options: { winnow: string; key: string; question: string }): Promise<{ id: string; text: string }> {
  const answer = await fetch(`${options.winnow}/standin/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-winnow-key": options.key, "x-winnow-task": "example" },
    body: JSON.stringify({ model: "standin", messages: [{ role: "user", content: options.question }] }),
  });
  const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] };
  return { id: answer.headers.get("x-winnow-id") ?? "", text: choices[0]?.message.content ?? "" };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > QUESTION_BYTES_MAX) throw new Error("the question is too long");
  }
  return body;
}

function send(response: ServerResponse, type: string, body: string): void {
  response.setHeader("content-type", `${type}; charset=utf-8`);
  response.end(body);
}

function sendJson(response: ServerResponse, status: number, value: object): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
