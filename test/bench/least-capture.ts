/**
 * The least that captures: DESIGN.md's two ways of copying, a mac, one queue message (gzipped where a queue would not
 * take it otherwise), and nothing else of winnow. Not a product: no keys, no settings, no header rules, no bounds, no
 * second try. What the gateway costs more than this is winnow's own.
 */
import { concatBytes, gzip } from "../../shared/core/gzip.ts";
import { CAPTURE_MESSAGE_BYTES_MAX } from "../../shared/core/limits.ts";

interface LeastEnv {
  TARGET: string;
  SECRET: string;
  CAPTURE: Queue;
}

const READ_BYTES = 65_536;
const encoder = new TextEncoder();
let secretKey: Promise<CryptoKey> | undefined;

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const asked = new Uint8Array(await request.arrayBuffer());
    const { method, headers, signal } = request;
    const answer = await fetch(env.TARGET + pathname + search, { method, headers, body: asked, signal });
    const id = crypto.randomUUID();
    const dressed = new Headers(answer.headers);
    dressed.set("x-winnow-id", `${id}.${await sign(id, env.SECRET)}`);
    const init = { status: answer.status, headers: dressed };
    if (answer.body === null) return new Response(null, init);
    if (!answer.headers.get("content-type")?.startsWith("text/event-stream")) {
      const bytes = new Uint8Array(await answer.arrayBuffer());
      ctx.waitUntil(send(env, [asked, bytes]));
      return new Response(bytes, init);
    }
    const [toClient, toCopy] = answer.body.tee();
    const client = new IdentityTransformStream();
    const copy = new IdentityTransformStream();
    const piped = Promise.all([toClient.pipeTo(client.writable), toCopy.pipeTo(copy.writable)]);
    ctx.waitUntil(Promise.all([piped, readAll(copy.readable).then((bytes) => send(env, [asked, bytes]))]));
    return new Response(client.readable, init);
  },
} satisfies ExportedHandler<LeastEnv>;

async function sign(id: string, secret: string): Promise<string> {
  secretKey ??= crypto.subtle.importKey("raw", encoder.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
  const mac = await crypto.subtle.sign("HMAC", await secretKey, encoder.encode(id));
  return btoa(String.fromCharCode(...new Uint8Array(mac, 0, 16)));
}

async function readAll(readable: ReadableStream): Promise<Uint8Array> {
  const reader = readable.getReader({ mode: "byob" });
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { value } = await reader.readAtLeast(READ_BYTES, new Uint8Array(READ_BYTES));
    if (value !== undefined) {
      chunks.push(value);
      total += value.byteLength;
    }
    if (value === undefined || value.byteLength < READ_BYTES) return concatBytes(chunks, total);
  }
}

async function send({ CAPTURE }: LeastEnv, parts: [Uint8Array, Uint8Array]): Promise<void> {
  const plain = concatBytes(parts, parts[0].byteLength + parts[1].byteLength);
  const message = plain.byteLength > CAPTURE_MESSAGE_BYTES_MAX ? await gzip(plain) : plain;
  await CAPTURE.send(message, { contentType: "bytes" });
}
