/** Schemas as the reference shows them: a type, its bounds, its defaults. */
import { expect, test } from "vitest";
import * as z from "zod";
import { parameterText, schemaText } from "../../workers/console/docs/schema-text.ts";

const textOf = (schema: z.ZodType) => schemaText(z.toJSONSchema(schema, { io: "input" }));

test("an object has its fields, with a mark on those that may be left out, and bounds as comments", () => {
  const schema = z.strictObject({
    name: z.string().min(1).max(64),
    hours: z.number().gt(0).max(24).default(8),
    count: z.int().optional(),
    inner: z.strictObject({ on: z.boolean(), at: z.string().optional() }).optional(),
  });
  expect(textOf(schema)).toBe(
    [
      "{",
      "  name: string  // 1 to 64 characters",
      "  hours?: number  // over 0 to 24; default 8",
      "  count?: integer",
      "  inner?: {",
      "    on: boolean",
      "    at?: string",
      "  }",
      "}",
    ].join("\n"),
  );
});

test("choices, lists and names that the sender makes up", () => {
  expect(textOf(z.array(z.enum(["a", "b"])))).toBe('("a" | "b")[]');
  expect(textOf(z.record(z.string(), z.boolean()))).toBe("{ [name]: boolean }");
  expect(textOf(z.union([z.literal("up"), z.null()]))).toBe('"up" | null');
});

test("an object of one field is one line", () => {
  expect(textOf(z.strictObject({ id: z.string().max(128) }))).toBe("{ id: string /* at most 128 characters */ }");
});

test("what may be sent as one or as many is shown once", () => {
  const one = z.strictObject({ id: z.string() });
  expect(textOf(z.union([one, z.array(one).max(100)]))).toBe(
    "// one of these, or an array of up to 100\n{ id: string }",
  );
  expect(textOf(z.union([one, z.array(z.string())]))).toBe("{ id: string } | string[]");
});

test("a parameter has its type and its notes apart", () => {
  const schema = z.toJSONSchema(z.int().min(1).max(90).default(30).describe("to look back"), { io: "input" });
  expect(parameterText(schema)).toEqual({ type: "integer", notes: "to look back; 1 to 90; default 30" });
});
