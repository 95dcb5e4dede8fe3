/** POST /v1/admin/rebuild: rows of D1 again from the segments in R2, a part at a time. */
import { Hono } from "hono";
import * as z from "zod";
import { REBUILD_ROWS_MAX, REBUILD_SEGMENTS_MAX } from "../../shared/core/limits.ts";
import { rebuildPart } from "../../shared/store/rebuild.ts";
import { actorOf, writeAudit } from "./audit.ts";
import { authorise, type ConsoleContext } from "./authorise.ts";
import { readBody, timeSchema } from "./read-query.ts";

export const rebuildSchema = z.strictObject({
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  dryRun: z.boolean().default(false),
  /** As the part before has answered; left out: from the beginning. */
  cursor: z.string().max(256).default(""),
});

export const rebuildRoutes = new Hono<ConsoleContext>();

rebuildRoutes.post("/rebuild", authorise("admin"), async (c) => {
  const read = await readBody(c, rebuildSchema);
  if (!read.ok) return read.response;
  const { from = 0, to = Date.now(), dryRun, cursor } = read.value;
  const { DB: d1, STORE: bucket } = c.env;
  const part = { fromMs: from, toMs: to, dryRun, cursor, segmentsMax: REBUILD_SEGMENTS_MAX, rowsMax: REBUILD_ROWS_MAX };
  const rebuilt = await rebuildPart({ d1, bucket }, part);
  const { app, who } = actorOf(c.get("claims"));
  if (cursor === "" && !dryRun) await writeAudit(d1, { app, actor: who, act: "rebuilt the index" });
  return c.json(rebuilt);
});
