/** GET /beacon.js, /beacon.mjs and /winnow-thumbs.js: for any page, kept by browsers for an hour. */
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { SCRIPTS } from "./beacon-scripts.ts";

/** undefined: no such script. */
export function serveScript(path: string, request: Request): Response | undefined {
  const script = SCRIPTS[path];
  if (script === undefined) return undefined;
  const { method } = request;
  if (method !== "GET" && method !== "HEAD") {
    return apiErrorResponse({ code: "method_not_allowed", message: `${method} is not GET or HEAD` });
  }
  const headers = {
    "content-type": "text/javascript; charset=utf-8",
    "cache-control": "public, max-age=3600",
    etag: script.etag,
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
  };
  if (request.headers.get("if-none-match")?.includes(script.etag)) return new Response(null, { status: 304, headers });
  return new Response(method === "HEAD" ? null : script.text, { headers });
}
