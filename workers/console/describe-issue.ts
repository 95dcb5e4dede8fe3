/** What is wrong with a value, in words: the field, what stands there, and what may. */
import * as z from "zod";
import { isObject } from "../../shared/core/json.ts";

type Issue = z.core.$ZodIssue;

const SHOWN_CHARS_MAX = 100;

/** Of the first issue. @param value what was read by `schema` */
export function describeIssue(issue: Issue | undefined, read: { value: unknown; schema: z.ZodType }): string {
  if (issue === undefined) return "wrong form";
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") return describeUnknown(issue, read.schema);
  const value = issue.path.reduce<unknown>((at, key) => (isIndexable(at) ? at[String(key)] : undefined), read.value);
  const found = value === undefined ? "it is missing" : `it is ${shorten(JSON.stringify(value) ?? String(value))}`;
  return `${path === "" ? "" : `${path}: `}${issue.message}; ${found}`;
}

function describeUnknown(issue: Issue & { keys: string[] }, schema: z.ZodType): string {
  const [key = ""] = issue.keys;
  const at = issue.path.join(".");
  const known = fieldsAt(schema, issue.path);
  const field = at === "" ? key : `${at}.${key}`;
  return `${shorten(field)}: is not a field${at === "" ? "" : ` of ${at}`}${known.length > 0 ? `; there are ${known.join(", ")}` : ""}`;
}

function fieldsAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  const object = unwrap(schema);
  if (!(object instanceof z.ZodObject)) return [];
  const [first, ...rest] = path;
  if (first === undefined) return Object.keys(object.shape);
  return fieldsAt(object.shape[String(first)], rest);
}

/** Of what may be left out, and of what is turned into something else, the form that is read. */
function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return unwrap(schema.def.innerType);
  }
  return schema instanceof z.ZodArray ? unwrap(schema.element) : schema;
}

function isIndexable(value: unknown): value is Record<string, unknown> {
  return Array.isArray(value) || isObject(value as never);
}

function shorten(text: string): string {
  return text.length > SHOWN_CHARS_MAX ? `${text.slice(0, SHOWN_CHARS_MAX)}…` : text;
}
