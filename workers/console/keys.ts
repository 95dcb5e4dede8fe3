/**
 * Keys: made, listed, replaced, ended. A key is shown once, in the answer that makes it. What ends it reaches every
 * isolate of the gateway within SETTINGS_AGE_MS_MAX (workers/gateway/settings.ts).
 */
import { type Context, Hono } from "hono";
import * as z from "zod";
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { APP_FORM, SCOPES } from "../../shared/core/keys.ts";
import { type KeyRow, listKeys, readKey } from "../../shared/store/keys.ts";
import { actorOf } from "./audit.ts";
import { authorise, type ConsoleContext } from "./authorise.ts";
import { type MadeKey, makeNewKey, replaceKey, revokeKey } from "./key-acts.ts";
import { readBody, readQuery, timeSchema } from "./read-query.ts";

const appSchema = z.string().regex(APP_FORM, "is 1 to 32 of a-z 0-9 -, and begins with a letter or digit");
export const newKeySchema = z.strictObject({
  app: appSchema.optional(),
  name: z.string().max(128).default(""),
  scopes: z.array(z.enum(SCOPES)).min(1, "names one scope at least").max(SCOPES.length),
  expiresAt: timeSchema.optional(),
});
export const rotateSchema = z.strictObject({
  /** How long the old key still works. */
  overlapHours: z
    .number()
    .min(0)
    .max(24 * 90)
    .default(24),
});
export const keyListSchema = z.strictObject({ app: appSchema.optional() });

export const keyRoutes = new Hono<ConsoleContext>();
keyRoutes.use(authorise("admin"));

keyRoutes.post("/", async (c) => {
  const read = await readBody(c, newKeySchema);
  if (!read.ok) return read.response;
  const { app = c.get("claims").app, name, scopes, expiresAt } = read.value;
  if (expiresAt !== undefined && expiresAt <= Date.now()) {
    return apiErrorResponse({
      code: "bad_field",
      message: "expiresAt: is in the past; name a time to come, or leave it out",
    });
  }
  const wanted = { app, name, scopes, endsAtMs: expiresAt ?? null };
  return c.json(shown(await makeNewKey(c.env, actorOf(c.get("claims")), wanted)), 201);
});

keyRoutes.get("/", async (c) => {
  const read = readQuery(c, keyListSchema);
  if (!read.ok) return read.response;
  const rows = await listKeys(c.env.DB, read.value.app ?? c.get("claims").app);
  return c.json({ keys: rows.map((row) => summaryOf(row, Date.now())) });
});

keyRoutes.post("/:id/rotate", async (c) => {
  const read = await readBody(c, rotateSchema);
  if (!read.ok) return read.response;
  const row = await findKey(c);
  if (row === undefined) return noKey(c);
  const nowMs = Date.now();
  if (row.endsAtMs !== null && row.endsAtMs <= nowMs) {
    return apiErrorResponse({
      code: "conflict",
      message: `key ${row.id} has ended; make a new one with POST /v1/keys`,
    });
  }
  const made = await replaceKey(c.env, actorOf(c.get("claims")), { row, overlapHours: read.value.overlapHours });
  return c.json({ ...shown(made), replaces: row.id }, 201);
});

keyRoutes.delete("/:id", async (c) => {
  const row = await findKey(c);
  if (row === undefined) return noKey(c);
  await revokeKey(c.env, actorOf(c.get("claims")), row);
  const ended = await readKey(c.env.DB, { app: row.app, id: row.id });
  return c.json(summaryOf(ended ?? row, Date.now()));
});

function shown({ key, row }: MadeKey) {
  return { key, ...summaryOf(row, row.createdAtMs) };
}

function summaryOf(row: Omit<KeyRow, "hash">, nowMs: number) {
  const { id, app, name, scopes, createdAtMs, endsAtMs } = row;
  return {
    id,
    app,
    name,
    scopes,
    createdAt: new Date(createdAtMs).toISOString(),
    endsAt: endsAtMs === null ? null : new Date(endsAtMs).toISOString(),
    active: endsAtMs === null || endsAtMs > nowMs,
  };
}

/** Of the app that is named, else of the key's own. */
async function findKey(c: Context<ConsoleContext>): Promise<KeyRow | undefined> {
  return readKey(c.env.DB, { app: c.req.query("app") ?? c.get("claims").app, id: c.req.param("id") ?? "" });
}

function noKey(c: Context<ConsoleContext>): Response {
  return apiErrorResponse({
    code: "not_found",
    message: `no key ${c.req.param("id")}; GET /v1/keys lists those there are`,
  });
}
