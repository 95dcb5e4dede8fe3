/** Settings of an app: read whole, written whole. A change reaches the gateway as that of a key does (keys.ts). */
import { Hono } from "hono";
import * as z from "zod";
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { appSettingsSchema } from "../../shared/settings/app-settings.ts";
import { readSettings } from "../../shared/store/settings.ts";
import { dayOf, readSpending } from "../../shared/store/spending.ts";
import { webhookSecret } from "../../shared/webhook/standard-webhook.ts";
import { actorOf } from "./audit.ts";
import { authorise, type ConsoleContext } from "./authorise.ts";
import { changeSettings } from "./change-settings.ts";
import { readBody, readQuery } from "./read-query.ts";
import { unknownName } from "./unknown-name.ts";

export const settingsQuerySchema = z.strictObject({ app: z.string().max(32).optional() });

export const settingsRoutes = new Hono<ConsoleContext>();
settingsRoutes.use(authorise("admin"));

settingsRoutes.get("/", async (c) => {
  const read = readQuery(c, settingsQuerySchema);
  if (!read.ok) return read.response;
  const app = read.value.app ?? c.get("claims").app;
  const day = dayOf(Date.now());
  const [settings, spending] = await Promise.all([readSettings(c.env.DB, app), readSpending(c.env.DB, day)]);
  const { tokens = 0, costUsdMicros = 0 } = spending.get(app) ?? {};
  return c.json({ app, settings, today: { day, tokens, costUsd: costUsdMicros / 1e6 } });
});

/** What a receiver verifies with; the same as long as winnow's own secret is. */
settingsRoutes.get("/webhook-secret", async (c) => {
  const { app } = c.get("claims");
  return c.json({ app, secret: await webhookSecret(c.env.WINNOW_SECRET, app) });
});

settingsRoutes.put("/", async (c) => {
  const query = readQuery(c, settingsQuerySchema);
  if (!query.ok) return query.response;
  const read = await readBody(c, appSettingsSchema);
  if (!read.ok) return read.response;
  const { night, guard } = read.value;
  const wrong = unknownName({ "night.checks": night.checks, "guard.margins": guard.margins });
  if (wrong !== undefined) return apiErrorResponse({ code: "bad_field", message: wrong });
  const app = query.value.app ?? c.get("claims").app;
  await changeSettings(c.env.DB, actorOf(c.get("claims")), { app, settings: read.value });
  return c.json({ app, settings: read.value });
});
