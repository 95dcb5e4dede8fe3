/** Lines from bytes that come in pieces of any size. */

import { describe, expect, test } from "vitest";
import { LineSplitter, type RawLine } from "../../shared/import/split-lines.ts";
import fc from "../unit/property.ts";

function split(bytes: Uint8Array, options: { pieces?: readonly number[]; bytesMax?: number } = {}): RawLine[] {
  const { pieces = [bytes.length], bytesMax = 1_000 } = options;
  const splitter = new LineSplitter(bytesMax);
  const lines: RawLine[] = [];
  let at = 0;
  for (const size of pieces) {
    lines.push(...splitter.push(bytes.subarray(at, at + size)));
    at += size;
  }
  lines.push(...splitter.push(bytes.subarray(at)), ...splitter.end());
  return lines;
}

function linesOf(text: string): RawLine[] {
  return split(new TextEncoder().encode(text));
}

describe("lines", () => {
  test("are numbered as an editor shows them, blank ones too, and end with LF, CRLF or the file", () => {
    expect(linesOf("a\r\n\n  \nb\nc")).toEqual([
      { number: 1, text: "a\r" },
      { number: 4, text: "b" },
      { number: 5, text: "c" },
    ]);
    expect(linesOf("")).toEqual([]);
  });

  test("lose a byte order mark at the beginning, and only there", () => {
    expect(linesOf("\uFEFFa\n\uFEFFb")).toEqual([
      { number: 1, text: "a" },
      { number: 2, text: "\uFEFFb" },
    ]);
  });

  test("that are not UTF-8 are told, and the next ones are read", () => {
    expect(split(Uint8Array.from([0xff, 0x0a, 0x61]))).toEqual([
      { number: 1, reason: "the line is not UTF-8" },
      { number: 2, text: "a" },
    ]);
  });

  test("of the greatest length are read, and those of one byte more are told", () => {
    const bytes = new TextEncoder().encode(`${"x".repeat(10)}\n${"y".repeat(11)}\nz`);
    expect(split(bytes, { bytesMax: 10 })).toEqual([
      { number: 1, text: "x".repeat(10) },
      { number: 2, reason: "the line has 11 bytes, 10 at most" },
      { number: 3, text: "z" },
    ]);
  });

  test("are the same however the bytes are cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: "grapheme", maxLength: 30 }), fc.constantFrom("", " ", "\r", "größe 🦜"))),
        fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 200 }),
        fc.integer({ min: 1, max: 40 }),
        (texts, pieces, bytesMax) => {
          const bytes = new TextEncoder().encode(texts.join("\n"));
          expect(split(bytes, { pieces, bytesMax })).toEqual(split(bytes, { bytesMax }));
        },
      ),
      { numRuns: 500 },
    );
  });
});
