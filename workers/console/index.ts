/**
 * console: winnow's own API beside feedback, and later its pages. Reached through the gateway alone, so that there is
 * one origin. Each group of routes is a file.
 */
import { Hono } from "hono";
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { listenerOf, tell } from "../../shared/telemetry/tell.ts";
import type { ConsoleContext } from "./authorise.ts";
import { batchRoutes } from "./batches.ts";
import { eraseRoutes } from "./erase.ts";
import { evalSetRoutes } from "./eval-sets.ts";
import { exchangeRoutes } from "./exchanges.ts";
import { healthRoutes } from "./health.ts";
import { importRoutes } from "./import-exchanges.ts";
import { keyRoutes } from "./keys.ts";
import { openapiRoutes } from "./openapi.ts";
import { pageRoutes } from "./pages/pages.tsx";
import { readinessRoutes } from "./readiness.ts";
import { rebuildRoutes } from "./rebuild.ts";
import { runRoutes } from "./runs.ts";
import { settingsRoutes } from "./settings.ts";

const app = new Hono<ConsoleContext>();

app.route("/v1/runs", runRoutes);
app.route("/v1/batches", batchRoutes);
app.route("/v1/keys", keyRoutes);
app.route("/v1/settings", settingsRoutes);
app.route("/v1/eval-sets", evalSetRoutes);
app.route("/v1/tasks", readinessRoutes);
app.route("/v1/exchanges", importRoutes);
app.route("/v1", exchangeRoutes);
app.route("/v1", eraseRoutes);
app.route("/v1/admin", rebuildRoutes);
app.route("/v1", healthRoutes);
app.route("/", openapiRoutes);
app.route("/console", pageRoutes);

app.notFound((c) =>
  apiErrorResponse({
    code: "not_found",
    message: `there is no ${c.req.method} ${c.req.path}; the README lists what there is`,
  }),
);
app.onError((error, c) => {
  tell(listenerOf(c.env, console.error), { event: "console_error", path: c.req.path, error });
  return apiErrorResponse({
    code: "internal",
    message: "this failed on winnow's side; the Worker's log has the reason. It may be tried again",
  });
});

export default app satisfies ExportedHandler<ConsoleEnv>;
