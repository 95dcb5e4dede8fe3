/** A console that starts nights in the curator, for test/local alone. */
import { textsOf } from "./gateway.ts";

interface Env {
  DB: D1Database;
  NIGHT: Workflow<{ pauseMs: number }>;
}

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const id = searchParams.get("id") ?? "";
    if (pathname === "/console/variables") return Response.json(textsOf(env));
    if (pathname === "/console/tables") {
      return Response.json((await env.DB.prepare("select name from d1_migrations").all()).results);
    }
    if (request.method === "POST") {
      await env.NIGHT.create({ id, params: { pauseMs: Number(searchParams.get("pauseMs")) } });
      return new Response(null, { status: 202 });
    }
    const night = await env.NIGHT.get(id);
    return Response.json(await night.status());
  },
} satisfies ExportedHandler<Env>;
