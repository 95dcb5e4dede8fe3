/**
 * Which rows have a key, packed in typed arrays: 28 B a pair at most, where a Map of arrays takes some 150 B. Open addressing with linear
 * probing (Knuth, TAOCP 6.4, algorithm L), at most half full; the rows of one key are a list.
 */

const START_SLOTS = 1_024;
const NONE = -1;

export class RowsByKey {
  #keys = new Float64Array(START_SLOTS);
  /** By slot: the first and the last pair of its key; NONE: the slot is free. */
  #first = new Int32Array(START_SLOTS).fill(NONE);
  #last = new Int32Array(START_SLOTS);
  #used = 0;
  /** By pair: its row, and the pair of the same key after it. */
  #row = new Int32Array(START_SLOTS);
  #next = new Int32Array(START_SLOTS).fill(NONE);
  #pairs = 0;

  /** @param row a whole number from 0 */
  add(key: number, row: number): void {
    if (this.#pairs === this.#row.length) this.#growPairs();
    if (2 * this.#used >= this.#keys.length) this.#growSlots();
    const slot = this.#slotOf(key);
    const pair = this.#pairs++;
    this.#row[pair] = row;
    if (this.#first[slot] === NONE) {
      this.#keys[slot] = key;
      this.#first[slot] = pair;
      this.#used++;
    } else {
      this.#next[this.#last[slot] ?? 0] = pair;
    }
    this.#last[slot] = pair;
  }

  /** In the order in which they were added. */
  *rowsOf(key: number): Generator<number, void> {
    for (let pair = this.#first[this.#slotOf(key)] ?? NONE; pair !== NONE; pair = this.#next[pair] ?? NONE) {
      yield this.#row[pair] ?? 0;
    }
  }

  /** Where the key is, or would be. */
  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    const mixed = Math.imul((key | 0) ^ Math.imul(Math.floor(key / 2 ** 32), 0x85ebca6b), 0x9e3779b1);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    while (this.#first[slot] !== NONE && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #growPairs(): void {
    this.#row = doubled(this.#row);
    const next = new Int32Array(this.#row.length).fill(NONE);
    next.set(this.#next);
    this.#next = next;
  }

  #growSlots(): void {
    const [keys, first, last] = [this.#keys, this.#first, this.#last];
    this.#keys = new Float64Array(2 * keys.length);
    this.#first = new Int32Array(2 * keys.length).fill(NONE);
    this.#last = new Int32Array(2 * keys.length);
    for (const [slot, pair] of first.entries()) {
      if (pair === NONE) continue;
      const to = this.#slotOf(keys[slot] ?? 0);
      this.#keys[to] = keys[slot] ?? 0;
      this.#first[to] = pair;
      this.#last[to] = last[slot] ?? NONE;
    }
  }
}

function doubled(values: Int32Array): Int32Array<ArrayBuffer> {
  const more = new Int32Array(2 * values.length);
  more.set(values);
  return more;
}
