/**
 * Money, in whole millionths of a dollar. Before a call its worst case is set aside; after it, what it really cost takes
 * that place. What is spent and set aside together never exceeds the budget, as long as a worst case is one.
 */
export type Reservation = { ok: true; micros: number } | { ok: false; because: "wait" | "spent" | "too_dear" };

export class Budget {
  readonly #budgetMicros: number;
  #spentMicros: number;
  #reservedMicros = 0;

  /** @param options.spentMicros in this night before, by the same budget */
  constructor(options: { budgetMicros: number; spentMicros: number }) {
    this.#budgetMicros = Math.max(0, Math.floor(options.budgetMicros));
    this.#spentMicros = Math.ceil(options.spentMicros);
  }

  get spentMicros(): number {
    return this.#spentMicros;
  }

  /**
   * "wait": it may fit when calls under way have cost less than was set aside for them. "spent": it does not, and nothing
   * is under way. "too_dear": the whole budget would not pay it.
   */
  reserve(worstMicros: number): Reservation {
    const micros = Math.ceil(worstMicros);
    if (!(micros >= 0) || micros > this.#budgetMicros) return { ok: false, because: "too_dear" };
    if (this.#spentMicros + this.#reservedMicros + micros <= this.#budgetMicros) {
      this.#reservedMicros += micros;
      return { ok: true, micros };
    }
    return { ok: false, because: this.#reservedMicros > 0 ? "wait" : "spent" };
  }

  /** @param costMicros rounded up; may be more than was set aside, and is counted as it is */
  settle(reservation: { micros: number }, costMicros: number): number {
    const cost = Math.ceil(costMicros);
    this.#reservedMicros -= reservation.micros;
    this.#spentMicros += cost;
    return cost;
  }
}
