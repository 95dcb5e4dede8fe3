/**
 * The headers of a call: winnow's own are taken out and read, hop-by-hop ones (RFC 9110 section 7.6.1)
 * and those that Cloudflare's edge adds are dropped, the rest goes to the provider as it came.
 *
 * A winnow header that can't be used never fails the call: it is left out, and `warnings` says so.
 */
import type { CaptureMode } from "../core/exchange.ts";
import { isObject, type JsonObject, parseJson } from "../core/json.ts";
import { HEADER_VALUE_CHARS_MAX, META_BYTES_MAX } from "../core/limits.ts";
import { toBytes } from "../core/text.ts";

const OWN_PREFIX = "x-winnow-";
const OWN = ["key", "task", "user", "session", "parent", "capture", "meta", "request-id", "resilience"];
/** RFC 9110 section 5.6.2; Headers throw at anything else. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const DROPPED = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "host",
  "content-length", // set anew by fetch from the body it is given
  "cf-connecting-ip",
  "cf-connecting-ipv6",
  "cf-ew-via",
  "cf-ipcountry",
  "cf-ray",
  "cf-visitor",
  "cf-worker",
  "cdn-loop",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
  "x-real-ip",
];

export interface CallHeaders {
  /** For the provider; the caller may still change its key. */
  upstream: Headers;
  key: string | undefined;
  capture: CaptureMode | "off";
  task: string | undefined;
  user: string | undefined;
  session: string | undefined;
  parent: string | undefined;
  requestId: string | undefined;
  meta: JsonObject | undefined;
  /** As it came: what it may say is settings' business. */
  resilience: string | undefined;
  warnings: string[];
}

export function readCallHeaders(headers: Headers): CallHeaders {
  const upstream = new Headers(headers);
  // One by one and by name: going through all headers of a call makes a string of every name and value, and costs more.
  const own = new Map<string, string>();
  for (const name of OWN) {
    const value = headers.get(OWN_PREFIX + name);
    if (value === null) continue;
    own.set(name, value);
    upstream.delete(OWN_PREFIX + name);
  }
  const connection = headers.get("connection");
  if (connection !== null) dropNamed(upstream, connection);
  for (const name of DROPPED) upstream.delete(name);
  // Bytes that come as they are can be copied as they are, and no compressor holds back a stream.
  upstream.set("accept-encoding", "identity");
  const warnings: string[] = [];
  const text = (name: string) => readText({ name, value: own.get(name), warnings });
  return {
    upstream,
    key: own.get("key"),
    capture: readMode(own.get("capture"), warnings),
    task: text("task"),
    user: text("user"),
    session: text("session"),
    parent: text("parent"),
    requestId: text("request-id"),
    meta: readMeta(own.get("meta"), warnings),
    resilience: own.get("resilience"),
    warnings,
  };
}

/** `connection: x-foo` makes x-foo a hop-by-hop header too. */
function dropNamed(upstream: Headers, connection: string): void {
  for (const token of connection.split(",")) {
    const name = token.trim().toLowerCase();
    if (TOKEN.test(name)) upstream.delete(name);
  }
}

function readText(options: { name: string; value: string | undefined; warnings: string[] }): string | undefined {
  const { name, value, warnings } = options;
  if (value === undefined || value === "") return undefined;
  if (value.length <= HEADER_VALUE_CHARS_MAX) return value;
  warnings.push(`${OWN_PREFIX}${name} has ${value.length} characters, ${HEADER_VALUE_CHARS_MAX} at most; ignored`);
  return undefined;
}

/** A word that we don't know was meant to keep something back: no content is kept then. */
function readMode(value: string | undefined, warnings: string[]): CaptureMode | "off" {
  if (value === undefined) return "full";
  const mode = value.trim().toLowerCase();
  if (mode === "full" || mode === "metadata" || mode === "off") return mode;
  warnings.push("x-winnow-capture is none of full, metadata, off; taken as metadata");
  return "metadata";
}

function readMeta(value: string | undefined, warnings: string[]): JsonObject | undefined {
  if (value === undefined) return undefined;
  if (toBytes(value).length > META_BYTES_MAX) {
    warnings.push(`x-winnow-meta is over ${META_BYTES_MAX} bytes; ignored`);
    return undefined;
  }
  const meta = parseJson(value);
  if (isObject(meta)) return meta;
  warnings.push("x-winnow-meta is not a JSON object; ignored");
  return undefined;
}
