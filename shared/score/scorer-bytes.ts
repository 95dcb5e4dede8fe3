/**
 * A scorer as bytes, for R2, and back. Little-endian: magic "WSCR", a version byte, three zeros, the length of a JSON
 * head (calibration and array lengths), the head padded to four bytes, then the arrays as float32 in the head's order.
 */
import { toBytes, toText } from "../core/text.ts";
import type { Calibration } from "./calibrate.ts";
import { DENSE_WIDTH } from "./feature-table.ts";
import { BUCKETS, LABEL_BUCKETS } from "./ngrams.ts";
import { SCORER_VERSION, type Scorer } from "./train.ts";

const MAGIC = toBytes("WSCR");
const FORMAT = 1;
const HEAD_AT = 12;
/** Lengths that this code can use; n-grams may be left out. */
const ARRAYS = [
  ["dense", [DENSE_WIDTH]],
  ["means", [DENSE_WIDTH]],
  ["deviations", [DENSE_WIDTH]],
  ["labels", [LABEL_BUCKETS]],
  ["ngrams", [0, BUCKETS]],
] as const;

interface Head {
  version: string;
  bias: number;
  calibration: Calibration;
  lengths: number[];
}

export function scorerToBytes({ version, model, calibration }: Scorer): Uint8Array<ArrayBuffer> {
  const lengths = ARRAYS.map(([name]) => model[name].length);
  const json = toBytes(JSON.stringify({ version, bias: model.bias, calibration, lengths } satisfies Head));
  const arraysAt = HEAD_AT + Math.ceil(json.length / 4) * 4;
  const bytes = new Uint8Array(arraysAt + 4 * lengths.reduce((sum, length) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes[MAGIC.length] = FORMAT;
  view.setUint32(8, json.length, true);
  bytes.set(json, HEAD_AT);
  let at = arraysAt;
  for (const [name] of ARRAYS) {
    for (const value of model[name]) {
      view.setFloat32(at, value, true);
      at += 4;
    }
  }
  return bytes;
}

/** null: these are not the bytes of a scorer that this code can use; a new one has to be trained. */
export function scorerFromBytes(bytes: Uint8Array): Scorer | null {
  const head = readHead(bytes);
  if (head === null) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = bytes.length - 4 * head.lengths.reduce((sum, length) => sum + length, 0);
  const read = (place: number): Float32Array => {
    const array = Float32Array.from({ length: head.lengths[place] ?? 0 }, (_, index) =>
      view.getFloat32(at + 4 * index, true),
    );
    at += 4 * array.length;
    return array;
  };
  const [dense, means, deviations, labels, ngrams] = [read(0), read(1), read(2), read(3), read(4)];
  const model = { bias: head.bias, dense, means, deviations, labels, ngrams };
  return { version: SCORER_VERSION, model, calibration: head.calibration };
}

function readHead(bytes: Uint8Array): Head | null {
  if (bytes.length < HEAD_AT || MAGIC.some((byte, at) => bytes[at] !== byte) || bytes[MAGIC.length] !== FORMAT)
    return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getUint32(8, true);
  if (HEAD_AT + length > bytes.length) return null;
  let head: Head;
  try {
    head = JSON.parse(toText(bytes.subarray(HEAD_AT, HEAD_AT + length))) as Head;
  } catch {
    return null;
  }
  if (head.version !== SCORER_VERSION || !Array.isArray(head.lengths)) return null;
  const fits = ARRAYS.every(([, allowed], at) => (allowed as readonly number[]).includes(head.lengths[at] ?? -1));
  const expected = HEAD_AT + Math.ceil(length / 4) * 4 + 4 * head.lengths.reduce((sum, one) => sum + one, 0);
  return fits && expected === bytes.length ? head : null;
}
