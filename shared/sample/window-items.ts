/**
 * The exchanges of one task in a window, packed: some 38 B each, so that a million fit an isolate. They come in the
 * order of their ids.
 */
import { quickHash } from "../core/hash.ts";
import { uuidOfBytes, writeUuid } from "../core/ids.ts";

export interface Item {
  /** A UUID. */
  id: string;
  stratum: string;
  /** Exchanges of one user, session, template or prompt share what these may have of a batch; null: belongs to none. */
  user?: string | null | undefined;
  session?: string | null | undefined;
  template?: string | null | undefined;
  prompt?: string | null | undefined;
  /** Of its text, about; 0 where it isn't given. */
  bytes?: number;
}

export const GROUPINGS = ["user", "session", "template", "prompt"] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Little, as a night may have a thousand tasks. */
const START_ROWS = 64;
const ID_BYTES = 16;

export class WindowItems {
  size = 0;
  /** Names by the numbers in `stratum`, in the order in which they were first seen. */
  readonly strata: string[] = [];
  stratum = new Uint16Array(START_ROWS);
  bytes = new Uint32Array(START_ROWS);
  /** Hashes of names; 0: none. Of a million names some hundred pairs share one, and then what either may have. */
  groups: Record<Grouping, Uint32Array> = emptyGroups(START_ROWS);
  private ids = new Uint8Array(START_ROWS * ID_BYTES);
  private readonly numbers = new Map<string, number>();

  add(item: Item): void {
    if (this.size === this.stratum.length) this.grow();
    const { size } = this;
    writeUuid(item.id, this.ids, size * ID_BYTES);
    this.stratum[size] = this.numberOf(item.stratum);
    this.bytes[size] = item.bytes ?? 0;
    for (const grouping of GROUPINGS) {
      const name = item[grouping];
      this.groups[grouping][size] = name == null ? 0 : quickHash(name) % 2 ** 32 || 1;
    }
    this.size++;
  }

  idAt(at: number): string {
    return uuidOfBytes(this.idBytesAt(at));
  }

  idBytesAt(at: number): Uint8Array {
    return this.ids.subarray(at * ID_BYTES, (at + 1) * ID_BYTES);
  }

  stratumAt(at: number): string {
    return this.strata[this.stratum[at] ?? 0] ?? "";
  }

  /** What caps need is not needed once it is drawn. */
  forgetGroups(): void {
    this.groups = emptyGroups(0);
  }

  private numberOf(stratum: string): number {
    const known = this.numbers.get(stratum);
    if (known !== undefined) return known;
    this.strata.push(stratum);
    this.numbers.set(stratum, this.strata.length - 1);
    return this.strata.length - 1;
  }

  private grow(): void {
    const rows = this.stratum.length * 2;
    const stratum = new Uint16Array(rows);
    stratum.set(this.stratum);
    this.stratum = stratum;
    const bytes = new Uint32Array(rows);
    bytes.set(this.bytes);
    this.bytes = bytes;
    const ids = new Uint8Array(rows * ID_BYTES);
    ids.set(this.ids);
    this.ids = ids;
    for (const grouping of GROUPINGS) {
      const hashes = new Uint32Array(rows);
      hashes.set(this.groups[grouping]);
      this.groups[grouping] = hashes;
    }
  }
}

function emptyGroups(rows: number): Record<Grouping, Uint32Array> {
  const columns = GROUPINGS.map((grouping) => [grouping, new Uint32Array(rows)]);
  return Object.fromEntries(columns) as Record<Grouping, Uint32Array>;
}
