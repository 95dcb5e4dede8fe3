/** Schemas of apps: what they mean by what they write, and those that are broken, or made to take for ever. */
import { describe, expect, it, test } from "vitest";
import { brokenKeyword } from "../../shared/check/json-schema.ts";
import type { Json } from "../../shared/core/json.ts";
import fc from "../unit/property.ts";
import { callOf, findingOfCalls, toolOf } from "./finding-of.ts";

const text = { type: "string" };
const propertyOf = (schema: Json, more: object = {}): Json => ({
  type: "object",
  properties: { a: schema },
  ...more,
});

describe("arguments that fit", () => {
  it.each<[string, Json, Json]>([
    [
      "a parameter that is called `format`",
      {
        type: "object",
        properties: { format: text, pattern: text },
        required: ["format"],
        additionalProperties: false,
      },
      { format: "short", pattern: "x" },
    ],
    [
      "a parameter that is called `$ref`",
      { type: "object", properties: { $ref: text }, additionalProperties: false },
      { $ref: "a" },
    ],
    ["names by pattern", { patternProperties: { "^x": text }, additionalProperties: false }, { xa: "b" }],
    ["a pattern that is forbidden", propertyOf({ ...text, not: { pattern: "^b" } }), { a: "c" }],
    [
      "a format that decides between two",
      propertyOf({
        oneOf: [
          { ...text, format: "date" },
          { ...text, format: "email" },
        ],
      }),
      { a: "2026-01-01" },
    ],
    ["a type that there isn't", propertyOf({ type: "float" }), { a: 1.5 }],
    ["types in upper case", { type: "OBJECT", properties: { a: { type: "STRING" } } }, { a: "x" }],
    ["OpenAPI's null", propertyOf({ ...text, nullable: true }), { a: null }],
    ["`required` as a name", propertyOf(text, { required: "a" }), { a: "x" }],
    ["`required` in the property", propertyOf({ ...text, required: true }), { a: "x" }],
    [
      "a tuple of draft 7",
      { $schema: "http://json-schema.org/draft-07/schema#", ...(propertyOf({ items: [text, {}] }) as object) },
      { a: ["x", 1] },
    ],
    [
      "a reference beside other keywords in draft 7, where it stands alone",
      {
        $schema: "http://json-schema.org/draft-07/schema#",
        properties: { a: { $ref: "#/definitions/A", type: "number" } },
        definitions: { A: text },
      },
      { a: "x" },
    ],
    [
      "an example that looks like a schema",
      propertyOf({ ...text, example: { $id: "x", $ref: "nowhere" } }),
      { a: "x" },
    ],
    ["a name in its prototype", JSON.parse('{"properties":{"__proto__":{}}}'), '{"__proto__":"x"}'],
  ])("%s", (_, schema, args) => {
    expect(findingOfCalls([callOf(args)], toolOf(schema))).toBeUndefined();
  });
});

describe("a value that does not fit breaks", () => {
  it.each<[string, Json, Json]>([
    ["type", propertyOf({ ...text, nullable: true }), { a: 5 }],
    ["type", { properties: { pattern: text } }, { pattern: 5 }],
    ["type", { $ref: "#/$defs/A", $defs: { A: { type: "object" } } }, 5],
    ["type", propertyOf(text, { $id: "https://example.com/a" }), { a: 5 }],
    ["enum", propertyOf({ enum: ["x", "y"] }), { a: "z" }],
    ["additionalProperties", propertyOf(text, { additionalProperties: false }), { b: 1 }],
    ["required", propertyOf(text, { required: ["a"] }), {}],
    ["uniqueItems", propertyOf({ uniqueItems: true }), { a: [1, 1] }],
    ["not", propertyOf({ not: { type: "string" } }), { a: "x" }],
    ["minimum", propertyOf({ type: "integer", minimum: 3, format: "int32" }), { a: 2 }],
  ])("%s", (keyword, schema, value) => {
    expect(brokenKeyword(schema, value)).toBe(keyword);
  });
});

describe("a schema is no trap", () => {
  /** Each level refers twice to the next: written out, it doubles with each. */
  function doubling(levels: number): Json {
    const below = (at: number) => ({ allOf: [{ $ref: `#/$defs/d${at + 1}` }, { $ref: `#/$defs/d${at + 1}` }] });
    const defs = Array.from({ length: levels }, (_, at) => [`d${at}`, below(at)] as const);
    return { $ref: "#/$defs/d0", $defs: { ...Object.fromEntries(defs), [`d${levels}`]: { type: "string" } } };
  }
  const nested = (levels: number, at: (inner: Json) => Json): Json =>
    Array.from({ length: levels }).reduce<Json>((inner) => at(inner), { type: "string" });
  const many = Array.from({ length: 2_000 }, (_, at) => ({ at }));

  test("that doubles is followed while it is small", () => {
    expect(brokenKeyword(doubling(5), 5)).toBe("type");
    expect(brokenKeyword(doubling(80), 5)).toBeUndefined();
  });

  it.each<[string, Json, Json]>([
    ["refers to itself", { $ref: "#" }, { a: 1 }],
    ["refers to itself by others", { $ref: "#/$defs/A", $defs: { A: { anyOf: [{ $ref: "#/$defs/A" }] } } }, 5],
    ["refers to nothing", { $ref: "#/$defs/no" }, 5],
    ["refers to another's", { $ref: "https://example.com/schema" }, 5],
    ["nests without end", nested(5_000, (inner) => ({ type: "number", anyOf: [inner] })), 5],
    ["is tried on everything", { items: { anyOf: many.map(() => ({ type: "string" })) } }, many],
    ["compares everything", { uniqueItems: true }, [...many, { at: 0 }]],
    ["lists everything", { items: { enum: many } }, [...many, { at: -1 }]],
    ["matches without end", { type: "string", pattern: "^(a+)+$" }, `${"a".repeat(50)}!`],
  ])("that %s", (_, schema, value) => {
    expect(brokenKeyword(schema, value)).toBeUndefined();
  });

  test("and a value that nests without end is none either", () => {
    const value = nested(5_000, (inner) => [inner]);
    expect(brokenKeyword({ type: "string" }, value)).toBeUndefined();
  });

  test("whatever it is: nothing is thrown, and one of the schema's own keywords is named", () => {
    const keywords = ["type", "items", "properties", "required", "enum", "anyOf", "not", "$ref", "$id", "minimum"];
    const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom<Json>("string", "object", "#/properties/a", "#", 3, true, null, ["a"]),
        fc.array(tie("schema"), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...keywords, "a"), tie("schema"), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(schema, fc.jsonValue(), (given, value) => {
        const broken = brokenKeyword(given, value as Json);
        if (broken !== undefined) expect(["schema", ...keywords]).toContain(broken);
      }),
      { numRuns: 2_000 },
    );
  });
});
