/**
 * The shingles of a batch's rows as bytes for R2, so that later nights can compare. Little-endian: magic "WNR1", then for each
 * row its id (16 B), a byte of flags (1: evaluation, 2: question is short, 4: answer is short), both keys, both counts, and the
 * shingles (4 B each): some 1.3 KB for two hundred words.
 */
import { concatBytes } from "../core/gzip.ts";
import { uuidOfBytes, writeUuid } from "../core/ids.ts";
import { toBytes } from "../core/text.ts";
import type { NearRow } from "./near-duplicates.ts";
import { completeUpTo, type Shingled } from "./shingles.ts";

const MAGIC = toBytes("WNR1");
const HEAD_BYTES = 16 + 1 + 4 * 4;

export interface KeptNearRow extends NearRow {
  side: "train" | "eval";
}

export function nearToBytes(rows: readonly KeptNearRow[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [MAGIC, ...rows.map(rowBytes)];
  return concatBytes(
    parts,
    parts.reduce((sum, { length }) => sum + length, 0),
  );
}

/** One after the other. Bytes of another version hold nothing that can be used. */
export function* nearFromBytes(bytes: Uint8Array): Generator<KeptNearRow> {
  if (MAGIC.some((byte, at) => bytes[at] !== byte)) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = MAGIC.length; at + HEAD_BYTES <= bytes.length; ) {
    const flags = bytes[at + 16] ?? 0;
    const [askedKey, answerKey, askedCount, answerCount] = [17, 21, 25, 29].map((from) =>
      view.getUint32(at + from, true),
    );
    const id = uuidOfBytes(bytes.subarray(at, at + 16));
    at += HEAD_BYTES;
    const read = (count: number) => {
      const shingles = Uint32Array.from({ length: count }, (_, place) => view.getUint32(at + 4 * place, true));
      at += 4 * count;
      return shingles;
    };
    const asked = { ...sketch(read(askedCount ?? 0)), key: askedKey ?? 0, short: (flags & 2) !== 0 };
    const answer = { ...sketch(read(answerCount ?? 0)), key: answerKey ?? 0, short: (flags & 4) !== 0 };
    yield { id, side: (flags & 1) !== 0 ? "eval" : "train", asked, answer };
  }
}

function sketch(shingles: Uint32Array): Pick<Shingled, "shingles" | "upTo"> {
  return { shingles, upTo: completeUpTo(shingles) };
}

function rowBytes({ id, side, asked, answer }: KeptNearRow): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + 4 * (asked.shingles.length + answer.shingles.length));
  const view = new DataView(bytes.buffer);
  writeUuid(id, bytes, 0);
  bytes[16] = (side === "eval" ? 1 : 0) | (asked.short ? 2 : 0) | (answer.short ? 4 : 0);
  const numbers = [asked.key, answer.key, asked.shingles.length, answer.shingles.length];
  for (const [place, value] of [...numbers, ...asked.shingles, ...answer.shingles].entries()) {
    view.setUint32(17 + 4 * place, value, true);
  }
  return bytes;
}
