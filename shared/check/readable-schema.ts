/**
 * A JSON Schema that an app sent, as far as it can be held against a value in bounded time. What cannot be told apart from a mistake
 * of the schema's makes it unreadable: a type that there isn't, a keyword in a form that it has not, a reference to somewhere else
 * or in a circle. Patterns and formats are left out (a pattern of another's may take for ever), and a schema in which their absence
 * could make a sound value fail (below `not`, `if`, `oneOf`) is unreadable too.
 * https://json-schema.org/draft/2020-12/json-schema-validation
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";

export interface ReadableSchema {
  schema: JsonObject;
  /** How many schemas there are when each reference is written out, values of `enum` among them. */
  nodes: number;
  comparesItems: boolean;
}

/** Nesting, references followed. */
const DEPTH_MAX = 100;

/** undefined where nothing can be said with it. */
export function readSchema(schema: Json): ReadableSchema | undefined {
  const reader = new Reader();
  const read = reader.read(schema, { depth: 0, isNegated: false });
  if (!isObject(read) || (reader.isLoosened && reader.hasNegatedReference)) return undefined;
  const nodes = new Counter(read).count(read, 0);
  return nodes === undefined ? undefined : { schema: read, nodes, comparesItems: reader.comparesItems };
}

interface Place {
  depth: number;
  /** Would a looser schema here make the whole one stricter? */
  isNegated: boolean;
}

const TYPES: ReadonlySet<Json | undefined> = new Set([
  "string",
  "number",
  "integer",
  "boolean",
  "object",
  "array",
  "null",
]);
const ONE: ReadonlySet<string> = new Set([
  "additionalProperties",
  "additionalItems",
  "items",
  "contains",
  "propertyNames",
  "not",
  "if",
  "then",
  "else",
]);
const LISTS: ReadonlySet<string> = new Set(["allOf", "anyOf", "oneOf", "prefixItems"]);
const MAPS: ReadonlySet<string> = new Set(["properties", "$defs", "definitions", "dependentSchemas"]);
const NEGATED: ReadonlySet<string> = new Set(["not", "if", "oneOf", "contains"]);
const LOOSE: ReadonlySet<string> = new Set(["pattern", "format"]);
const UNREADABLE: ReadonlySet<string> = new Set([
  "patternProperties",
  "dependencies",
  "unevaluatedProperties",
  "unevaluatedItems",
  "$anchor",
  "$dynamicRef",
  "$recursiveRef",
  "extends",
]);
const NUMBERS: ReadonlySet<string> = new Set(
  "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems maxItems minProperties maxProperties minContains maxContains".split(
    " ",
  ),
);

class Reader {
  isLoosened = false;
  hasNegatedReference = false;
  comparesItems = false;

  /** undefined: unreadable. */
  read(schema: Json | undefined, place: Place): Json | undefined {
    if (typeof schema === "boolean") return schema;
    if (!isObject(schema) || place.depth > DEPTH_MAX) return undefined;
    if (place.depth > 0 && (schema.$id !== undefined || typeof schema.id === "string")) return undefined;
    const fields: [string, Json][] = [];
    for (const [keyword, value] of Object.entries(schema)) {
      if (UNREADABLE.has(keyword)) return undefined;
      const read = this.#keyword(keyword, value ?? null, place);
      if (read === undefined) return undefined;
      if (read !== null) fields.push([keyword, read.value]);
    }
    const read = Object.fromEntries(fields);
    return schema.nullable === true ? { anyOf: [read, { type: "null" }] } : read;
  }

  /** null: it says nothing; undefined: it cannot be read. */
  #keyword(keyword: string, value: Json, place: Place): { value: Json } | null | undefined {
    const inner = { depth: place.depth + 1, isNegated: place.isNegated || NEGATED.has(keyword) };
    if (keyword === "items" && Array.isArray(value)) return this.#list(value, inner);
    if (ONE.has(keyword)) return wrap(this.read(value, inner));
    if (LISTS.has(keyword)) return Array.isArray(value) ? this.#list(value, inner) : undefined;
    if (MAPS.has(keyword)) return isObject(value) ? this.#map(value, inner) : undefined;
    if (LOOSE.has(keyword)) {
      this.isLoosened = true;
      return place.isNegated ? undefined : null;
    }
    if (keyword === "$ref" && place.isNegated) this.hasNegatedReference = true;
    if (keyword === "uniqueItems" && value === true) this.comparesItems = true;
    return readPlain(keyword, value);
  }

  #list(schemas: Json[], place: Place): { value: Json } | undefined {
    const read: Json[] = [];
    for (const schema of schemas) {
      const one = this.read(schema, place);
      if (one === undefined) return undefined;
      read.push(one);
    }
    return { value: read };
  }

  #map(schemas: JsonObject, place: Place): { value: Json } | undefined {
    const read: [string, Json][] = [];
    for (const [name, schema] of Object.entries(schemas)) {
      const one = this.read(schema, place);
      if (one === undefined) return undefined;
      read.push([name, one]);
    }
    return { value: Object.fromEntries(read) };
  }
}

/** Keywords that hold no schema. What is unknown is an annotation, and says nothing. */
function readPlain(keyword: string, value: Json): { value: Json } | null | undefined {
  if (NUMBERS.has(keyword)) return typeof value === "number" ? { value } : undefined;
  switch (keyword) {
    case "type":
      return (Array.isArray(value) ? value : [value]).every((one) => TYPES.has(one)) ? { value } : undefined;
    case "enum":
      return Array.isArray(value) ? { value } : undefined;
    case "const":
      return { value };
    case "required":
      return Array.isArray(value) && value.every((name) => typeof name === "string") ? { value } : undefined;
    case "uniqueItems":
      return typeof value === "boolean" ? { value } : undefined;
    case "$ref":
      return typeof value === "string" && /^#(?:\/|$)/.test(value) ? { value } : undefined;
    case "dependentRequired":
      return isObject(value) && Object.values(value).every(Array.isArray) ? { value } : undefined;
    default:
      return null;
  }
}

function wrap(value: Json | undefined): { value: Json } | undefined {
  return value === undefined ? undefined : { value };
}

/** Counts each schema once for each way that leads to it; what it has counted it remembers, so that it takes no longer for that. */
class Counter {
  readonly #root: JsonObject;
  /** null while it is being counted. */
  readonly #counted = new Map<JsonObject, number | null>();

  constructor(root: JsonObject) {
    this.#root = root;
  }

  /** undefined for a reference to nothing, or in a circle. */
  count(schema: Json | undefined, depth: number): number | undefined {
    if (typeof schema === "boolean") return 1;
    if (!isObject(schema) || depth > DEPTH_MAX) return undefined;
    const known = this.#counted.get(schema);
    if (known !== undefined) return known ?? undefined;
    this.#counted.set(schema, null);
    let nodes = 1 + (Array.isArray(schema.enum) ? countNodes(schema.enum) : 0) + countNodes(schema.const ?? null);
    for (const inner of this.#schemasIn(schema)) {
      const count = this.count(inner, depth + 1);
      if (count === undefined) return undefined;
      nodes += count;
    }
    this.#counted.set(schema, nodes);
    return nodes;
  }

  #schemasIn(schema: JsonObject): (Json | undefined)[] {
    return Object.entries(schema).flatMap(([keyword, value]) => {
      if (keyword === "$ref") return [this.#find(String(value))];
      if (keyword === "$defs" || keyword === "definitions") return []; // counted where they are referred to
      if (MAPS.has(keyword) && isObject(value)) return Object.values(value);
      if (Array.isArray(value) && (LISTS.has(keyword) || keyword === "items")) return value;
      return ONE.has(keyword) ? [value] : [];
    });
  }

  /** A JSON Pointer, RFC 6901. */
  #find(reference: string): Json | undefined {
    let found: Json | undefined = this.#root;
    for (const part of reference.split("/").slice(1)) {
      const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
      if (typeof found !== "object" || found === null) return undefined;
      found = Array.isArray(found) ? found[Number(key)] : Object.hasOwn(found, key) ? found[key] : undefined;
    }
    return found;
  }
}

/** Values in a value, itself among them; without recursion, since it may nest as deep as JSON can. */
export function countNodes(value: Json): number {
  const open: (Json | undefined)[] = [value];
  let nodes = 0;
  while (open.length > 0) {
    const one = open.pop();
    nodes++;
    if (typeof one === "object" && one !== null) for (const inner of Object.values(one)) open.push(inner);
  }
  return nodes;
}
