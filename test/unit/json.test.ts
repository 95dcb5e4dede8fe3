import { describe, expect, test } from "vitest";
import { canonicalJson, isObject, type Json, type JsonObject, parseJson } from "../../shared/core/json.ts";
import fc from "./property.ts";

const json = fc.jsonValue() as fc.Arbitrary<Json>;

describe("canonical JSON", () => {
  test("is JSON of the same value", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value))); // JSON has no -0
      }),
    );
  });

  test("has one spelling, in whatever order the keys came", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      }),
    );
  });

  test("sorts keys at every depth, and keeps the order of arrays", () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 0], a: { é: null, e: "x" } })).toBe(
      '{"a":{"e":"x","é":null},"b":[{"c":2,"d":1},0]}',
    );
  });

  test("leaves undefined fields out, as JSON does", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    expect(canonicalJson(undefined)).toBe("null");
  });

  test("keeps a key called __proto__", () => {
    const value = parseJson('{"b":1,"__proto__":{"x":1}}');
    expect(canonicalJson(value)).toBe('{"__proto__":{"x":1},"b":1}');
  });

  test("spells half a surrogate pair so that UTF-8 can hold it", () => {
    expect(canonicalJson("\ud800")).toBe('"\\ud800"');
  });
});

describe("parsing JSON", () => {
  test.each(["", " ", "{", "{'a':1}", "undefined", "NaN", "[1,]", '{"a":1}x'])("answers undefined to %j", (text) => {
    expect(parseJson(text)).toBeUndefined();
  });

  test("tells null from what is not JSON", () => {
    expect(parseJson("null")).toBeNull();
  });

  test("gives a key called __proto__ no power", () => {
    const value = parseJson('{"__proto__":{"admin":true}}') as JsonObject;
    expect(value.admin).toBeUndefined();
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  });

  test("does not end the process at a hundred thousand brackets", () => {
    expect(() => parseJson("[".repeat(100_000))).not.toThrow();
  });
});

test("an object is neither null nor an array", () => {
  expect([{}, { a: 1 }].every(isObject)).toBe(true);
  expect([null, [], "{}", 1, true, undefined].some(isObject)).toBe(false);
});
