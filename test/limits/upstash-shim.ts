/**
 * Upstash's REST protocol (https://upstash.com/docs/redis/features/restapi) in front of a real Redis. Upstash knows Lua
 * flags that Redis 7.0 refuses: the shebang line of a script is taken out, and the script that is left answers to the
 * SHA-1 of the whole one, so that EVALSHA misses first and hits afterwards, as at Upstash.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer as createSocketServer } from "node:net";
import { createClient } from "@redis/client";

export const HAS_REDIS = spawnSync("redis-server", ["--version"]).status === 0;
export const TOKEN = "token-of-the-shim";

export interface Shim {
  url: string;
  /** Commands that came, by name: EVALSHA that hit and missed are told apart. */
  seen: Map<string, number>;
  /** Milliseconds before each answer; Infinity: never any. */
  delayMs: number;
  flush(): Promise<void>;
  stop(): Promise<void>;
}

export async function startShim(): Promise<Shim> {
  const redis = await startRedis();
  const client = await createClient({ url: `redis://127.0.0.1:${redis.port}` })
    .on("error", () => undefined)
    .connect();
  /** SHA-1 of a script as the client knows it → as Redis does. */
  const known = new Map<string, string>();
  const shim = { seen: new Map<string, number>(), delayMs: 0 };
  const count = (name: string) => shim.seen.set(name, (shim.seen.get(name) ?? 0) + 1);
  const run = async (command: string[]): Promise<unknown> => {
    const [name = "", ...rest] = command;
    const kind = name.toUpperCase();
    if (kind === "EVALSHA") {
      const own = known.get(rest[0] ?? "");
      count(own === undefined ? "EVALSHA miss" : "EVALSHA hit");
      return client.sendCommand([name, own ?? rest[0] ?? "", ...rest.slice(1)]);
    }
    count(kind);
    if (kind !== "EVAL") return client.sendCommand(command);
    const script = (rest[0] ?? "").replace(/^#!.*\n/, "");
    known.set(sha1(rest[0] ?? ""), sha1(script));
    return client.sendCommand([name, script, ...rest.slice(1)]);
  };
  // a line that waits is never closed from here, as by the stand-in of `npm start`
  const server = createServer(
    { keepAliveTimeout: 0 },
    (request, response) => void serve({ request, response, run, delayMs: shim.delayMs }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(shim, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    flush: async () => {
      known.clear();
      await client.sendCommand(["SCRIPT", "FLUSH"]);
      await client.sendCommand(["FLUSHALL"]);
      shim.seen.clear();
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      client.destroy();
      await redis.stop();
    },
  });
}

async function serve(call: {
  request: IncomingMessage;
  response: ServerResponse;
  run: (command: string[]) => Promise<unknown>;
  delayMs: number;
}): Promise<void> {
  const { request, response, run, delayMs } = call;
  const body: Buffer[] = [];
  for await (const chunk of request) body.push(chunk as Buffer);
  if (delayMs === Number.POSITIVE_INFINITY) return;
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  const [status, answer] =
    request.headers.authorization === `Bearer ${TOKEN}`
      ? await answerTo(JSON.parse(Buffer.concat(body).toString()) as unknown[], request, run)
      : [401, { error: "Unauthorized" }];
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
}

async function answerTo(
  sent: unknown[],
  request: IncomingMessage,
  run: (command: string[]) => Promise<unknown>,
): Promise<[number, unknown]> {
  const base64 = request.headers["upstash-encoding"] === "base64";
  const one = async (command: unknown): Promise<{ result?: unknown; error?: string }> => {
    try {
      const result = await run((command as unknown[]).map(String));
      return { result: base64 ? encode(result) : result };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  };
  if (request.url?.endsWith("/pipeline")) return [200, await Promise.all(sent.map(one))];
  const answer = await one(sent);
  return [answer.error === undefined ? 200 : 400, answer];
}

/** Texts alone: numbers and nulls stay what they are. */
function encode(result: unknown): unknown {
  if (typeof result === "string") return Buffer.from(result).toString("base64");
  return Array.isArray(result) ? result.map(encode) : result;
}

function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

async function startRedis(): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freePort();
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = spawn("redis-server", options, { stdio: ["ignore", "pipe", "inherit"] });
  await untilReady(child);
  return {
    port,
    stop: async () => {
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}

async function untilReady(child: ChildProcess): Promise<void> {
  let output = "";
  for await (const chunk of child.stdout ?? []) {
    output += String(chunk);
    if (output.includes("Ready to accept connections")) break;
  }
  child.stdout?.resume();
}

async function freePort(): Promise<number> {
  const server = createSocketServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
