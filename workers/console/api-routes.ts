/**
 * Every route of winnow's own API, with the schemas that it validates by: what /openapi.json is made of. A test holds the list
 * against the routes that there are.
 */
import * as z from "zod";
import { eventSchemas } from "../../shared/feedback/read-events.ts";
import { importLineSchema } from "../../shared/import/import-line.ts";
import { appSettingsSchema } from "../../shared/settings/app-settings.ts";
import type { ApiRoute } from "./api-route.ts";
import { BATCH_ROUTES } from "./api-routes-batches.ts";
import { ERASURE_ROUTES } from "./api-routes-erasure.ts";
import { newEvalSetSchema } from "./eval-sets.ts";
import { exchangeListSchema } from "./exchanges.ts";
import { keyListSchema, newKeySchema, rotateSchema } from "./keys.ts";
import { readinessQuerySchema } from "./readiness.ts";
import { runListSchema, runSchema } from "./runs.ts";
import { settingsQuerySchema } from "./settings.ts";

const feedbackEvent = z.union(Object.values(eventSchemas) as [z.ZodType, z.ZodType, ...z.ZodType[]]);

const IMPORT_EXAMPLE = {
  provider: "openai",
  task: "answer-customer",
  request: { model: "gpt-4o-mini", messages: [{ role: "user", content: "Where is my parcel?" }] },
  response: {
    model: "gpt-4o-mini",
    choices: [{ index: 0, message: { role: "assistant", content: "On its way." }, finish_reason: "stop" }],
  },
};

export const API_ROUTES: readonly ApiRoute[] = [
  {
    method: "post",
    path: "/v1/feedback",
    scopes: [],
    summary: "What people say of answers: one event, or up to 100. The signed id is the permission.",
    body: z.union([feedbackEvent, z.array(feedbackEvent).max(100)]),
    example: { id: "<x-winnow-id>", kind: "thumb", value: "up" },
    status: 202,
    answer: "The queue has them.",
    elsewhere: true,
  },
  ...BATCH_ROUTES,
  {
    method: "post",
    path: "/v1/runs",
    scopes: ["admin"],
    summary: "Starts what the cron starts.",
    body: runSchema,
    example: { task: "answer-customer", maturationHours: 0 },
    status: 202,
    answer: "The run's `id`.",
  },
  {
    method: "get",
    path: "/v1/runs",
    scopes: ["admin"],
    summary: "The last runs, the newest first.",
    query: runListSchema,
    status: 200,
    answer: "`runs`, each with its `funnel` and `batches`.",
  },
  {
    method: "get",
    path: "/v1/runs/{id}",
    scopes: ["admin"],
    summary: "How a run goes.",
    status: 200,
    answer: "`status`, `funnel`, `batches`.",
  },
  {
    method: "get",
    path: "/v1/exchanges",
    scopes: ["pull", "admin"],
    summary: "Exchanges, the newest first.",
    query: exchangeListSchema,
    status: 200,
    answer: "`exchanges`, and `next` as the next `cursor`.",
  },
  {
    method: "post",
    path: "/v1/exchanges",
    scopes: ["proxy"],
    summary: "Calls that an app has logged by itself, one a line. The same line twice is one exchange.",
    body: importLineSchema,
    example: IMPORT_EXAMPLE,
    bodyType: "application/x-ndjson",
    status: 200,
    answer: "`accepted`, `rejectedTotal`, and the first 1,000 `rejected` lines with their reasons.",
  },
  {
    method: "get",
    path: "/v1/exchanges/{id}",
    scopes: ["pull", "admin"],
    summary: "All there is of one exchange.",
    status: 200,
    answer: "Request, response, messages, feedback, verdict, trail.",
  },
  {
    method: "get",
    path: "/v1/tasks",
    scopes: ["pull", "admin"],
    summary: "Tasks of the last 30 days.",
    status: 200,
    answer: "`tasks`, with the number of their exchanges.",
  },
  {
    method: "get",
    path: "/v1/tasks/{task}/readiness",
    scopes: ["pull", "admin"],
    summary: "Should this task be fine-tuned at all? With your own assumptions, by their names.",
    query: readinessQuerySchema,
    status: 200,
    answer: "`recommendation`, `ranking`, `conditions`, `breakEven`, with all numbers.",
  },
  {
    method: "get",
    path: "/v1/health",
    scopes: ["admin"],
    summary: "What was lost and why, what waits, what could not be taken in, and what is to be done about it.",
    status: 200,
    answer:
      "`state` (ok, look, act), `findings` with their remedies, `losses`, `deadLetters`, `spill`, `queue`, `database`.",
  },
  {
    method: "post",
    path: "/v1/keys",
    scopes: ["admin"],
    summary: "Makes a key, which is shown this once.",
    body: newKeySchema,
    example: { scopes: ["proxy"], name: "web server" },
    status: 201,
    answer: "The `key`.",
  },
  {
    method: "get",
    path: "/v1/keys",
    scopes: ["admin"],
    summary: "Keys, without the keys.",
    query: keyListSchema,
    status: 200,
    answer: "`keys`.",
  },
  {
    method: "post",
    path: "/v1/keys/{id}/rotate",
    scopes: ["admin"],
    summary: "Makes a key in the place of another, which works for a while longer.",
    query: keyListSchema,
    body: rotateSchema,
    example: { overlapHours: 24 },
    status: 201,
    answer: "The new `key`.",
  },
  {
    method: "delete",
    path: "/v1/keys/{id}",
    scopes: ["admin"],
    summary: "Ends a key.",
    query: keyListSchema,
    status: 200,
    answer: "The key.",
  },
  {
    method: "get",
    path: "/v1/settings",
    scopes: ["admin"],
    summary: "An app's settings, and what it has used today.",
    query: settingsQuerySchema,
    status: 200,
    answer: "`settings`, `today`.",
  },
  {
    method: "put",
    path: "/v1/settings",
    scopes: ["admin"],
    summary: "Sets all of an app's settings; what is left out gets its default.",
    query: settingsQuerySchema,
    body: appSettingsSchema,
    example: { limits: { requestsPerMinute: 300 }, origins: ["https://app.example"] },
    status: 200,
    answer: "`settings`, as they are now.",
  },
  {
    method: "post",
    path: "/v1/eval-sets",
    scopes: ["admin"],
    summary:
      "Registers an eval set, sent as JSONL, that no training row may overlap with; of the same name again: in its place.",
    query: newEvalSetSchema,
    status: 201,
    answer: "`rows`, how many it has.",
  },
  {
    method: "get",
    path: "/v1/eval-sets",
    scopes: ["admin"],
    summary: "Registered eval sets.",
    status: 200,
    answer: "`evalSets`.",
  },
  {
    method: "delete",
    path: "/v1/eval-sets/{name}",
    scopes: ["admin"],
    summary: "Takes an eval set away.",
    status: 200,
    answer: "What it was.",
  },
  {
    method: "get",
    path: "/v1/settings/webhook-secret",
    scopes: ["admin"],
    summary: "What a webhook's receiver verifies with.",
    status: 200,
    answer: "The `secret`.",
  },
  ...ERASURE_ROUTES,
  {
    method: "get",
    path: "/healthz",
    scopes: [],
    summary: "Is the gateway there? For load balancers and monitors.",
    status: 200,
    answer: "It is.",
    elsewhere: true,
  },
];
