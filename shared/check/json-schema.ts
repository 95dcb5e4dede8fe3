/** Does a value fit a JSON Schema that an app sent? Where that can't be told, it does: the schema may be broken, or a trap. */
import { Validator } from "@cfworker/json-schema";
import { isObject, type Json } from "../core/json.ts";

const SCHEMA_CHARS_MAX = 100_000;
const VALUE_CHARS_MAX = 1_000_000;

/** @returns the keyword of the schema that it breaks; undefined where it fits, or nobody knows */
export function brokenKeyword(schema: Json, value: Json): string | undefined {
  if (!isObject(schema)) return undefined;
  try {
    if (JSON.stringify(schema).length > SCHEMA_CHARS_MAX || JSON.stringify(value).length > VALUE_CHARS_MAX)
      return undefined;
    const validator = new Validator(withoutPatterns(schema) as object, "2020-12", true);
    const { valid, errors } = validator.validate(value);
    return valid ? undefined : (errors.at(-1)?.keyword ?? "schema");
  } catch {
    return undefined; // an unknown reference, or one that never ends
  }
}

/** A pattern of another's may take for ever, so none is looked at. */
function withoutPatterns(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutPatterns);
  if (!isObject(schema)) return schema;
  const kept = Object.entries(schema).filter(([key, value]) => {
    return !(key === "pattern" && typeof value === "string") && key !== "patternProperties" && key !== "format";
  });
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutPatterns(value ?? null)]));
}
