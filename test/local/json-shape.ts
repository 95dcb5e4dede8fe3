/** The shape of JSON: where in it is what type. `{"a":[{"b":1}]}` has `a[].b number`. */

/** What is below these is somebody's own: a tool's arguments and schema, a caller's metadata. */
export type Opaque = RegExp;

/**
 * Each place with its type, of objects and arrays too.
 * @param opaque places (`output[].arguments`) below which nothing is looked at
 */
export function shapeOf(json: unknown, opaque?: Opaque): Set<string> {
  const shape = new Set<string>();
  walk({ value: json, place: "", shape, opaque });
  return shape;
}

/** The places that none of the others has. */
export function foreignPlaces(shape: ReadonlySet<string>, others: Iterable<ReadonlySet<string>>): string[] {
  const known = new Set<string>();
  for (const other of others) for (const place of other) known.add(place);
  return [...shape].filter((place) => !known.has(place));
}

function walk(options: { value: unknown; place: string; shape: Set<string>; opaque: Opaque | undefined }): void {
  const { value, place, shape, opaque } = options;
  shape.add(`${place} ${typeOf(value)}`);
  if (opaque?.test(place) || typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) walk({ ...options, value: item, place: `${place}[]` });
    return;
  }
  // a part or an item is what its type says: two types at one place have shapes of their own
  const own = "type" in value && typeof value.type === "string" ? `<${value.type}>` : "";
  for (const [key, inner] of Object.entries(value)) walk({ ...options, value: inner, place: `${place}${own}.${key}` });
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}
