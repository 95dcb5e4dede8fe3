/**
 * One immutable R2 object over HTTP: strong ETag (its SHA-256), If-None-Match, If-Range and a single Range (RFC 9110
 * sections 13 and 14), Content-Digest and Repr-Digest (RFC 9530). Several ranges at once are answered with the whole,
 * as the RFC allows.
 */
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { toBase64 } from "../../shared/core/text.ts";

export interface ServeObject {
  request: Request;
  bucket: R2Bucket;
  key: string;
  contentType: string;
  fileName?: string;
}

interface Range {
  offset: number;
  length: number;
}

export async function serveObject(options: ServeObject): Promise<Response> {
  const { request, bucket, key } = options;
  const head = await bucket.head(key);
  const sha256 = head?.customMetadata?.sha256;
  if (head === null || sha256 === undefined) {
    return apiErrorResponse({
      code: "not_found",
      message: `${key} is not in storage, although the batch is listed; see GET /v1/health`,
    });
  }
  const etag = `"${sha256}"`;
  const headers = headersOf(options, { etag, sha256 });
  if (matches(request.headers.get("if-none-match"), etag)) return new Response(null, { status: 304, headers });
  if (request.method === "HEAD") {
    headers.set("content-length", String(head.size));
    headers.set("content-digest", digestOf(sha256));
    return new Response(null, { headers }); // a range is for GET alone: RFC 9110, section 14.2
  }
  const ifRange = request.headers.get("if-range");
  const wanted = ifRange === null || ifRange === etag ? request.headers.get("range") : null;
  const range = readRange(wanted, head.size);
  if (range === "unsatisfiable") {
    const message = `range ${wanted} lies outside of the ${head.size} bytes`;
    return apiErrorResponse({ code: "range_not_satisfiable", message }, { "content-range": `bytes */${head.size}` });
  }
  const object = await bucket.get(key, range === undefined ? {} : { range });
  if (object === null) return apiErrorResponse({ code: "not_found", message: `${key} is gone from storage` });
  headers.set("content-length", String(range?.length ?? head.size));
  if (range === undefined) {
    headers.set("content-digest", digestOf(sha256));
    return new Response(object.body, { headers });
  }
  headers.set("content-range", `bytes ${range.offset}-${range.offset + range.length - 1}/${head.size}`);
  return new Response(object.body, { status: 206, headers });
}

function headersOf(options: ServeObject, { etag, sha256 }: { etag: string; sha256: string }): Headers {
  const headers = new Headers({
    "content-type": options.contentType,
    etag,
    "repr-digest": digestOf(sha256),
    "accept-ranges": "bytes",
    // immutable, but a pull must ask each time: an erased person's batch is gone at once
    "cache-control": "private, no-cache",
    "x-content-type-options": "nosniff",
  });
  if (options.fileName !== undefined) headers.set("content-disposition", `attachment; filename="${options.fileName}"`);
  return headers;
}

/** RFC 9530: `sha-256=:<base64>:`. */
function digestOf(hex: string): string {
  const bytes = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return `sha-256=:${toBase64(bytes)}:`;
}

function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false;
  return ifNoneMatch.split(",").some((one) => one.trim() === "*" || one.trim().replace(/^W\//, "") === etag);
}

/** undefined: answer with the whole. */
export function readRange(header: string | null, size: number): Range | "unsatisfiable" | undefined {
  const parts = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? "");
  const [, first = "", last = ""] = parts ?? [];
  if (parts === null || (first === "" && last === "")) return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { offset: size - length, length };
  }
  const offset = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < offset) return undefined; // not a valid range: ignored, says section 14.2
  return offset >= size ? "unsatisfiable" : { offset, length: end - offset + 1 };
}
