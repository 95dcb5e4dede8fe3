/**
 * Copies an answer while it streams, natively: no JavaScript runs for a chunk, and the client's branch waits
 * for nothing. The way and its measurements are in DESIGN.md, "Capture":
 *
 *     body ─ tee ─┬─ pipeTo(client.writable) ──▶ client.readable, the response's body
 *                 └─ pipeTo(copy.writable, {signal: gone, preventAbort}) ──▶ copy.readable, readAtLeast(64 KB)
 *
 * Both branches need an IdentityTransformStream: a tee branch given straight to the client hides its leaving,
 * and a large read straight on the other branch holds back the first byte until the end.
 */
import type { Outcome } from "../../shared/core/exchange.ts";
import { ANSWER_COPY_BYTES_MAX, COPY_READ_BYTES } from "../../shared/core/limits.ts";
import { CopyBuffer } from "./copy-buffer.ts";

export interface Copied {
  bytes: Uint8Array;
  /** Are the bytes gzip of what came? */
  gzipped?: boolean;
  outcome: Outcome;
}

export interface CopiedStream {
  /** Becomes the response's body. */
  client: ReadableStream;
  /** Settles when all is over; never rejects. */
  copied: Promise<Copied>;
}

export function copyStream(body: ReadableStream): CopiedStream {
  const [toClient, toCopy] = body.tee();
  const client = new IdentityTransformStream();
  const copy = new IdentityTransformStream();
  const gone = new AbortController();
  // Rejects at once when the client leaves ("Network connection lost"), and when the provider cuts its answer.
  const delivered = toClient.pipeTo(client.writable).then(
    () => true,
    () => {
      gone.abort(); // cancels the upstream: its other branch has ended too
      return false;
    },
  );
  // preventAbort keeps what the copy holds below the 64 KB mark; closing hands it to the reader as a clean end.
  const fed = toCopy.pipeTo(copy.writable, { signal: gone.signal, preventAbort: true }).then(
    (): Ending => "end",
    async (error: unknown): Promise<Ending> => {
      await copy.writable.close().catch(() => undefined);
      return gone.signal.aborted && isAbort(error) ? "left" : "cut";
    },
  );
  return { client: client.readable, copied: readCopy({ readable: copy.readable, delivered, fed }) };
}

type Ending = "end" | "left" | "cut";

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

async function readCopy(options: {
  readable: ReadableStream;
  delivered: Promise<boolean>;
  fed: Promise<Ending>;
}): Promise<Copied> {
  const { full, ...copy } = await readBounded(options.readable);
  const [delivered, ending] = await Promise.all([options.delivered, options.fed]);
  if (full) return { ...copy, outcome: delivered ? "truncated" : "client_aborted" };
  if (ending === "cut") return { ...copy, outcome: "upstream_cut" };
  return { ...copy, outcome: delivered ? "complete" : "client_aborted" };
}

interface Read {
  bytes: Uint8Array;
  gzipped: boolean;
  full: boolean;
}

/** Reads to the end or past the bound; what is past it is dropped, so that nothing piles up behind it. */
async function readBounded(readable: ReadableStream): Promise<Read> {
  const reader = readable.getReader({ mode: "byob" });
  const copy = new CopyBuffer();
  for (;;) {
    const { value, done } = await reader.readAtLeast(COPY_READ_BYTES, new Uint8Array(COPY_READ_BYTES));
    if (value !== undefined && value.byteLength > 0) {
      const room = ANSWER_COPY_BYTES_MAX - copy.total;
      await copy.add(value.byteLength > room ? value.subarray(0, room) : value);
      if (value.byteLength > room) break;
    }
    if (done || value === undefined || value.byteLength < COPY_READ_BYTES)
      return { ...(await copy.finish()), full: false };
  }
  await reader.cancel().catch(() => undefined);
  return { ...(await copy.finish()), full: true };
}
