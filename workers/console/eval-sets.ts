/** Eval sets that no training row may overlap with: registered as JSONL, listed, taken away. */
import { Hono } from "hono";
import * as z from "zod";
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { EVAL_SET_BYTES_MAX, EVAL_SETS_MAX } from "../../shared/core/limits.ts";
import { readEvalSet } from "../../shared/dedupe/read-eval-set.ts";
import { deleteEvalSet, listEvalSets, putEvalSet } from "../../shared/store/eval-sets.ts";
import { authorise, type ConsoleContext } from "./authorise.ts";
import { readQuery } from "./read-query.ts";

const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, "is 1 to 64 of a-z 0-9 . _ -");
export const newEvalSetSchema = z.strictObject({ name: nameSchema });

export const evalSetRoutes = new Hono<ConsoleContext>();
evalSetRoutes.use(authorise("admin"));

evalSetRoutes.post("/", async (c) => {
  const read = readQuery(c, newEvalSetSchema);
  if (!read.ok) return read.response;
  const { name } = read.value;
  const { app } = c.get("claims");
  const tooLarge = Number(c.req.header("content-length") ?? 0) > EVAL_SET_BYTES_MAX;
  const jsonl = tooLarge ? "" : await c.req.text();
  if (tooLarge || new TextEncoder().encode(jsonl).length > EVAL_SET_BYTES_MAX) {
    const message = `the set is over ${EVAL_SET_BYTES_MAX} bytes; register it in several parts, each with a name`;
    return apiErrorResponse({ code: "too_large", message });
  }
  const set = readEvalSet(jsonl);
  if (!set.ok) return apiErrorResponse({ code: "bad_request", message: set.errors.join("; ") });
  const known = await listEvalSets(c.env.STORE, app);
  if (known.length >= EVAL_SETS_MAX && !known.some((one) => one.name === name)) {
    const message = `name: ${name} would be set ${EVAL_SETS_MAX + 1}, ${EVAL_SETS_MAX} are allowed; join sets, or delete one`;
    return apiErrorResponse({ code: "bad_field", message });
  }
  await putEvalSet(c.env.STORE, { app, name, jsonl, rows: set.rows.length });
  return c.json({ name, rows: set.rows.length }, 201);
});

evalSetRoutes.get("/", async (c) => c.json({ evalSets: await listEvalSets(c.env.STORE, c.get("claims").app) }));

evalSetRoutes.delete("/:name", async (c) => {
  const name = c.req.param("name");
  const { app } = c.get("claims");
  const known = (await listEvalSets(c.env.STORE, app)).find((one) => one.name === name);
  if (known === undefined) {
    return apiErrorResponse({ code: "not_found", message: `no eval set ${name}; GET /v1/eval-sets lists them` });
  }
  await deleteEvalSet(c.env.STORE, { app, name });
  return c.json(known);
});
