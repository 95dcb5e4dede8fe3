/** Exchanges: lists by time, and one with its messages, feedback, verdict and trail. */
import { type Context, Hono } from "hono";
import * as z from "zod";
import { CHECKS } from "../../shared/check/check-names.ts";
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import type { Feedback } from "../../shared/core/feedback.ts";
import { asExchangeId, idTimeMs } from "../../shared/core/ids.ts";
import { PAGE_ROWS_MAX } from "../../shared/core/limits.ts";
import { stageOf } from "../../shared/core/run.ts";
import { messagesOf } from "../../shared/parse/messages-of.ts";
import {
  type ExchangeFilter,
  type ExchangeRow,
  listExchanges,
  listTasks,
  readExchange,
} from "../../shared/store/exchanges.ts";
import { readStandingFeedback } from "../../shared/store/feedback.ts";
import { readTrail, type TrailOf } from "../../shared/store/runs.ts";
import { readRecord } from "../../shared/store/segments.ts";
import { classOf, VERDICT_CLASSES, verdictOf } from "../../shared/verdict/verdict.ts";
import { authorise, type ConsoleContext, otherApp } from "./authorise.ts";
import { readQuery, timeSchema } from "./read-query.ts";

export const exchangeListSchema = z.strictObject({
  app: z.string().optional(),
  task: z.string().optional(),
  session: z.string().optional(),
  from: timeSchema.optional(),
  to: timeSchema.optional(),
  verdict: z.enum(VERDICT_CLASSES, { error: `is one of ${VERDICT_CLASSES.join(", ")}` }).optional(),
  cursor: z
    .string()
    .refine((text) => asExchangeId(text) !== undefined, { error: "is the `next` of the answer before" })
    .optional(),
});
/** Pages read for one answer when few of their rows have the verdict asked for. */
const PAGES_MAX = 10;
const DAY_MS = 24 * 3_600_000;

export const exchangeRoutes = new Hono<ConsoleContext>();

exchangeRoutes.get("/exchanges", authorise("pull", "admin"), async (c) => {
  const read = readQuery(c, exchangeListSchema);
  if (!read.ok) return read.response;
  const { app, task, session, from, to, verdict, cursor } = read.value;
  const claims = c.get("claims");
  const refused = otherApp(claims, app);
  if (refused !== undefined) return refused;
  const filter: ExchangeFilter = {
    app: claims.app,
    task,
    session,
    fromMs: from ?? 0,
    toMs: to ?? Date.now() + DAY_MS,
    afterId: cursor,
    newestFirst: true,
    rowsMax: PAGE_ROWS_MAX,
  };
  return c.json(await listSummaries(c.env.DB, filter, verdict));
});

exchangeRoutes.get("/exchanges/:id", authorise("pull", "admin"), async (c) => {
  const id = asExchangeId(c.req.param("id").split(".")[0] ?? "");
  if (id === undefined) {
    return apiErrorResponse({
      code: "bad_field",
      message: `id: ${c.req.param("id")} is not an exchange id; it is what x-winnow-id had, with or without the part after the dot`,
    });
  }
  const row = await readExchange(c.env.DB, { app: c.get("claims").app, id });
  if (row === undefined) {
    return apiErrorResponse({
      code: "not_found",
      message: `no exchange ${id}; one shows up some seconds after its call`,
    });
  }
  return c.json(await detailOf(c, row));
});

exchangeRoutes.get("/tasks", authorise("pull", "admin"), async (c) => {
  const sinceMs = Date.now() - 30 * DAY_MS;
  return c.json({ tasks: await listTasks(c.env.DB, { app: c.get("claims").app, sinceMs }) });
});

async function listSummaries(d1: D1Database, filter: ExchangeFilter, verdict: string | undefined) {
  const exchanges: object[] = [];
  let { afterId } = filter;
  for (let page = 0; page < PAGES_MAX; page++) {
    const rows = await listExchanges(d1, { ...filter, afterId });
    const feedback = await readStandingFeedback(d1, rows);
    for (const row of rows) {
      const verdictOfRow = verdictOf(feedback.get(row.id) ?? []);
      if (verdict !== undefined && classOf(verdictOfRow) !== verdict) continue;
      exchanges.push({ ...summaryOf(row), verdict: { pGood: verdictOfRow.pGood, class: classOf(verdictOfRow) } });
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < filter.rowsMax) return { exchanges, next: null };
    afterId = last.id;
    if (verdict === undefined || exchanges.length >= filter.rowsMax) break;
  }
  return { exchanges, next: afterId ?? null };
}

async function detailOf(c: Context<ConsoleContext>, row: ExchangeRow) {
  const { DB: d1, STORE: bucket } = c.env;
  const [record, standing, trail] = await Promise.all([
    readRecord(bucket, row),
    readStandingFeedback(d1, [row]),
    readTrail({ d1, bucket }, row),
  ]);
  const feedback = standing.get(row.id) ?? [];
  const { pGood, grounds } = verdictOf(feedback);
  return {
    ...summaryOf(row),
    traceparent: record?.traceparent ?? null,
    meta: record?.meta ?? null,
    request: record?.request ?? null,
    response: record?.response ?? null,
    ...(record?.rawRequest !== undefined && { rawRequest: record.rawRequest }),
    ...(record?.rawResponse !== undefined && { rawResponse: record.rawResponse }),
    messages: record === undefined ? [] : messagesOf(record),
    feedback: feedback.map(feedbackOf),
    verdict: { pGood, grounds },
    trail: trail.map(trailOf),
  };
}

function summaryOf(row: ExchangeRow) {
  const { id, app, task, template, user, session, parent, requestId, responseId, provider, format, model } = row;
  const { status, outcome, streamed, finishReason, inputTokens, outputTokens, usageEstimated } = row;
  return {
    id,
    app,
    task,
    template,
    user,
    session,
    conversation: row.conversation,
    parent,
    requestId,
    responseId,
    provider,
    format,
    model,
    lineage: { origin: "model", model },
    at: new Date(idTimeMs(id)).toISOString(),
    status,
    outcome,
    streamed,
    finishReason,
    inputTokens,
    outputTokens,
    cachedInputTokens: row.cachedInputTokens,
    reasoningTokens: row.reasoningTokens,
    usageEstimated,
    costUsd: row.costUsdMicros === null ? null : Number((row.costUsdMicros / 1e6).toPrecision(12)),
    firstByteMs: row.firstByteMs,
    durationMs: row.durationMs,
    capture: row.capture,
    flags: row.flags === "" ? [] : row.flags.split(","),
  };
}

function feedbackOf(piece: Feedback) {
  const { kind, name, value, text, actor } = piece;
  return {
    kind,
    ...(name !== "" && { name }),
    value,
    text,
    actor: actor || null,
    at: new Date(piece.atMs).toISOString(),
  };
}

/** What an earlier version did not write down is null or empty. */
function trailOf({ run, entry, status }: TrailOf) {
  const {
    id: _id,
    bucket,
    reason,
    rows,
    isLate = false,
    failed = null,
    cluster = null,
    retracted = [],
    ...more
  } = entry;
  const outcome = bucket === "exported" ? "exported" : "left_out";
  const files = rows.map(({ file }) => file);
  const said = {
    stage: stageOf(bucket, CHECKS),
    outcome,
    reason: bucket,
    ...(reason !== undefined && { detail: reason }),
  };
  return { run, ...said, ...more, isLate, failed, cluster, status, files, rows, retracted };
}
