/** Erasure of an exchange or a user, and what is held on a user. What takes long goes on in the sweep (workers/ingest). */
import { type Context, Hono } from "hono";
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { asExchangeId, makeUuidV7 } from "../../shared/core/ids.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { Sealer } from "../../shared/core/seal.ts";
import { hashUserId } from "../../shared/core/user-id.ts";
import { type Erasure, erasureOf, readErasure } from "../../shared/store/erasures.ts";
import { readExchange } from "../../shared/store/exchanges.ts";
import { runErasurePart } from "../../shared/store/run-erasure.ts";
import { startExchangeErasure, startUserErasure } from "../../shared/store/start-erasure.ts";
import { type Act, actorOf, writeAudit } from "./audit.ts";
import { authorise, type ConsoleContext } from "./authorise.ts";
import { heldOn } from "./held-on-user.ts";

/** An answer waits so long for an erasure to be done. */
const WAIT_MS = 10_000;

export const eraseRoutes = new Hono<ConsoleContext>();

eraseRoutes.delete("/exchanges/:id", authorise("admin"), async (c) => {
  const { app } = c.get("claims");
  const id = asExchangeId(c.req.param("id").split(".")[0] ?? "");
  if (id === undefined) {
    const message = `id: ${c.req.param("id")} is not an exchange id; it is what x-winnow-id had, with or without the part after the dot`;
    return apiErrorResponse({ code: "bad_field", message });
  }
  const row = await readExchange(c.env.DB, { app, id });
  if (row !== undefined) {
    const erasure = await startExchangeErasure({ ...opened(c), row });
    await tell(c, { act: "erased an exchange", target: id });
    return answer(c, erasure);
  }
  const before = await erasureOf(c.env.DB, { app, kind: "exchange", subject: id });
  if (before !== undefined) return answer(c, before);
  return apiErrorResponse({
    code: "not_found",
    message: `no exchange ${id}; one shows up some seconds after its call`,
  });
});

eraseRoutes.delete("/users/:user", authorise("admin"), async (c) => {
  const { names, subject } = await namesOf(c);
  const erasure = await startUserErasure({ ...opened(c), names, subject });
  await tell(c, { act: "erased a user", target: subject });
  return answer(c, erasure);
});

/** A line an exchange, with what was said of it, and a line for each word of theirs on others'. */
eraseRoutes.get("/users/:user", authorise("admin"), async (c) => {
  const { names } = await namesOf(c);
  return c.body(heldOn(c.env, { app: c.get("claims").app, names }), 200, { "content-type": "application/x-ndjson" });
});

eraseRoutes.get("/erasures/:id", authorise("admin"), async (c) => {
  const id = c.req.param("id");
  const erasure = await readErasure(c.env.DB, { app: c.get("claims").app, id });
  if (erasure !== undefined) return c.json(summaryOf(erasure));
  return apiErrorResponse({ code: "not_found", message: `no erasure ${id}; a DELETE answers with the id of its own` });
});

function opened(c: Context<ConsoleContext>) {
  const nowMs = Date.now();
  const id = makeUuidV7(nowMs, crypto.getRandomValues(new Uint8Array(10)));
  return { d1: c.env.DB, id, app: c.get("claims").app, nowMs };
}

/** As the app sent the name, and as it is kept of apps whose users are hashed. */
async function namesOf(c: Context<ConsoleContext>): Promise<{ names: string[]; subject: string }> {
  const user = c.req.param("user") ?? "";
  const subject = await hashUserId(user, new MacSigner(c.env.WINNOW_SECRET));
  return { names: [user, subject], subject };
}

async function tell(c: Context<ConsoleContext>, { act, target }: { act: Act; target: string }): Promise<void> {
  const { app, who } = actorOf(c.get("claims"));
  await writeAudit(c.env.DB, { app, actor: who, act, target });
}

async function answer(c: Context<ConsoleContext>, erasure: Erasure): Promise<Response> {
  const { DB: d1, STORE: bucket, WINNOW_SECRET: secret } = c.env;
  const stores = { bucket, d1, sealer: new Sealer(secret) };
  const untilMs = Date.now() + WAIT_MS;
  let now = erasure;
  while (now.doneAtMs === null && Date.now() < untilMs) now = await runErasurePart(stores, now, Date.now());
  return c.json(summaryOf(now), now.doneAtMs === null ? 202 : 200);
}

function summaryOf({ id, state, doneAtMs }: Erasure) {
  return { erasure: id, done: doneAtMs !== null, exchanges: state.exchanges, batches: state.batches };
}
