/**
 * NDJSON from bytes that come in pieces: one line at a time, in constant memory. Lines end with LF or CRLF; a byte order
 * mark is left out; blank lines are passed over, and counted, so that numbers are those that an editor shows.
 */

export type RawLine = { number: number; text: string } | { number: number; reason: string };

const LF = 0x0a;

export class LineSplitter {
  readonly #bytesMax: number;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  #parts: Uint8Array[] = [];
  #bytes = 0;
  #number = 0;

  /** @param bytesMax of one line; what is longer is passed over to its end, and told */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Lines that begin in what was seen so far and end in `chunk`; the chunk is not held on to beyond its last line. */
  *push(chunk: Uint8Array): Generator<RawLine> {
    let from = 0;
    for (let at = chunk.indexOf(LF); at !== -1; at = chunk.indexOf(LF, from)) {
      this.#keep(chunk.subarray(from, at));
      from = at + 1;
      yield* this.#take();
    }
    if (from < chunk.length) this.#keep(chunk.slice(from));
  }

  /** The last line, where nothing ends it. */
  *end(): Generator<RawLine> {
    if (this.#bytes > 0) yield* this.#take();
  }

  #keep(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#bytesMax) this.#parts = [];
    else if (part.length > 0) this.#parts.push(part);
  }

  *#take(): Generator<RawLine> {
    const [parts, bytes] = [this.#parts, this.#bytes];
    this.#parts = [];
    this.#bytes = 0;
    const number = ++this.#number;
    if (bytes > this.#bytesMax) {
      yield { number, reason: `the line has ${bytes} bytes, ${this.#bytesMax} at most` };
      return;
    }
    const text = this.#decode(joined(parts, bytes), number === 1);
    if (text === undefined) yield { number, reason: "the line is not UTF-8" };
    else if (text.trim() !== "") yield { number, text };
  }

  #decode(bytes: Uint8Array, isFirst: boolean): string | undefined {
    try {
      const text = this.#decoder.decode(bytes);
      return isFirst && text.startsWith("\uFEFF") ? text.slice(1) : text;
    } catch {
      return undefined;
    }
  }
}

function joined(parts: readonly Uint8Array[], bytes: number): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first !== undefined) return first;
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
