/**
 * A judge's reply, read strictly: exactly one JSON object of the form that was asked for, with the code of its question, or
 * there is no verdict. Prose or a code fence around the object is forgiven, since models can't always help it.
 */
import * as z from "zod";
import { parseJson } from "../core/json.ts";
import { round6 } from "../core/probability.ts";
import { REPLY_CHARS_MAX } from "./bounds.ts";
import type { JudgePrompt } from "./prompt.ts";
import type { Rubric } from "./rubric.ts";

/** Why there is no verdict. */
export type NoVerdict =
  | "reply_too_long"
  | "reply_no_object"
  | "reply_many_objects"
  | "reply_wrong_form"
  | "reply_wrong_code";

export interface Points {
  /** In [0, 1]: the weighted mean of the criteria, 1 of 5 being 0. */
  score: number;
  /** 1 to 5, by the names of the rubric. */
  criteria: Record<string, number>;
}

export type Winner = "A" | "B" | "tie";

export type Read<Value> = { ok: true; value: Value } | { ok: false; because: NoVerdict };

const pairSchema = z.strictObject({ code: z.string(), reason: z.string(), winner: z.enum(["A", "B", "tie"]) });

export function readPoints(reply: string, { prompt, rubric }: { prompt: JudgePrompt; rubric: Rubric }): Read<Points> {
  const names = rubric.criteria.map(({ name }) => name);
  const scores = z.strictObject(Object.fromEntries(names.map((name) => [name, z.int().min(1).max(5)])));
  const read = readObject(reply, { prompt, schema: z.strictObject({ code: z.string(), reason: z.string(), scores }) });
  if (!read.ok) return read;
  const criteria = Object.fromEntries(names.map((name) => [name, read.value.scores[name] ?? 1]));
  return { ok: true, value: { score: scoreOf(criteria, rubric), criteria } };
}

export function readWinner(reply: string, { prompt }: { prompt: JudgePrompt }): Read<Winner> {
  const read = readObject(reply, { prompt, schema: pairSchema });
  return read.ok ? { ok: true, value: read.value.winner } : read;
}

function scoreOf(criteria: Readonly<Record<string, number>>, rubric: Rubric): number {
  const total = rubric.criteria.reduce((sum, { weight }) => sum + weight, 0);
  const sum = rubric.criteria.reduce((all, { name, weight }) => all + weight * (((criteria[name] ?? 1) - 1) / 4), 0);
  return round6(sum / total);
}

function readObject<Form extends { code: string }>(
  reply: string,
  { prompt, schema }: { prompt: JudgePrompt; schema: z.ZodType<Form> },
): Read<Form> {
  if (reply.length > REPLY_CHARS_MAX) return { ok: false, because: "reply_too_long" };
  const objects = objectsIn(reply);
  if (objects.length > 1) return { ok: false, because: "reply_many_objects" };
  if (objects.length === 0) return { ok: false, because: "reply_no_object" };
  const parsed = schema.safeParse(objects[0]);
  if (!parsed.success) return { ok: false, because: "reply_wrong_form" };
  return parsed.data.code === prompt.code && !reply.includes(prompt.mark)
    ? { ok: true, value: parsed.data }
    : { ok: false, because: "reply_wrong_code" };
}

/** The outermost JSON objects of a text, in one pass. Braces that are no JSON are prose. */
function objectsIn(text: string): unknown[] {
  const objects: unknown[] = [];
  let [start, depth, quoted] = [-1, 0, false];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (depth > 0 && character === '"') quoted = !quoted;
    else if (quoted && character === "\\") at++;
    else if (quoted) continue;
    else if (character === "{") {
      if (depth === 0) start = at;
      depth++;
    } else if (character === "}" && depth > 0 && --depth === 0) {
      const json = parseJson(text.slice(start, at + 1));
      if (json !== undefined) objects.push(json);
    }
  }
  return objects;
}
