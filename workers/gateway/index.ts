/**
 * gateway: the Worker that stands in live traffic.
 *
 *     /{provider}/*  ──▶ proxy.ts
 *     /v1/feedback   ──▶ feedback.ts
 *     /beacon.js     ──▶ serve-script.ts
 *     /healthz       ──▶ here
 *     all else       ──▶ console, by service binding: one origin
 */
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { takeFeedback } from "./feedback.ts";
import { type Env, type Isolate, isolateOf } from "./isolate.ts";
import { proxy, unknownProvider } from "./proxy.ts";
import { serveScript } from "./serve-script.ts";

const CONSOLE_PATHS = new Set(["", "v1", "console", "docs", "openapi.json", "manifest.schema.json"]);

export default {
  async fetch(request, env, ctx): Promise<Response> {
    let isolate: Isolate;
    try {
      isolate = isolateOf(env);
    } catch (error) {
      return apiErrorResponse({ code: "configuration", message: String(error) });
    }
    const { path, query } = splitAddress(request.url);
    const nameEnds = path.indexOf("/", 1);
    const name = nameEnds === -1 ? path.slice(1) : path.slice(1, nameEnds);
    const provider = isolate.providers.get(name);
    if (provider !== undefined) {
      return proxy({ request, env, ctx, isolate, provider, path: nameEnds === -1 ? "" : path.slice(nameEnds), query });
    }
    if (path === "/v1/feedback") return takeFeedback({ request, env, ctx, isolate });
    const script = serveScript(path, request);
    if (script !== undefined) return script;
    if (path === "/healthz") return Response.json({ ok: true });
    if (CONSOLE_PATHS.has(name)) return env.CONSOLE.fetch(withSecretNames(request, env));
    return unknownProvider(name, isolate.providers.keys());
  },
} satisfies ExportedHandler<Env>;

/** The address as text: parsing it would cost more, and could change what the provider gets. */
function splitAddress(url: string): { path: string; query: string } {
  const pathAt = url.indexOf("/", url.indexOf("//") + 2);
  const queryAt = url.indexOf("?", pathAt);
  if (queryAt === -1) return { path: url.slice(pathAt), query: "" };
  return { path: url.slice(pathAt, queryAt), query: url.slice(queryAt) };
}

/** The console shows which providers' keys are set: it is told their names, by nobody but this. */
function withSecretNames(request: Request, env: Env): Request {
  const names = Object.keys(env).filter((name) => /_API_KEY(_[A-Z0-9_]+)?$/.test(name));
  const told = new Request(request);
  told.headers.set("x-winnow-provider-secrets", names.sort().join(","));
  return told;
}
