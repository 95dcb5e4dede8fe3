import { describe, expect, test } from "vitest";
import { fingerprint, sha256Hex, uniform, uniformOf } from "../../shared/core/hash.ts";
import { toBytes } from "../../shared/core/text.ts";

describe("hashes", () => {
  test("are SHA-256 (FIPS 180-4, the one-block example)", () => {
    expect(sha256Hex("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(sha256Hex(toBytes("abc"))).toBe(sha256Hex("abc"));
  });

  test("cut to a fingerprint are its first 16 hex characters", () => {
    expect(fingerprint("abc")).toBe("ba7816bf8f01cfea");
  });

  test("as a number lie in [0, 1), spread evenly, and depend on each part and its place", () => {
    const numbers = Array.from({ length: 10_000 }, (_, index) => uniform("seed", String(index)));
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(4 * Math.sqrt(1 / 12 / numbers.length)); // 4 standard errors
    const ofKeys = uniformOf("seed", "purpose");
    const keys = Array.from({ length: 10_000 }, (_, at) => ofKeys(toBytes(String(at).padStart(16, "0"))));
    expect(keys.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(Math.abs(keys.reduce((sum, number) => sum + number, 0) / keys.length - 0.5)).toBeLessThan(0.0116);
    expect(ofKeys(toBytes("0".repeat(16)))).toBe(keys[0]); // whatever was asked for between
    expect(uniformOf("seed", "other")(toBytes("0".repeat(16)))).not.toBe(keys[0]);
    expect(new Set([uniform("a", "b"), uniform("b", "a"), uniform("ab"), uniform("a", "b", "")]).size).toBe(4);
  });
});
