/** The log that is imported: a file, a gzipped one by its name, or stdin. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { CliError, EXIT } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface Input {
  chunks: AsyncIterable<Uint8Array>;
  /** As it lies on the disk; undefined: not known. */
  bytes: number | undefined;
  /** Of those, read so far. */
  done(): number;
}

export async function openInput(path: string, { stdin, signal }: Pick<Terminal, "stdin" | "signal">): Promise<Input> {
  if (path === "-") return { chunks: stdin, bytes: undefined, done: () => 0 };
  const stats = await stat(path).catch(() => undefined);
  if (stats === undefined || stats.isDirectory()) {
    const what = stats === undefined ? "is not there" : "is a folder";
    throw new CliError("usage", `${path} ${what}; name a file of JSON lines, or - for stdin`, EXIT.usage);
  }
  const file = createReadStream(path, { signal });
  const done = () => file.bytesRead;
  if (!path.endsWith(".gz")) return { chunks: file, bytes: stats.size, done };
  return { chunks: unpacked(file, path), bytes: stats.size, done };
}

async function* unpacked(file: Readable, path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* pipeline(file, createGunzip(), () => undefined) as AsyncIterable<Uint8Array>;
  } catch (error) {
    const { message } = error as Error;
    throw new CliError("not_gzip", `${path} cannot be unpacked: ${message}; is it whole, and gzip?`);
  }
}
