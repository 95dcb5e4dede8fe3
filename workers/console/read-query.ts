/** Query parameters and JSON bodies, checked by zod: the values, or an answer that names the field and the remedy. */
import type { Context } from "hono";
import * as z from "zod";
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { parseJson } from "../../shared/core/json.ts";
import { API_BODY_BYTES_MAX } from "../../shared/core/limits.ts";
import { describeIssue } from "./describe-issue.ts";

export type Read<T> = { ok: true; value: T } | { ok: false; response: Response };

/** Unknown parameters are refused: a misspelt filter would otherwise answer with everything. */
export function readQuery<T extends z.ZodType>(c: Context, schema: T): Read<z.infer<T>> {
  return check(c.req.query(), schema);
}

/** An empty body reads as {}. */
export async function readBody<T extends z.ZodType>(c: Context, schema: T): Promise<Read<z.infer<T>>> {
  const length = Number(c.req.header("content-length") ?? 0);
  const text = length > API_BODY_BYTES_MAX ? undefined : await c.req.text();
  if (text === undefined || text.length > API_BODY_BYTES_MAX) {
    const message = `the body is over ${API_BODY_BYTES_MAX} bytes`;
    return { ok: false, response: apiErrorResponse({ code: "too_large", message }) };
  }
  const json = text.trim() === "" ? {} : parseJson(text);
  if (json !== undefined) return check(json, schema);
  const message = "the body is not JSON; send an object, as application/json";
  return { ok: false, response: apiErrorResponse({ code: "bad_request", message }) };
}

function check<T extends z.ZodType>(value: unknown, schema: T): Read<z.infer<T>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const message = describeIssue(parsed.error.issues[0], { value, schema });
  return { ok: false, response: apiErrorResponse({ code: "bad_field", message }) };
}

/** ISO 8601, as milliseconds. */
export const timeSchema = z.iso
  .datetime({ offset: true, error: "is an ISO 8601 time such as 2026-11-23T00:00:00Z" })
  .transform((text) => Date.parse(text));
