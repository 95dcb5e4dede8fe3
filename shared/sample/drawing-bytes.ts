/**
 * A task's window and what was drawn of it, as bytes for R2, so that each of its exchanges can be asked for. Little-endian:
 * magic "WDRW", version byte, three zeros, length of a JSON head, the head, then 27 B an exchange in the order of ids:
 * id (16 B), number of its stratum (2 B), flags (1 B), probability with which it could be drawn (8 B).
 */
import { uuidOfBytes } from "../core/ids.ts";
import { toBytes, toText } from "../core/text.ts";
import type { Draw, Drawn, Stratum } from "./draw.ts";
import type { WindowItems } from "./window-items.ts";

const MAGIC = toBytes("WDRW");
const VERSION = 1;
const HEAD_AT = 12;
const ROW_BYTES = 27;
const DRAWN = 1;
const AUDIT = 2;
const CHOSEN = 4;

interface Head {
  rows: number;
  /** Names by number. */
  names: readonly string[];
  strata: readonly Stratum[];
  auditSize: number;
  /** Rows that the strata might give together. A drawing of an earlier version does not say. */
  budget?: number;
}

export interface DrawingEntry {
  id: string;
  stratum: string;
  inclusionProbability: number;
  /** null: could have been drawn, and was not. */
  drawn: Drawn | null;
}

export function drawingToBytes(items: WindowItems, drawing: Draw): Uint8Array<ArrayBuffer> {
  const { budget, places, strata, auditSize, probabilities } = drawing;
  const entries = [...drawing.drawn.values()];
  const head = toBytes(
    JSON.stringify({ rows: items.size, names: items.strata, strata, auditSize, budget } satisfies Head),
  );
  const bytes = new Uint8Array(HEAD_AT + head.length + ROW_BYTES * items.size);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes[MAGIC.length] = VERSION;
  view.setUint32(8, head.length, true);
  bytes.set(head, HEAD_AT);
  for (let at = 0; at < items.size; at++) {
    const from = HEAD_AT + head.length + ROW_BYTES * at;
    bytes.set(items.idBytesAt(at), from);
    view.setUint16(from + 16, items.stratum[at] ?? 0, true);
    view.setFloat64(from + 19, probabilities[at] ?? 0, true);
  }
  for (const [place, one] of places.entries()) {
    bytes[HEAD_AT + head.length + ROW_BYTES * one + 18] = flagsOf(entries[place]);
  }
  return bytes;
}

export class Drawing {
  readonly head: Head;
  private readonly rowsAt: number;
  private readonly view: DataView;
  private readonly bytes: Uint8Array;

  /** @throws Error where these are not the bytes of a drawing: they are ours alone, so something is broken */
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (MAGIC.some((byte, at) => bytes[at] !== byte) || bytes[MAGIC.length] !== VERSION) {
      throw new Error("a drawing that this version cannot read: start the run again");
    }
    const length = this.view.getUint32(8, true);
    this.head = JSON.parse(toText(bytes.subarray(HEAD_AT, HEAD_AT + length))) as Head;
    this.rowsAt = HEAD_AT + length;
    if (bytes.length !== this.rowsAt + ROW_BYTES * this.head.rows) throw new Error("a drawing that is cut short");
  }

  find(id: string): DrawingEntry | undefined {
    let [low, high] = [0, this.head.rows - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = this.idAt(middle);
      if (found === id) return this.entryAt(middle);
      if (found < id) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }

  /** In the order of their ids. */
  drawn(): DrawingEntry[] {
    const entries: DrawingEntry[] = [];
    for (let at = 0; at < this.head.rows; at++) {
      if (((this.bytes[this.rowsAt + ROW_BYTES * at + 18] ?? 0) & DRAWN) !== 0) entries.push(this.entryAt(at));
    }
    return entries;
  }

  private idAt(at: number): string {
    const from = this.rowsAt + ROW_BYTES * at;
    return uuidOfBytes(this.bytes.subarray(from, from + 16));
  }

  private entryAt(at: number): DrawingEntry {
    const from = this.rowsAt + ROW_BYTES * at;
    const flags = this.bytes[from + 18] ?? 0;
    const inclusionProbability = this.view.getFloat64(from + 19, true);
    const drawn = { inclusionProbability, audit: (flags & AUDIT) !== 0, chosen: (flags & CHOSEN) !== 0 };
    return {
      id: this.idAt(at),
      stratum: this.head.names[this.view.getUint16(from + 16, true)] ?? "",
      inclusionProbability,
      drawn: (flags & DRAWN) === 0 ? null : drawn,
    };
  }
}

function flagsOf(drawn: Drawn | undefined): number {
  if (drawn === undefined) return 0;
  return DRAWN | (drawn.audit ? AUDIT : 0) | (drawn.chosen ? CHOSEN : 0);
}
