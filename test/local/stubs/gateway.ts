/** A gateway that shows what it was given, for test/local alone. */
interface Env {
  DB: D1Database;
  STORE: R2Bucket;
  CAPTURE: Queue;
  CONSOLE: Fetcher;
}

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname.startsWith("/console/")) return env.CONSOLE.fetch(request);
    if (pathname === "/headers") return Response.json(Object.fromEntries(request.headers));
    if (pathname === "/variables") return Response.json(textsOf(env));
    if (pathname === "/send") {
      await env.CAPTURE.send(searchParams.get("text") ?? "");
      return new Response(null, { status: 202 });
    }
    if (pathname === "/drip") {
      request.signal.addEventListener("abort", () => ctx.waitUntil(env.STORE.put("client-left", "yes")));
      return new Response(drip(Number(searchParams.get("pauseMs"))), { headers: { "content-type": "text/plain" } });
    }
    return new Response("the gateway", { status: 404 });
  },
} satisfies ExportedHandler<Env>;

/** Ten chunks with a pause before each. */
function drip(pauseMs: number): ReadableStream<Uint8Array> {
  let count = 0;
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      controller.enqueue(new TextEncoder().encode(`chunk ${count++}\n`));
      if (count === 10) controller.close();
    },
  });
}

export function textsOf(env: object): Record<string, string> {
  const texts = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(texts);
}
