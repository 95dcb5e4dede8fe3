/** Should a task be fine-tuned? GET /v1/tasks/{task}/readiness?days=30, and every assumption by its name. */
import { Hono } from "hono";
import * as z from "zod";
import { type ApiError, apiErrorResponse } from "../../shared/core/api-error.ts";
import { assessReadiness } from "../../shared/readiness/assess.ts";
import { ASSUMPTIONS, readAssumptions } from "../../shared/readiness/assumptions.ts";
import type { Readiness } from "../../shared/readiness/readiness.ts";
import { type FactStorage, readTaskFacts } from "../../shared/store/readiness-facts.ts";
import { authorise, type ConsoleContext, otherApp } from "./authorise.ts";

const DAY_MS = 24 * 3_600_000;
/** What is older was said of other prompts and models. */
const DAYS_MAX = 90;
export const READINESS_DAYS = 30;

/** For the reference: readDays and readAssumptions say what is wrong in more words. */
export const readinessQuerySchema = z.strictObject({
  app: z.string().optional(),
  days: z.int().min(1).max(DAYS_MAX).default(READINESS_DAYS),
  ...Object.fromEntries(
    Object.entries(ASSUMPTIONS).map(([name, { min, max, why, default: usual }]) => {
      const number = z.number().min(min).max(max).describe(why);
      return [name, usual === null ? number.optional() : number.default(usual)];
    }),
  ),
});

export const readinessRoutes = new Hono<ConsoleContext>();

readinessRoutes.get("/:task/readiness", authorise("pull", "admin"), async (c) => {
  const { app: named, ...texts } = c.req.query();
  const claims = c.get("claims");
  const refused = otherApp(claims, named);
  if (refused !== undefined) return refused;
  const asked = { app: claims.app, task: c.req.param("task"), texts, toMs: Date.now() };
  const read = await readReadiness({ d1: c.env.DB, bucket: c.env.STORE }, asked);
  return read.ok ? c.json(read.readiness) : apiErrorResponse(read.error);
});

export type ReadReadiness = { ok: true; readiness: Readiness } | { ok: false; error: ApiError };

/** @param asked `texts`: `days`, and assumptions by their names */
export async function readReadiness(
  storage: FactStorage,
  asked: { app: string; task: string; texts: Readonly<Record<string, string>>; toMs: number },
): Promise<ReadReadiness> {
  const { app, task, toMs } = asked;
  const { days: daysText, ...given } = asked.texts;
  const days = daysText === undefined ? READINESS_DAYS : readDays(daysText);
  if (days === undefined) {
    const message = `days: ${JSON.stringify(daysText?.slice(0, 40))} is not a whole number from 1 to ${DAYS_MAX}`;
    return { ok: false, error: { code: "bad_field", message } };
  }
  const assumptions = readAssumptions(given);
  if (!assumptions.ok) return { ok: false, error: { code: "bad_field", message: assumptions.message } };
  const facts = await readTaskFacts(storage, { app, task, fromMs: toMs - days * DAY_MS, toMs });
  if (facts !== undefined) return { ok: true, readiness: assessReadiness(facts, assumptions.value) };
  const message = `no answered call of task ${task.slice(0, 128)} in the last ${days} days; GET /v1/tasks lists the tasks there are`;
  return { ok: false, error: { code: "not_found", message } };
}

function readDays(text: string): number | undefined {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return days >= 1 && days <= DAYS_MAX ? days : undefined;
}
