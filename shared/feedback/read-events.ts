/**
 * The body of POST /v1/feedback, checked: JSON in, events or one clear error out. Identity (the mac, the key) is the
 * caller's business; so are clock and ids, which are passed in.
 */
import * as z from "zod";
import type { ApiError, ApiErrorCode } from "../core/api-error.ts";
import type { ExchangeRef, FeedbackEvent, FeedbackValue } from "../core/feedback.ts";
import { REVIEWER, SENT_KINDS, type SentKind } from "../core/feedback.ts";
import { isObject, type Json, type JsonObject, parseJson } from "../core/json.ts";
import { FEEDBACK_DEPTH_MAX, FEEDBACK_EVENTS_MAX, HEADER_VALUE_CHARS_MAX } from "../core/limits.ts";

/** Texts of people: corrections and comments. What is left of 64 KB after the other fields is theirs. */
const textSchema = z
  .string()
  .max(60_000)
  .refine((text) => text.trim() !== "", { error: 'send some text, or "value": null to take it back' });
const nameSchema = z.string().min(1).max(64);
/** Names the exchange as sent; whether it may be named so is decided by `resolve`. */
const idSchema = z.union(
  [
    z.string().min(1).max(HEADER_VALUE_CHARS_MAX),
    z.strictObject({ responseId: z.string().min(1).max(HEADER_VALUE_CHARS_MAX) }),
    z.strictObject({ requestId: z.string().min(1).max(HEADER_VALUE_CHARS_MAX) }),
  ],
  {
    error: `send the x-winnow-id of the answer or, with a key, {"responseId":"…"} or {"requestId":"…"}; ${HEADER_VALUE_CHARS_MAX} characters at most`,
  },
);
export type SentId = z.infer<typeof idSchema>;

const common = {
  id: idSchema,
  actor: z
    .string()
    .min(1)
    .max(HEADER_VALUE_CHARS_MAX)
    .refine((actor) => !actor.startsWith(REVIEWER), {
      error: `names that begin with "${REVIEWER}" are those of the console's reviewers; send another`,
    })
    .optional(),
  at: z.iso.datetime({ offset: true, error: "send an ISO 8601 time such as 2026-11-23T04:05:06Z" }).optional(),
};
const cleared = z.null().optional();
const markValue = z.union([z.literal(true), z.null()], { error: "leave it out, or send null to take it back" });
const mark = { ...common, value: markValue.optional() };

export const eventSchemas: Record<SentKind, z.ZodType<SentEvent>> = {
  thumb: z.strictObject({ ...common, kind: z.literal("thumb"), value: z.enum(["up", "down"]).nullable() }),
  rating: z.strictObject({ ...common, kind: z.literal("rating"), value: z.number().min(0).max(1).nullable() }),
  correction: textKind("correction"),
  comment: textKind("comment"),
  copied: z.strictObject({ ...mark, kind: z.literal("copied") }),
  regenerated: z.strictObject({ ...mark, kind: z.literal("regenerated") }),
  accepted: z.strictObject({ ...mark, kind: z.literal("accepted") }),
  dismissed: z.strictObject({ ...mark, kind: z.literal("dismissed") }),
  retained: z.strictObject({ ...mark, kind: z.literal("retained") }),
  reverted: z.strictObject({ ...mark, kind: z.literal("reverted") }),
  metric: z.strictObject({
    ...common,
    kind: z.literal("metric"),
    name: nameSchema,
    value: z.union([z.boolean(), z.number(), z.null()], { error: "send true, false, a finite number, or null" }),
  }),
};

function textKind(kind: "correction" | "comment") {
  return z.strictObject({ ...common, kind: z.literal(kind), text: textSchema.nullable().optional(), value: cleared });
}

interface SentEvent {
  id: SentId;
  kind: SentKind;
  value?: FeedbackValue | undefined;
  text?: string | null | undefined;
  name?: string | undefined;
  actor?: string | undefined;
  at?: string | undefined;
}

export interface FeedbackContext {
  /** Says which exchange an id means, and whether the sender may speak about it. */
  resolve(id: SentId): Promise<{ ok: true; ref: ExchangeRef; app: string | null } | { ok: false; error: ApiError }>;
  newEventId(): string;
  nowMs: number;
}

export type FeedbackRead = { ok: true; events: FeedbackEvent[] } | { ok: false; error: ApiError };

/** All or nothing: one wrong event and none is taken, so that a client can mend it and send the same body again. */
export async function readFeedback(body: string, context: FeedbackContext): Promise<FeedbackRead> {
  const json = parseJson(body);
  if (json === undefined) return refuse("bad_request", "the body is not JSON; send one event or an array of events");
  if (!isShallow(json, FEEDBACK_DEPTH_MAX))
    return refuse("bad_request", "the body is nested too deep; an event is flat");
  const sent = Array.isArray(json) ? json : [json];
  if (sent.length === 0) return refuse("bad_request", "the array is empty; send one event at least");
  if (sent.length > FEEDBACK_EVENTS_MAX) {
    return refuse(
      "bad_request",
      `${sent.length} events in one body, ${FEEDBACK_EVENTS_MAX} at most; send the rest in another`,
    );
  }
  const events: FeedbackEvent[] = [];
  for (const [index, value] of sent.entries()) {
    const place = Array.isArray(json) ? `[${index}].` : "";
    const checked = checkEvent(value, place);
    if (!checked.ok) return checked;
    const resolved = await context.resolve(checked.event.id);
    if (!resolved.ok)
      return { ok: false, error: { ...resolved.error, message: `${place}id: ${resolved.error.message}` } };
    events.push(makeEvent({ sent: checked.event, ref: resolved.ref, app: resolved.app, context }));
  }
  return { ok: true, events };
}

function checkEvent(value: Json, place: string): { ok: true; event: SentEvent } | { ok: false; error: ApiError } {
  if (!isObject(value))
    return refuse(
      "bad_field",
      `${place.slice(0, -1) || "the body"} is not an object; an event looks like {"id":"…","kind":"thumb","value":"up"}`,
    );
  const kind = SENT_KINDS.find((known) => known === value.kind);
  if (value.kind === "review") {
    return refuse(
      "bad_field",
      `${place}kind is "review", which nobody can send: sign in at /console/review and say it there`,
    );
  }
  if (kind === undefined) {
    return refuse("bad_field", `${place}kind is ${show(value.kind)}; it is one of ${SENT_KINDS.join(", ")}`);
  }
  const broken = Object.entries(value).find(([, field]) => typeof field === "string" && !field.isWellFormed());
  if (broken !== undefined) {
    return refuse("bad_field", `${place}${broken[0]} holds half of a character (a lone surrogate); send whole ones`);
  }
  const parsed = eventSchemas[kind].safeParse(value);
  if (!parsed.success) return refuse("bad_field", place + explain({ issue: parsed.error.issues[0], value, kind }));
  const event = parsed.data;
  if (kind !== "correction" && kind !== "comment") return { ok: true, event };
  if (event.text === undefined && event.value === undefined) {
    return refuse("bad_field", `${place}text is missing: a ${kind} has a text, or "value": null to take it back`);
  }
  if (typeof event.text === "string" && event.value === null) {
    return refuse(
      "bad_field",
      `${place}value is null, which takes the ${kind} back, and it has a text; send one of them`,
    );
  }
  return { ok: true, event };
}

/** Field, value and remedy. */
function explain(wrong: { issue: z.core.$ZodIssue | undefined; value: JsonObject; kind: SentKind }): string {
  const { issue, value, kind } = wrong;
  if (issue?.code === "unrecognized_keys") return `${show(issue.keys[0])} is no field of kind ${kind}; leave it out`;
  const path = issue?.path.map(String) ?? [];
  const found = path.reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), value);
  return `${path.join(".")} is ${show(found)}: ${issue?.message ?? "wrong form"} (kind ${kind})`;
}

function makeEvent(options: {
  sent: SentEvent;
  ref: ExchangeRef;
  app: string | null;
  context: FeedbackContext;
}): FeedbackEvent {
  const { sent, ref, app, context } = options;
  const sentAtMs = sent.at === undefined ? context.nowMs : Date.parse(sent.at);
  const text = sent.text ?? null;
  const isText = sent.kind === "correction" || sent.kind === "comment";
  return {
    type: "feedback",
    version: 1,
    eventId: context.newEventId(),
    ref,
    app,
    kind: sent.kind,
    name: sent.name ?? "",
    actor: sent.actor ?? "",
    value: isText ? (text === null ? null : true) : sent.value === undefined ? true : sent.value,
    text,
    atMs: Math.min(sentAtMs, context.nowMs), // a clock that runs ahead must not make a vote unbeatable
    receivedAtMs: context.nowMs,
  };
}

function refuse(code: ApiErrorCode, message: string): { ok: false; error: ApiError } {
  return { ok: false, error: { code, message } };
}

/** A value as an error may show it: short, and never a person's text in full. */
function show(value: Json | undefined): string {
  if (value === undefined) return "missing";
  const text = typeof value === "number" ? String(value) : JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}

function isShallow(json: Json, depthMax: number): boolean {
  if (typeof json !== "object" || json === null) return true;
  if (depthMax === 0) return false;
  return Object.values(json).every((value) => isShallow(value ?? null, depthMax - 1));
}
