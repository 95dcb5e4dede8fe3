/** Does a value fit a JSON Schema that an app sent? Where that can't be told, it does: the schema may be broken, or a trap. */
import { Validator } from "@cfworker/json-schema";
import type { Json } from "../core/json.ts";
import { countNodes, readSchema } from "./readable-schema.ts";

/** Of schema and value; the validator walks both by recursion. */
const DEPTH_MAX = 200;
/** Schemas times values: the worst that the validator can be made to do, some two seconds. */
const STEPS_MAX = 2_000_000;
/** Of a value whose items are compared with each other. */
const COMPARED_NODES_MAX = 2_000;
/** Before 2019 a reference stood alone. */
const OLD_DRAFT = /draft-0[3-7]/;

/** @returns the keyword of the schema that it breaks; undefined where it fits, or nobody knows */
export function brokenKeyword(schema: Json, value: Json): string | undefined {
  if (isDeep(schema) || isDeep(value)) return undefined;
  const readable = readSchema(schema);
  if (readable === undefined) return undefined;
  const nodes = countNodes(value);
  if (nodes * readable.nodes > STEPS_MAX || (readable.comparesItems && nodes > COMPARED_NODES_MAX)) return undefined;
  const draft = OLD_DRAFT.test(draftOf(schema)) ? "7" : "2020-12";
  try {
    const { valid, errors } = new Validator(readable.schema, draft, true).validate(value);
    return valid ? undefined : (errors.findLast(({ keyword }) => keyword !== "false")?.keyword ?? "schema");
  } catch {
    return undefined; // two schemas of one name
  }
}

function draftOf(schema: Json): string {
  const { $schema = "" } = schema as { $schema?: Json };
  return typeof $schema === "string" ? $schema : "";
}

function isDeep(value: Json): boolean {
  let level: Json[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > DEPTH_MAX) return true;
    level = level.flatMap((one): Json[] =>
      typeof one === "object" && one !== null ? Object.values(one).filter((inner) => typeof inner === "object") : [],
    );
  }
  return false;
}
