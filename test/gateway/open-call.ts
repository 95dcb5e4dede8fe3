/**
 * A client that sees an answer piece by piece as it comes off the wire, and can leave at any moment. Nothing in it
 * normalises the path, adds headers or decodes a body, as `fetch` would.
 */
import { type IncomingMessage, request } from "node:http";

export interface CallOptions {
  /** Of the origin; its path is put in front. */
  url: string;
  method?: string;
  /** Path and query, sent as they are. */
  path?: string;
  headers?: Record<string, string>;
  /** With its content-length, unless `headers` ask for a transfer-encoding. */
  body?: string | Uint8Array;
}

export interface OpenCall {
  /** The answer's status and headers. */
  head: Promise<IncomingMessage>;
  /** One piece as it came; undefined at the end. Rejects when the connection breaks before that. */
  next(): Promise<Buffer | undefined>;
  /** Closes the connection. */
  leave(): void;
  /** Closes it by RST: before the answer's head the only leaving that can be seen on this machine. */
  reset(): void;
}

export function openCall(options: CallOptions): OpenCall {
  const { method = "POST", path = "", headers = {}, body } = options;
  const { hostname, port, pathname } = new URL(options.url);
  const isMeasured = body !== undefined && headers["transfer-encoding"] === undefined;
  const outgoing = request({
    host: hostname,
    port,
    method,
    path: pathname.replace(/\/$/, "") + path,
    headers: { ...(isMeasured && { "content-length": String(Buffer.byteLength(body)) }), ...headers },
    agent: false,
  });
  const pieces = new Pieces();
  const head = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      incoming.on("data", (piece: Buffer) => pieces.push(piece));
      incoming.once("end", () => pieces.push(undefined));
      incoming.once("error", (error) => pieces.fail(error));
      resolve(incoming);
    });
  });
  head.catch((error: unknown) => pieces.fail(error));
  outgoing.on("error", () => undefined); // told by `head` and `next`
  outgoing.end(body);
  return {
    head,
    next: () => pieces.next(),
    leave: () => void outgoing.destroy(),
    reset: () => void outgoing.socket?.resetAndDestroy(),
  };
}

/** All that is still to come. */
export async function readRest(call: OpenCall): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = await call.next();
    if (piece === undefined) return Buffer.concat(pieces);
    pieces.push(piece);
  }
}

export interface Answered {
  status: number;
  headers: IncomingMessage["headers"];
  body: Buffer;
}

export async function callOnce(options: CallOptions): Promise<Answered> {
  const call = openCall(options);
  const { statusCode = 0, headers } = await call.head;
  return { status: statusCode, headers, body: await readRest(call) };
}

class Pieces {
  readonly #come: (Buffer | undefined)[] = [];
  #failure: unknown;
  #wake: (() => void) | undefined;

  push(piece: Buffer | undefined): void {
    this.#come.push(piece);
    this.#wake?.();
  }

  fail(error: unknown): void {
    this.#failure ??= error;
    this.#wake?.();
  }

  async next(): Promise<Buffer | undefined> {
    while (this.#come.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#come.shift();
  }
}
