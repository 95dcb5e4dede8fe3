/** How the rows of a file become its bytes, and how they are read back for the last check. */
import type { ExampleFile } from "../core/example.ts";

export interface Container {
  /** Without the dot. */
  extension: "jsonl" | "parquet";
  contentType: string;
  /** @param lines rows, each as toLine spells it; equal lines give equal bytes */
  encode: (rows: { file: ExampleFile; lines: readonly string[] }) => Uint8Array<ArrayBuffer>;
  /** Never throws: bytes that are no such file are a problem. */
  decode: (source: { file: ExampleFile; bytes: Uint8Array }) => Promise<Decoded>;
}

/** `message` names no text of the file. */
export type Decoded = { ok: true; lines: string[] } | { ok: false; message: string };
