/**
 * One line of POST /v1/exchanges: a call that an app has logged by itself. Read from JSON; what is wrong is a reason that
 * names the field.
 *
 *     {"provider","request","response","task?","user?","session?","at?","lineage?",
 *      "id?","path?","parent?","status?","durationMs?","meta?","feedback?"}
 */
import * as z from "zod";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { HEADER_VALUE_CHARS_MAX, META_BYTES_MAX } from "../core/limits.ts";
import { toBytes } from "../core/text.ts";
import { LINE_FEEDBACK_EVENTS_MAX } from "./bounds.ts";

export interface ImportLine {
  /** The app's own id of the call: `x-winnow-request-id` of one that comes through the gateway. */
  id?: string | undefined;
  provider: string;
  /** Path after `/{provider}`; left out, it is told from the bodies (api-path.ts). */
  path?: string | undefined;
  task?: string | undefined;
  user?: string | undefined;
  session?: string | undefined;
  parent?: string | undefined;
  /** When the call was made: ISO 8601. Left out, the response's own time counts (import-time.ts). */
  at?: string | undefined;
  /** HTTP status of the answer; 200 if left out. */
  status?: number | undefined;
  durationMs?: number | undefined;
  /** As the app sent it. */
  request: JsonObject;
  /** As the provider's non-streaming API answers. */
  response: JsonObject;
  /** Who wrote the answer, where that was not the model that the response names. Kept in `meta.lineage`. */
  lineage?: LineLineage | undefined;
  meta?: JsonObject | undefined;
  /** Events as POST /v1/feedback takes them, without `id`. Not part of what makes the exchange's id. */
  feedback?: JsonObject[] | undefined;
}

export interface LineLineage {
  origin: "human" | "human-edited" | "model";
  model?: string | null | undefined;
  generation?: number | undefined;
  promptOrigin?: "model" | undefined;
}

export type Read<T> = { ok: true; value: T } | { ok: false; reason: string };

const nameSchema = z
  .string()
  .min(1, "is empty; leave it out")
  .max(HEADER_VALUE_CHARS_MAX, `has more than ${HEADER_VALUE_CHARS_MAX} characters`)
  .refine((text) => text.isWellFormed(), "holds half of a character (a lone surrogate)");
const objectSchema = z.custom<JsonObject>(isObject, "is not a JSON object");
const lineageSchema = z.strictObject({
  origin: z.enum(["human", "human-edited", "model"], "is human, human-edited or model"),
  model: nameSchema.nullable().optional(),
  generation: z.int().min(0).max(1_000).optional(),
  promptOrigin: z.literal("model").optional(),
});
export const importLineSchema = z.strictObject({
  id: nameSchema.optional(),
  provider: z.string("names the provider: openai, anthropic, google …").regex(/^[a-z0-9][a-z0-9-]{0,31}$/, {
    error: "is a provider's name: 1 to 32 of a-z 0-9 -",
  }),
  path: z
    .string()
    .max(512)
    .regex(/^\/[\w.:/@-]*$/, "is a path such as /v1/chat/completions, without a query")
    .optional(),
  task: nameSchema.optional(),
  user: nameSchema.optional(),
  session: nameSchema.optional(),
  parent: nameSchema.optional(),
  at: z.iso.datetime({ offset: true, error: "is an ISO 8601 time such as 2026-11-23T00:00:00Z" }).optional(),
  status: z.int().min(100).max(599).optional(),
  durationMs: z.number().min(0).max(86_400_000).optional(),
  request: objectSchema,
  response: objectSchema,
  lineage: lineageSchema.optional(),
  meta: objectSchema.optional(),
  feedback: z.array(objectSchema).max(LINE_FEEDBACK_EVENTS_MAX).optional(),
});

/** @param json bounded in its depth by whoever parsed it */
export function readImportLine(json: Json): Read<ImportLine> {
  if (!isObject(json)) return wrong("the line is not a JSON object");
  const parsed = importLineSchema.safeParse(json);
  if (!parsed.success) return wrong(explain(parsed.error.issues[0], json));
  const line = parsed.data;
  if (toBytes(JSON.stringify(metaOf(line) ?? {})).length > META_BYTES_MAX) {
    return wrong(`meta has more than ${META_BYTES_MAX} bytes with its lineage`);
  }
  return { ok: true, value: line };
}

/** What is kept beside the bodies; `promptOrigin` lies where the gateway's callers put it (shared/lineage). */
export function metaOf({ meta, lineage }: ImportLine): JsonObject | undefined {
  if (lineage === undefined) return meta;
  const { promptOrigin, ...rest } = lineage;
  return { ...meta, ...(promptOrigin !== undefined && { promptOrigin }), lineage: rest };
}

function explain(issue: z.core.$ZodIssue | undefined, line: JsonObject): string {
  if (issue?.code === "unrecognized_keys") return `${issue.keys[0]?.slice(0, 40)} is no field of a line; leave it out`;
  const path = issue?.path.map(String) ?? [];
  const [top = ""] = path;
  if (path.length === 1 && line[top] === undefined) return `${top} is missing`;
  return `${path.join(".") || "the line"} ${issue?.message ?? "has a wrong form"}`;
}

function wrong(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}
