import { describe, expect, test } from "vitest";
import { tagOf } from "../../shared/core/app-tag.ts";
import {
  asExchangeId,
  type ExchangeId,
  idLowerBound,
  idTimeMs,
  isUuidV7,
  makeUuidV7,
  newExchangeId,
  signExchangeId,
  verifyExchangeId,
} from "../../shared/core/ids.ts";
import { makeKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import fc from "./property.ts";

const signer = new MacSigner("a secret for tests, of 32 characters or more");
const ID = makeUuidV7(1_795_392_000_123, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10)) as ExchangeId;

/** Times that 48 bits hold. */
const timeMs = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const random = fc.uint8Array({ minLength: 10, maxLength: 10 });

describe("a UUIDv7", () => {
  test("has the bytes that RFC 9562 appendix A.6 gives for its time and random bits", () => {
    const bits = Uint8Array.of(0xcc, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f);
    expect(makeUuidV7(0x017f22e279b0, bits)).toBe("017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  });

  test("has version 7 and variant 10 and its time, whatever the time and the random bytes", () => {
    fc.assert(
      fc.property(timeMs, random, (at, bytes) => {
        const id = makeUuidV7(at, bytes);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(isUuidV7(id)).toBe(true);
        expect(idTimeMs(id)).toBe(at);
      }),
    );
  });

  test("sorts by its time, as text", () => {
    fc.assert(
      fc.property(timeMs, timeMs, random, random, (first, second, some, other) => {
        fc.pre(first < second);
        expect(makeUuidV7(first, some) < makeUuidV7(second, other)).toBe(true);
      }),
    );
  });

  test("is new each time for the same millisecond", () => {
    const ids = Array.from({ length: 1_000 }, () => newExchangeId(1_795_392_000_123, "abc"));
    expect(new Set(ids).size).toBe(1_000);
    expect(ids.every((id) => idTimeMs(id) === 1_795_392_000_123)).toBe(true);
    expect(ids.every((id) => isUuidV7(id) && tagOf(id) === "abc")).toBe(true);
  });

  test.each([
    ["", "nothing"],
    [ID.toUpperCase(), "upper case"],
    [ID.replaceAll("-", ""), "no dashes"],
    [`${ID} `, "a blank after it"],
    [`${ID}\n`, "a line end after it"],
    [`{${ID}}`, "braces"],
    [`${ID.slice(0, 14)}4${ID.slice(15)}`, "version 4"],
    [`${ID.slice(0, 19)}c${ID.slice(20)}`, "variant 110"],
    [ID.slice(0, -1), "a character missing"],
    [`${ID}0`, "a character too many"],
  ])("is not %j (%s)", (text) => {
    expect(isUuidV7(text)).toBe(false);
    expect(asExchangeId(text)).toBeUndefined();
  });
});

describe("the lower bound of a time", () => {
  test("sorts before every id of that millisecond and after every id of the one before", () => {
    fc.assert(
      fc.property(timeMs, random, (at, bytes) => {
        fc.pre(at > 0);
        const bound = idLowerBound(at);
        expect(bound <= makeUuidV7(at, bytes)).toBe(true);
        expect(makeUuidV7(at - 1, bytes) < bound).toBe(true);
      }),
    );
  });

  test("holds at the extremes of the random bits", () => {
    const all = (byte: number) => new Uint8Array(10).fill(byte);
    expect(idLowerBound(1_000) < makeUuidV7(1_000, all(0))).toBe(true);
    expect(idLowerBound(1_000) > makeUuidV7(999, all(255))).toBe(true);
  });

  test("takes a time before 1970 as 1970, and a fraction down", () => {
    expect(idLowerBound(-1)).toBe("00000000-0000");
    expect(idLowerBound(5.9)).toBe(idLowerBound(5));
  });
});

describe("a signed id", () => {
  test("verifies, and gives the id back", async () => {
    const signed = await signExchangeId(ID, signer);
    expect(signed).toMatch(/^[0-9a-f-]{36}\.[A-Za-z0-9_-]{22}$/);
    expect(await verifyExchangeId(signed, signer)).toEqual({ ok: true, id: ID });
  });

  test("is refused when any one character of the mac is another", async () => {
    const signed = await signExchangeId(ID, signer);
    const from = signed.indexOf(".") + 1;
    for (let at = from; at < signed.length; at++) {
      for (const character of "ABab01-_.= é") {
        if (signed[at] === character) continue;
        const altered = signed.slice(0, at) + character + signed.slice(at + 1);
        expect((await verifyExchangeId(altered, signer)).ok, altered).toBe(false);
      }
    }
  });

  test("is refused when any one character of the id is another", async () => {
    const signed = await signExchangeId(ID, signer);
    for (let at = 0; at < ID.length; at++) {
      for (const character of "0123456789abcdefABCDEF-.") {
        if (signed[at] === character) continue;
        const altered = signed.slice(0, at) + character + signed.slice(at + 1);
        expect((await verifyExchangeId(altered, signer)).ok, altered).toBe(false);
      }
    }
  });

  test("is refused when a character is added or lost", async () => {
    const signed = await signExchangeId(ID, signer);
    for (const altered of [
      signed.slice(0, -1),
      `${signed}A`,
      ` ${signed}`,
      `${signed}.`,
      `${signed}.x`,
      `.${signed}`,
    ]) {
      expect((await verifyExchangeId(altered, signer)).ok, altered).toBe(false);
    }
  });

  test("says whether the form, the mac's absence or the mac is at fault", async () => {
    const signed = await signExchangeId(ID, signer);
    expect(await verifyExchangeId("", signer)).toEqual({ ok: false, reason: "malformed" });
    expect(await verifyExchangeId(`${signed}.more`, signer)).toEqual({ ok: false, reason: "malformed" });
    expect(await verifyExchangeId(signed.toUpperCase(), signer)).toEqual({ ok: false, reason: "malformed" });
    expect(await verifyExchangeId(ID, signer)).toEqual({ ok: false, reason: "mac_missing" });
    expect(await verifyExchangeId(`${ID}.`, signer)).toEqual({ ok: false, reason: "mac_wrong" });
  });

  test("is refused with the mac of another exchange", async () => {
    const other = makeUuidV7(1_795_392_000_124, new Uint8Array(10)) as ExchangeId;
    const mac = (await signExchangeId(other, signer)).split(".")[1];
    expect(await verifyExchangeId(`${ID}.${mac}`, signer)).toEqual({ ok: false, reason: "mac_wrong" });
  });

  test("is refused with the mac that another secret gives", async () => {
    const signed = await signExchangeId(ID, new MacSigner("another secret for tests, long enough too"));
    expect(await verifyExchangeId(signed, signer)).toEqual({ ok: false, reason: "mac_wrong" });
  });

  test("is refused with a mac that was made for a key", async () => {
    const key = await makeKey({ app: "demo", keyId: "k1", scopes: ["proxy"] }, signer);
    expect((await verifyExchangeId(`${ID}.${key.slice(-22)}`, signer)).ok).toBe(false);
    const sameText = await signer.sign("key", ID);
    expect(await verifyExchangeId(`${ID}.${sameText}`, signer)).toEqual({ ok: false, reason: "mac_wrong" });
  });

  test("never throws, whatever the text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 80 }), async (text) => {
        expect((await verifyExchangeId(text, signer)).ok).toBe(false);
      }),
    );
  });
});

describe("the secret", () => {
  test("has 32 characters at least, and the error says how to make one", () => {
    expect(() => new MacSigner("x".repeat(31))).toThrow(/31 characters and needs 32.*openssl rand -hex 32/);
    expect(() => new MacSigner("x".repeat(32))).not.toThrow();
  });

  test("is not in the error", () => {
    expect(() => new MacSigner("hunter2")).toThrow(/^(?!.*hunter2)/);
  });
});
