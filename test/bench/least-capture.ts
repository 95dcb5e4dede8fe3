/**
 * The least that captures: DESIGN.md's two ways of copying, a mac, one queue message, and nothing else of winnow. Not a
 * product: no keys, no header rules, no bounds, no second try. What the gateway costs more than this is winnow's own.
 */

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

/** Enough for the benchmark's streams, which are smaller than one read. */
async function readAll(readable: ReadableStream): Promise<Uint8Array> {
  const { value } = await readable.getReader({ mode: "byob" }).readAtLeast(READ_BYTES, new Uint8Array(READ_BYTES));
  return value ?? new Uint8Array(0);
}

async function send({ CAPTURE }: LeastEnv, [asked, answered]: [Uint8Array, Uint8Array]): Promise<void> {
  const message = new Uint8Array(asked.byteLength + answered.byteLength);
  message.set(asked);
  message.set(answered, asked.byteLength);
  await CAPTURE.send(message, { contentType: "bytes" });
}
