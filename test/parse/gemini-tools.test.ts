import { describe, expect, test } from "vitest";
import type { Json, JsonObject } from "../../shared/core/json.ts";
import { gemini } from "../../shared/parse/gemini.ts";

const toolsIn = (tools: Json): Json =>
  gemini.readConversation({ request: { contents: "Hi", tools }, response: null }).tools;
const parametersIn = (parameters: Json): Json => {
  const tools = toolsIn([{ functionDeclarations: [{ name: "f", parameters }] }]) as { function: JsonObject }[];
  return tools[0]?.function.parameters ?? null;
};

describe("the tools of a Gemini request", () => {
  test("are functions, each on its own", () => {
    const f = {
      name: "f",
      description: "Rain?",
      parameters: { type: "OBJECT", properties: { city: { type: "STRING" } } },
    };
    const g = { name: "g", description: "" };
    const schema = { type: "object", properties: { city: { type: "string" } } };
    const expected = [
      { type: "function", function: { name: "f", description: "Rain?", parameters: schema } },
      { type: "function", function: { name: "g", description: "" } },
    ];
    expect(toolsIn([{ functionDeclarations: [f, g] }])).toEqual(expected);
    expect(toolsIn([{ functionDeclarations: [f] }, { function_declarations: [g] }])).toEqual(expected);
    expect(toolsIn({ functionDeclarations: [f, g] })).toEqual(expected);
  });

  test.each(["parametersJsonSchema", "parameters_json_schema"])("have JSON Schema as it came in %s", (field) => {
    const schema = {
      type: "object",
      properties: { any_of: { type: ["string", "null"] } },
      additionalProperties: false,
    };
    const [tool] = toolsIn([{ functionDeclarations: [{ name: "f", [field]: schema }] }]) as JsonObject[];
    expect(tool).toEqual({ type: "function", function: { name: "f", parameters: schema } });
  });

  test("that Google runs stay as they came, one by one", () => {
    expect(
      toolsIn([
        { googleSearch: {}, codeExecution: {} },
        { google_maps: {}, functionDeclarations: [{ name: "f" }] },
      ]),
    ).toEqual([
      { googleSearch: {} },
      { codeExecution: {} },
      { type: "function", function: { name: "f" } },
      { google_maps: {} },
    ]);
  });

  test("keep what chat has no place for beside the function", () => {
    const response = { type: "OBJECT" };
    expect(toolsIn([{ functionDeclarations: [{ name: "f", response }] }])).toMatchObject([
      { type: "function", response },
    ]);
  });

  test.each<Json>([null, [], [{}], [{ functionDeclarations: [] }], {}])("are none in %j", (tools) => {
    expect(toolsIn(tools)).toBeNull();
  });
});

describe("a schema of Gemini's own as JSON Schema", () => {
  test.each<[string, Json, Json]>([
    ["types", { type: "ARRAY", items: { type: "INTEGER" } }, { type: "array", items: { type: "integer" } }],
    [
      "types within types",
      { type: "OBJECT", properties: { a: { anyOf: [{ type: "NUMBER" }, { type: "NULL" }] } } },
      { type: "object", properties: { a: { anyOf: [{ type: "number" }, { type: "null" }] } } },
    ],
    ["types that are right", { type: "string" }, { type: "string" }],
    ["types that are unsaid", { type: "TYPE_UNSPECIFIED", description: "x" }, { description: "x" }],
    ["nullable", { type: "STRING", nullable: true }, { type: ["string", "null"] }],
    [
      "nullable of an enum",
      { type: "STRING", format: "enum", enum: ["a"], nullable: true },
      { type: ["string", "null"], enum: ["a", null] },
    ],
    [
      "nullable of a choice",
      { anyOf: [{ type: "STRING" }], nullable: true },
      { anyOf: [{ type: "string" }, { type: "null" }] },
    ],
    ["not nullable", { type: "STRING", nullable: false }, { type: "string" }],
    [
      "bounds as text",
      { type: "ARRAY", minItems: "1", max_items: "9", maxLength: 3 },
      { type: "array", minItems: 1, maxItems: 9, maxLength: 3 },
    ],
    [
      "the other spelling",
      { any_of: [{ type: "STRING" }], property_ordering: ["a"] },
      { anyOf: [{ type: "string" }], propertyOrdering: ["a"] },
    ],
    [
      "names of properties as they are",
      { type: "OBJECT", properties: { any_of: { type: "STRING" }, type: { type: "STRING" } }, required: ["any_of"] },
      { type: "object", properties: { any_of: { type: "string" }, type: { type: "string" } }, required: ["any_of"] },
    ],
    [
      "values as they are",
      { type: "STRING", enum: ["STRING"], default: "OBJECT", format: "date-time" },
      { type: "string", enum: ["STRING"], default: "OBJECT", format: "date-time" },
    ],
    ["what is none", 7, 7],
  ])("has %s", (_name, schema, expected) => {
    expect(parametersIn(schema)).toEqual(expected);
  });
});
