/** Takes out of dead/ and spill/ what an erasure has to find there too: sealed captures and feedback that were never taken in. */
import { unpackMessage } from "../capture/envelope.ts";
import type { FeedbackEvent } from "../core/feedback.ts";
import { parseJson } from "../core/json.ts";
import { ERASE_CAPTURES_MAX } from "../core/limits.ts";
import type { Sealer } from "../core/seal.ts";
import { toBytes, toText } from "../core/text.ts";
import { DEAD_PREFIX, dropLetters, openLetter } from "./dead-letters.ts";
import { SPILL_PREFIX } from "./spill.ts";
import type { WhatGoes } from "./what-goes.ts";

interface Stores {
  bucket: R2Bucket;
  d1: D1Database;
  sealer: Sealer;
}

/** @param options.cursor the last key that was looked at; empty: none. @returns the next one; null: all were */
export async function eraseFromLetters(
  stores: Stores,
  { cursor, what }: { cursor: string; what: WhatGoes },
): Promise<string | null> {
  const prefix = cursor.startsWith(SPILL_PREFIX) ? SPILL_PREFIX : DEAD_PREFIX;
  const page = await stores.bucket.list({
    prefix,
    ...(cursor !== "" && { startAfter: cursor }),
    limit: ERASE_CAPTURES_MAX,
  });
  for (const { key } of page.objects) await eraseFrom(stores, { key, what });
  const last = page.objects.at(-1)?.key;
  if (page.truncated && last !== undefined) return last;
  return prefix === DEAD_PREFIX ? SPILL_PREFIX : null;
}

async function eraseFrom(stores: Stores, { key, what }: { key: string; what: WhatGoes }): Promise<void> {
  // what was sealed with another secret nobody can open any more
  const bytes = await openLetter(stores, key).catch(() => undefined);
  if (bytes === undefined) return;
  const left = await leftOf(bytes, what);
  if (left === "all") return;
  if (left === "nothing") await dropLetters(stores, [key]);
  else await stores.bucket.put(key, await stores.sealer.seal(toBytes(JSON.stringify(left))));
}

async function leftOf(bytes: Uint8Array<ArrayBuffer>, what: WhatGoes): Promise<"all" | "nothing" | FeedbackEvent[]> {
  const message = await unpackMessage(bytes);
  if (message.kind === "spilled") return "all"; // what it leads to is looked at itself
  if (message.kind === "capture") return what.capture(message.capture) ? "nothing" : "all";
  const text = toText(bytes);
  const events = eventsIn(text);
  if (events === undefined) return what.unreadable(text) ? "nothing" : "all";
  const left = events.filter((event) => !what.event(event));
  if (left.length === events.length) return "all";
  return left.length === 0 ? "nothing" : left;
}

function eventsIn(text: string): FeedbackEvent[] | undefined {
  const json = text.startsWith("[") ? parseJson(text) : undefined;
  if (!Array.isArray(json)) return undefined;
  const events = json as unknown as FeedbackEvent[];
  return events.every((event) => event?.type === "feedback" && "ref" in event) ? events : undefined;
}
