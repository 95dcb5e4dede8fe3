/**
 * An answer's copy while it grows: as it comes while it is small, and gzipped piece by piece from where it would be gzipped
 * at its end. A hundred streams of a megabyte are then some ten megabytes in an isolate, not a few hundred.
 */
import { concatBytes } from "../../shared/core/gzip.ts";
import { COPY_PLAIN_BYTES_MAX } from "../../shared/core/limits.ts";

export class CopyBuffer {
  #plain: Uint8Array[] = [];
  #packer: Packer | undefined;
  /** Bytes added. */
  total = 0;

  /** @param chunk is the buffer's from here on */
  async add(chunk: Uint8Array): Promise<void> {
    this.total += chunk.byteLength;
    if (this.#packer === undefined) {
      this.#plain.push(chunk);
      if (this.total <= COPY_PLAIN_BYTES_MAX) return;
      this.#packer = new Packer();
      for (const one of this.#plain) await this.#packer.write(one);
      this.#plain = [];
      return;
    }
    await this.#packer.write(chunk);
  }

  async finish(): Promise<{ bytes: Uint8Array; gzipped: boolean }> {
    if (this.#packer !== undefined) return { bytes: await this.#packer.end(), gzipped: true };
    const [only, ...more] = this.#plain;
    const bytes = only !== undefined && more.length === 0 ? only : concatBytes(this.#plain, this.total);
    return { bytes, gzipped: false };
  }
}

class Packer {
  readonly #writer: WritableStreamDefaultWriter;
  readonly #packed: Promise<Uint8Array>;

  constructor() {
    const { readable, writable } = new CompressionStream("gzip");
    this.#writer = writable.getWriter();
    this.#packed = new Response(readable).arrayBuffer().then((buffer) => new Uint8Array(buffer));
  }

  async write(chunk: Uint8Array): Promise<void> {
    await this.#writer.write(chunk);
  }

  async end(): Promise<Uint8Array> {
    await this.#writer.close();
    return this.#packed;
  }
}
