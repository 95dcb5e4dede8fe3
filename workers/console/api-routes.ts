/**
 * Every route of winnow's own API, with the schemas that it validates by: what /openapi.json is made of. A test holds the list
 * against the routes that there are.
 */
import * as z from "zod";
import type { Scope } from "../../shared/core/keys.ts";
import { eventSchemas } from "../../shared/feedback/read-events.ts";
import { importLineSchema } from "../../shared/import/import-line.ts";
import { appSettingsSchema } from "../../shared/settings/app-settings.ts";
import { ackSchema, batchFileSchema, batchListSchema, latestBatchSchema, releaseSchema } from "./batches.ts";
import { newEvalSetSchema } from "./eval-sets.ts";
import { exchangeListSchema } from "./exchanges.ts";
import { keyListSchema, newKeySchema, rotateSchema } from "./keys.ts";
import { runListSchema, runSchema } from "./runs.ts";
import { settingsQuerySchema } from "./settings.ts";

export interface ApiRoute {
  method: "get" | "post" | "put" | "delete";
  /** Parameters in braces. */
  path: string;
  /** One of them is enough; none: nobody has to say who he is. */
  scopes: readonly Scope[];
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** JSON where it is left out. */
  bodyType?: string;
  /** Of the answer that is hoped for. */
  status: 200 | 201 | 202 | 302;
  answer: string;
  contentType?: string;
  /** Not served by the console. */
  elsewhere?: true;
}

const feedbackEvent = z.union(Object.values(eventSchemas) as [z.ZodType, z.ZodType, ...z.ZodType[]]);

export const API_ROUTES: readonly ApiRoute[] = [
  {
    method: "post",
    path: "/v1/feedback",
    scopes: [],
    summary: "What people say of answers: one event, or up to 100. The signed id is the permission.",
    body: z.union([feedbackEvent, z.array(feedbackEvent).max(100)]),
    status: 202,
    answer: "The queue has them.",
    elsewhere: true,
  },
  {
    method: "get",
    path: "/v1/batches",
    scopes: ["pull"],
    summary: "Batches, the oldest first: after `since`, or what a consumer has not acknowledged.",
    query: batchListSchema,
    status: 200,
    answer: "`batches`, and `next` to go on from.",
  },
  {
    method: "get",
    path: "/v1/batches/latest",
    scopes: ["pull"],
    summary: "The newest batch.",
    query: latestBatchSchema,
    status: 302,
    answer: "Its address.",
  },
  { method: "get", path: "/v1/batches/{id}", scopes: ["pull"], summary: "The manifest.", status: 200, answer: "It." },
  {
    method: "get",
    path: "/v1/batches/{id}/files/{file}",
    scopes: ["pull"],
    summary: "A file of it: sft, preference, kto, eval or provenance. Ranges, ETag and digests.",
    query: batchFileSchema,
    status: 200,
    answer: "The file.",
    contentType: "application/jsonl",
  },
  {
    method: "get",
    path: "/v1/batches/{id}/card",
    scopes: ["pull"],
    summary: "The dataset card.",
    status: 200,
    answer: "Markdown.",
    contentType: "text/markdown",
  },
  {
    method: "get",
    path: "/v1/batches/{id}/plots/{name}",
    scopes: ["pull"],
    summary: "A picture of the card: scores.svg, lengths.svg, diversity.svg.",
    status: 200,
    answer: "SVG.",
    contentType: "image/svg+xml",
  },
  {
    method: "get",
    path: "/v1/batches/{id}/croissant",
    scopes: ["pull"],
    summary: "Croissant 1.0 metadata.",
    status: 200,
    answer: "JSON-LD.",
    contentType: "application/ld+json",
  },
  {
    method: "get",
    path: "/v1/batches/{id}/dataset-info",
    scopes: ["pull"],
    summary: "LLaMA-Factory's dataset_info.json, for the ShareGPT files.",
    status: 200,
    answer: "JSON.",
  },
  {
    method: "post",
    path: "/v1/batches/{id}/ack",
    scopes: ["pull"],
    summary: "A consumer has this batch, and everything before it.",
    body: ackSchema,
    status: 200,
    answer: "Did its place move?",
  },
  {
    method: "post",
    path: "/v1/batches/{id}/release",
    scopes: ["admin"],
    summary: "A held batch becomes ready.",
    body: releaseSchema,
    status: 200,
    answer: "The manifest, which says who did it and why.",
  },
  {
    method: "post",
    path: "/v1/runs",
    scopes: ["admin"],
    summary: "Starts what the cron starts.",
    body: runSchema,
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
    summary: "Should this task be fine-tuned at all? `days` (30), and any assumption by its name.",
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
    body: rotateSchema,
    status: 201,
    answer: "The new `key`.",
  },
  {
    method: "delete",
    path: "/v1/keys/{id}",
    scopes: ["admin"],
    summary: "Ends a key.",
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
];
