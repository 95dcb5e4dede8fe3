/**
 * Takes out of the segments what an erasure has not found by its rows: feedback, which lies in later segments than what it speaks of, and
 * records of which no row knows. Where D1 failed after R2 had the segment, the next try wrote the same records into another one.
 */
import type { FeedbackEvent } from "../core/feedback.ts";
import { gunzip } from "../core/gzip.ts";
import { ERASE_SEGMENTS_MAX, QUEUE_AGE_MS_MAX, RECORD_BYTES_MAX } from "../core/limits.ts";
import { toText } from "../core/text.ts";
import { editSegment } from "./edit-segment.ts";
import type { Erasure } from "./erasures.ts";
import { SEGMENTS_PREFIX } from "./segments.ts";
import type { WhatGoes } from "./what-goes.ts";

const DAY_MS = 24 * 3_600_000;

/** @returns the last key that was looked at; null: all were */
export async function eraseFromSegments(
  { bucket, d1 }: { bucket: R2Bucket; d1: D1Database },
  { erasure, what }: { erasure: Erasure; what: WhatGoes },
): Promise<string | null> {
  const { state, fromMs } = erasure;
  const page = await bucket.list({
    prefix: SEGMENTS_PREFIX,
    startAfter: state.cursor === "" ? `${SEGMENTS_PREFIX}${dayPath(fromMs - QUEUE_AGE_MS_MAX)}` : state.cursor,
    limit: ERASE_SEGMENTS_MAX,
    include: ["customMetadata"],
  });
  const end = state.saidToMs === null ? undefined : `${SEGMENTS_PREFIX}${dayPath(state.saidToMs + DAY_MS)}/~`;
  const edit = {
    record: <Record extends { id: string }>(one: Record) => (what.exchange(one.id) ? null : one),
    keepsEvent: (one: FeedbackEvent) => !what.event(one),
  };
  for (const { key } of page.objects) {
    if (end !== undefined && key > end) return null;
    if (await holds({ bucket, key }, what)) await editSegment({ bucket, d1 }, { key, edit });
  }
  return page.truncated ? (page.objects.at(-1)?.key ?? null) : null;
}

function dayPath(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10).replaceAll("-", "/");
}

/** The id stands at a record's beginning: most need not be parsed. */
const ID = /^\{"type":"exchange","version":\d+,"id":"([^"]+)"/;

async function holds({ bucket, key }: { bucket: R2Bucket; key: string }, what: WhatGoes): Promise<boolean> {
  const object = await bucket.get(key);
  if (object === null) return false;
  const bytes = new Uint8Array(await object.arrayBuffer());
  let offset = 0;
  for (const length of (object.customMetadata?.lengths ?? "").split(",").map((text) => Number.parseInt(text, 36))) {
    const text = toText(await gunzip(bytes.slice(offset, offset + length), RECORD_BYTES_MAX));
    if (text.split("\n").some((line) => line !== "" && lineGoes(line, what))) return true;
    offset += length;
  }
  return false;
}

function lineGoes(line: string, what: WhatGoes): boolean {
  const id = ID.exec(line)?.[1];
  if (id !== undefined) return what.exchange(id);
  const value = JSON.parse(line) as FeedbackEvent | { type: "exchange"; id: string };
  return value.type === "exchange" ? what.exchange(value.id) : what.event(value);
}
