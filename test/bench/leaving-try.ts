/** One client that leaves, at one of three moments, by RST. */
import type { IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { type OpenCall, openCall } from "../gateway/open-call.ts";
import { CHUNKS, chunkOf, type LeavingProvider, PACE_MS } from "./leaving-provider.ts";

export const PHASES = {
  "before-first-byte": "before the first byte",
  "mid-stream": "mid-stream",
  "last-chunk": "at the last chunk",
} as const;
export type Phase = keyof typeof PHASES;

export interface Try {
  /** Also the exchange's request id. */
  name: string;
  phase: Phase;
  cancelled: boolean;
  /** From the leaving to the closing of the provider's connection. */
  cancelledAfterMs: number;
  /** What the client had, and what the provider had written, when it left. */
  bytesHad: number;
  bytesSent: number;
}

export interface TryOptions {
  url: string;
  key: string;
  provider: LeavingProvider;
  phase: Phase;
  index: number;
  /** 0 to 1: when within the phase. */
  chance: number;
}

export async function leaveOnce(options: TryOptions): Promise<Try> {
  const { provider, phase, index, chance } = options;
  const name = `${phase}-${index}`;
  const served = provider.expect(name, { silent: phase === "before-first-byte" });
  const client = callTo(options, name);
  await Promise.race([served.arrived, client.head.then(refuseHead)]);
  const chunks = chunksBefore(phase, chance);
  if (chunks === 0) await wait(chance * PACE_MS);
  const bytesHad = await readBytes(client, textOf(name, chunks).length);
  const leftAtMs = performance.now();
  const bytesSent = textOf(name, served.chunksSent).length;
  client.reset();
  const { cancelled, atMs } = await served.over;
  return { name, phase, cancelled, cancelledAfterMs: atMs - leftAtMs, bytesHad, bytesSent };
}

function callTo({ url, key, phase }: TryOptions, name: string): OpenCall {
  const client = openCall({
    url,
    path: `/raw/${name}`,
    headers: {
      "content-type": "application/json",
      "x-winnow-key": key,
      "x-winnow-task": phase,
      "x-winnow-request-id": name,
    },
    body: JSON.stringify({ model: "gpt-4o-mini", stream: true, messages: [{ role: "user", content: name }] }),
  });
  client.head.catch(() => undefined); // those that leave before it
  return client;
}

/** Without it a call that winnow refuses would be waited for at the provider, for ever. */
function refuseHead({ statusCode }: IncomingMessage): never {
  throw new Error(`winnow answered ${statusCode} and did not ask the provider`);
}

/** Mid-stream: 1 to all but one. */
function chunksBefore(phase: Phase, chance: number): number {
  if (phase === "before-first-byte") return 0;
  return phase === "last-chunk" ? CHUNKS : 1 + Math.floor(chance * (CHUNKS - 1));
}

async function readBytes(client: OpenCall, bytes: number): Promise<number> {
  let had = 0;
  while (had < bytes) {
    const piece = await client.next();
    if (piece === undefined) throw new Error(`the answer ended after ${had} bytes, before the client left`);
    had += piece.byteLength;
  }
  return had;
}

/** The first chunks of an answer. */
export function textOf(name: string, chunks: number): string {
  return Array.from({ length: chunks }, (_, index) => chunkOf(name, index)).join("");
}
