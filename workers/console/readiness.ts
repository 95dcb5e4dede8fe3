/** Should a task be fine-tuned? GET /v1/tasks/{task}/readiness?days=30, and every assumption by its name. */
import { Hono } from "hono";
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { assessReadiness } from "../../shared/readiness/assess.ts";
import { readAssumptions } from "../../shared/readiness/assumptions.ts";
import { readTaskFacts } from "../../shared/store/readiness-facts.ts";
import { authorise, type ConsoleContext, otherApp } from "./authorise.ts";

const DAY_MS = 24 * 3_600_000;
/** What is older was said of other prompts and models. */
const DAYS_MAX = 90;
const DAYS = 30;

export const readinessRoutes = new Hono<ConsoleContext>();

readinessRoutes.get("/:task/readiness", authorise("pull", "admin"), async (c) => {
  const { app: named, days: daysText, ...given } = c.req.query();
  const claims = c.get("claims");
  const refused = otherApp(claims, named);
  if (refused !== undefined) return refused;
  const days = daysText === undefined ? DAYS : readDays(daysText);
  if (days === undefined) {
    const message = `days: ${JSON.stringify(daysText?.slice(0, 40))} is not a whole number from 1 to ${DAYS_MAX}`;
    return apiErrorResponse({ code: "bad_field", message });
  }
  const assumptions = readAssumptions(given);
  if (!assumptions.ok) return apiErrorResponse({ code: "bad_field", message: assumptions.message });
  const task = c.req.param("task");
  const toMs = Date.now();
  const window = { app: claims.app, task, fromMs: toMs - days * DAY_MS, toMs };
  const facts = await readTaskFacts({ d1: c.env.DB, bucket: c.env.STORE }, window);
  if (facts === undefined) {
    return apiErrorResponse({
      code: "not_found",
      message: `no answered call of task ${task.slice(0, 128)} in the last ${days} days; GET /v1/tasks lists the tasks there are`,
    });
  }
  return c.json(assessReadiness(facts, assumptions.value));
});

function readDays(text: string): number | undefined {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  return days >= 1 && days <= DAYS_MAX ? days : undefined;
}
