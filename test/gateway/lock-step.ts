/**
 * A stream in lock-step: the provider writes a chunk only after the client has reported the one before. What stands
 * between them and waits for more than one chunk waits for ever, so the check needs no clock: its patience only ends a
 * test that has failed.
 */
import type { IncomingMessage } from "node:http";
import { type CallOptions, openCall, readRest } from "./open-call.ts";
import type { Provider } from "./provider.ts";

export interface LockStep {
  provider: Provider;
  call: CallOptions & { path: string };
  /** Path at the provider. */
  providerPath: string;
  headers: Record<string, string>;
  chunks: readonly Uint8Array[];
  /** Twenty seconds, if left out. */
  patienceMs?: number;
}

export interface Stepped {
  head: IncomingMessage;
  /** As they came. */
  pieces: Buffer[];
}

export class HeldBack extends Error {
  /** "the head", "chunk 0" … */
  readonly waitedFor: string;
  /** What the client got once the provider had ended its answer all the same. */
  readonly afterEnd: Buffer;

  constructor(waitedFor: string, afterEnd: Buffer) {
    super(`the client did not get ${waitedFor} before the provider went on`);
    this.waitedFor = waitedFor;
    this.afterEnd = afterEnd;
  }
}

/** @throws HeldBack */
export async function streamInLockStep(options: LockStep): Promise<Stepped> {
  const { provider, providerPath, headers, chunks, patienceMs = 20_000 } = options;
  const client = openCall(options.call);
  const { response } = await provider.callTo(providerPath);
  const step = async <T extends IncomingMessage | Buffer | undefined>(waitedFor: string, coming: Promise<T>) => {
    const come = await within(coming, patienceMs);
    if (come !== LATE) return come;
    response.end();
    const late = await coming;
    const rest = late === undefined ? [] : [await readRest(client)];
    throw new HeldBack(waitedFor, Buffer.concat(late instanceof Buffer ? [late, ...rest] : rest));
  };
  response.writeHead(200, headers);
  response.flushHeaders();
  const head = await step("the head", client.head);
  const pieces: Buffer[] = [];
  for (const [index, chunk] of chunks.entries()) {
    response.write(chunk);
    const piece = await step(`chunk ${index}`, client.next());
    if (piece === undefined) throw new Error(`the answer ended before chunk ${index}`);
    pieces.push(piece);
  }
  response.end();
  const surplus = await step("the end", client.next());
  if (surplus !== undefined) throw new Error(`the client got ${surplus.byteLength} bytes more than the provider sent`);
  return { head, pieces };
}

const LATE = Symbol("late");

/** Symbol LATE, when it takes longer. */
export async function within<T>(coming: Promise<T>, patienceMs: number): Promise<T | typeof LATE> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(() => resolve(LATE), patienceMs);
  });
  return Promise.race([coming, late]).finally(() => clearTimeout(timer));
}
