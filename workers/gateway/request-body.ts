/**
 * The request's body is read whole, up to a bound: it must be copied anyway, and a body that is known can be sent
 * again. A larger one passes through as a stream and is not kept.
 */
import { concatBytes } from "../../shared/core/gzip.ts";
import { REQUEST_BODY_BYTES_MAX } from "../../shared/core/limits.ts";

export type RequestBody =
  | { kind: "none" }
  | { kind: "whole"; bytes: Uint8Array<ArrayBuffer> }
  | { kind: "large"; stream: ReadableStream };

export async function readRequestBody(request: Request): Promise<RequestBody> {
  if (request.method === "GET" || request.method === "HEAD") return { kind: "none" }; // fetch sends none with these
  const length = request.headers.get("content-length");
  const isBounded = length !== null && Number(length) <= REQUEST_BODY_BYTES_MAX;
  if (!isBounded) {
    const { body } = request; // not touched where it need not be: the stream's own object costs
    if (body === null) return { kind: "none" };
    return length === null ? readUnknownLength(body) : { kind: "large", stream: body };
  }
  return { kind: "whole", bytes: new Uint8Array(await request.arrayBuffer()) };
}

/** Chunked uploads: read until the end or the bound; past it, what was read goes in front of the rest. */
async function readUnknownLength(body: ReadableStream<Uint8Array>): Promise<RequestBody> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let total = 0;
  while (total <= REQUEST_BODY_BYTES_MAX) {
    const { done, value } = await reader.read();
    if (done) return { kind: "whole", bytes: concatBytes(chunks, total) };
    chunks.push(value);
    total += value.byteLength;
  }
  reader.releaseLock();
  return { kind: "large", stream: inFrontOf(concatBytes(chunks, total), body) };
}

function inFrontOf(head: Uint8Array, rest: ReadableStream): ReadableStream {
  const { readable, writable } = new IdentityTransformStream();
  const writer = writable.getWriter();
  const pumped = writer.write(head).then(() => {
    writer.releaseLock();
    return rest.pipeTo(writable);
  });
  pumped.catch(() => undefined); // the reader of `readable` sees the same failure
  return readable;
}
