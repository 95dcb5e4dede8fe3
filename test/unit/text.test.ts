import { describe, expect, test } from "vitest";
import {
  equalInConstantTime,
  fromBase64,
  toBase64,
  toBase64Url,
  toBytes,
  toHex,
  toText,
} from "../../shared/core/text.ts";
import fc from "./property.ts";
import { noise } from "./seeded.ts";

const bytes = fc.uint8Array({ maxLength: 300 });

describe("encodings", () => {
  test("agree with Node's", () => {
    fc.assert(
      fc.property(bytes, (array) => {
        const buffer = Buffer.from(array);
        expect(toHex(array)).toBe(buffer.toString("hex"));
        expect(toBase64(array)).toBe(buffer.toString("base64"));
        expect(toBase64Url(array)).toBe(buffer.toString("base64url"));
        expect(Buffer.from(fromBase64(toBase64(array))).equals(buffer)).toBe(true);
      }),
    );
  });

  test("hold at and around the chunk in which base64 is made", () => {
    for (const length of [0x7fff, 0x8000, 0x8001, 0x18000, 1_000_000]) {
      const array = noise(length, length);
      expect(toBase64(array) === Buffer.from(array).toString("base64"), `${length} bytes`).toBe(true);
    }
  });

  test("of text keep what is Unicode", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        fc.pre(!text.startsWith("\ufeff")); // a byte-order mark is no text
        expect(toText(toBytes(text))).toBe(text);
      }),
    );
  });

  test("of what is not UTF-8 never throw", () => {
    expect(toText(Uint8Array.of(0x61, 0xff, 0xc3, 0x62))).toBe("a\ufffd\ufffdb");
    fc.assert(fc.property(bytes, (array) => typeof toText(array) === "string"));
  });

  test("give a part of a larger buffer and no more", () => {
    expect(toText(toBytes("abcdef").subarray(2, 4))).toBe("cd");
  });
});

describe("comparing in constant time", () => {
  test("says what === says", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 8 });
    fc.assert(fc.property(text, (same) => equalInConstantTime(same, same)));
    fc.assert(fc.property(text, text, (a, b) => equalInConstantTime(a, b) === (a === b)));
  });

  test.each([
    ["", "a"],
    ["a", ""],
    ["abc", "ab"],
    ["ab", "abab"],
    ["abab", "ab"],
    ["aa", "a"],
    ["\0", ""],
  ])("tells %j from %j", (left, right) => {
    expect(equalInConstantTime(left, right)).toBe(false);
  });
});
