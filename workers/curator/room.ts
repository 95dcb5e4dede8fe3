/** How much text a night still takes in: the first is always taken, however long, so that no exchange stops a task for ever. */
export class Room {
  readonly #bytesMax: number;
  #taken = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** null: it is taken; else why there is no room. */
  refusal(bytes: number): string | null {
    if (this.#taken > 0 && this.#taken + bytes > this.#bytesMax) {
      return `${bytes} bytes beside ${this.#taken} are more than the ${this.#bytesMax} that a batch is made of`;
    }
    this.#taken += bytes;
    return null;
  }
}
