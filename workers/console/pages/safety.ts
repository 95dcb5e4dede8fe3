/**
 * What every page is sent with. The policy lets a page load our own files and nothing else: captured text that became
 * markup by some mistake could run no script, load nothing, and send nothing anywhere.
 * https://www.w3.org/TR/CSP3/
 */
import type { MiddlewareHandler } from "hono";
import type { PagesContext } from "../session.ts";
import { FILES_PATH } from "./files.ts";

export const safety: MiddlewareHandler<PagesContext> = async (c, next) => {
  await next();
  const headers = c.res.headers;
  headers.set("content-security-policy", policyOf(new URL(c.req.url).origin));
  headers.set("x-content-type-options", "nosniff");
  headers.set("referrer-policy", "same-origin");
  headers.set("x-frame-options", "DENY");
  headers.set("cross-origin-opener-policy", "same-origin");
  headers.set("cross-origin-resource-policy", "same-origin");
  headers.set("permissions-policy", "camera=(), geolocation=(), microphone=()");
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
};

/** The folder and not the whole origin: what a provider answers at the same origin is no script of ours. */
function policyOf(origin: string): string {
  const files = origin + FILES_PATH;
  return [
    "default-src 'none'",
    `script-src ${files}`,
    `style-src ${files}`,
    `img-src ${files}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
