/** The pull API: lists of batches, manifests, files. */
import { type Context, Hono } from "hono";
import * as z from "zod";
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { EXAMPLE_FILES } from "../../shared/core/example.ts";
import { PAGE_ROWS_MAX } from "../../shared/core/limits.ts";
import {
  canExport,
  contentTypeOf,
  DEFAULT_FORMAT,
  EXPORT_FORMATS,
  fileNameOf,
  isExportFormat,
} from "../../shared/export/formats.ts";
import { type BatchRow, batchKey, latestBatch, listBatches, readBatch } from "../../shared/store/batches.ts";
import { acknowledge, consumerSeq } from "../../shared/store/consumers.ts";
import { actorOf } from "./audit.ts";
import { authorise, type ConsoleContext, otherApp } from "./authorise.ts";
import { placeOf, readPlace } from "./list-place.ts";
import { readBody, readQuery } from "./read-query.ts";
import { releaseHeld } from "./release-batch.ts";
import { serveObject } from "./serve-object.ts";
import { takeFile } from "./take-file.ts";

const consumerSchema = z.string().regex(/^[\w.-]{1,64}$/, "is 1 to 64 of letters, digits, _ . -");
export const batchListSchema = z.strictObject({
  app: z.string().optional(),
  task: z.string().optional(),
  since: z.string().optional(),
  status: z.enum(["ready", "held"], { error: "is ready or held" }).optional(),
  consumer: consumerSchema.optional(),
});
export const latestBatchSchema = batchListSchema.omit({ since: true, consumer: true });
export const ackSchema = z.strictObject({ consumer: consumerSchema, task: z.string().min(1).max(128).optional() });
export const releaseSchema = z.strictObject({
  reason: z.string().trim().min(1, "says why, for whoever asks later").max(1_000),
});
export const batchFileSchema = z.strictObject({ format: z.string().optional() });

export const batchRoutes = new Hono<ConsoleContext>();
/** Not of the whole group: who releases a batch need not be one who pulls. */
const puller = authorise("pull");

batchRoutes.get("/", puller, async (c) => {
  const read = readQuery(c, batchListSchema);
  if (!read.ok) return read.response;
  const { app } = c.get("claims");
  const refused = otherApp(c.get("claims"), read.value.app);
  if (refused !== undefined) return refused;
  const { task, since, consumer } = read.value;
  if (since !== undefined && consumer !== undefined) {
    const message = "since: a consumer's place is kept here; give either since or consumer";
    return apiErrorResponse({ code: "bad_field", message });
  }
  // what a consumer acknowledges is meant for training: held batches come to it when they are released
  const status = read.value.status ?? (consumer === undefined ? undefined : "ready");
  const place = since === undefined ? undefined : readPlace(since);
  const sinceRow = place === undefined ? undefined : await readBatch(c.env.DB, { app, id: place.id });
  if (since !== undefined && sinceRow === undefined) {
    return apiErrorResponse({
      code: "bad_field",
      message: `since: no batch ${since}; leave it out to start with the first`,
    });
  }
  const sinceSeq =
    consumer === undefined
      ? (place?.seq ?? sinceRow?.seq)
      : await consumerSeq(c.env.DB, { app, consumer, task: task ?? "" });
  const rows = await listBatches(c.env.DB, { app, task, status, sinceSeq, rowsMax: PAGE_ROWS_MAX });
  const last = rows.at(-1);
  return c.json({ batches: rows.map(summaryOf), next: last === undefined ? (since ?? null) : placeOf(last) });
});

batchRoutes.post("/:id/ack", puller, async (c) => {
  const read = await readBody(c, ackSchema);
  if (!read.ok) return read.response;
  const { app } = c.get("claims");
  const row = await readBatch(c.env.DB, { app, id: c.req.param("id") });
  if (row === undefined) return noBatch(c.req.param("id"));
  if (row.status !== "ready") {
    const message = `batch ${row.id} is held; it can be acknowledged once it is released`;
    return apiErrorResponse({ code: "batch_held", message });
  }
  const { consumer, task = "" } = read.value;
  const of = { app, consumer, task, seq: row.seq, batch: row.id, nowMs: Date.now() };
  const seq = await acknowledge(c.env.DB, of);
  return c.json({ consumer, batch: row.id, moved: seq === row.seq });
});

batchRoutes.post("/:id/release", authorise("admin"), async (c) => {
  const read = await readBody(c, releaseSchema);
  if (!read.ok) return read.response;
  const { app, keyId } = c.get("claims");
  const row = await readBatch(c.env.DB, { app, id: c.req.param("id") });
  if (row === undefined) return noBatch(c.req.param("id"));
  if (row.status === "ready") {
    return apiErrorResponse({ code: "not_held", message: `batch ${row.id} is ready; there is nothing to release` });
  }
  const release = { at: new Date().toISOString(), reason: read.value.reason, key: keyId };
  const manifest = await releaseHeld(c.env, { row, release, actor: actorOf(c.get("claims")) });
  return c.json(manifest);
});

batchRoutes.get("/latest", puller, async (c) => {
  const read = readQuery(c, latestBatchSchema);
  if (!read.ok) return read.response;
  const claims = c.get("claims");
  const refused = otherApp(claims, read.value.app);
  if (refused !== undefined) return refused;
  const { task, status = "ready" } = read.value;
  const row = await latestBatch(c.env.DB, { app: claims.app, task, status });
  if (row === undefined) {
    const which = task === undefined ? "" : ` of task ${task}`;
    return apiErrorResponse({
      code: "not_found",
      message: `no batch${which} yet; the night makes one, and so does POST /v1/runs`,
    });
  }
  return c.redirect(`/v1/batches/${row.id}`, 302);
});

batchRoutes.get("/:id", puller, async (c) => {
  const row = await readBatch(c.env.DB, { app: c.get("claims").app, id: c.req.param("id") });
  if (row === undefined) return noBatch(c.req.param("id"));
  return serveObject({
    request: c.req.raw,
    bucket: c.env.STORE,
    key: batchKey(row.id, "manifest.json"),
    contentType: "application/json",
  });
});

batchRoutes.get("/:id/files/:file", puller, async (c) => {
  const row = await readBatch(c.env.DB, { app: c.get("claims").app, id: c.req.param("id") });
  if (row === undefined) return noBatch(c.req.param("id"));
  const read = readQuery(c, batchFileSchema);
  if (!read.ok) return read.response;
  const named = nameOf(c.req.param("file"), read.value.format);
  if (!named.ok) return named.response;
  return takeFile(c.env, actorOf(c.get("claims")), { request: c.req.raw, row, file: named });
});

batchRoutes.get("/:id/card", puller, (c) =>
  serveBeside(c, { name: "README.md", contentType: "text/markdown; charset=utf-8" }),
);
/** The card names its pictures by paths relative to its own. */
batchRoutes.get("/:id/plots/:name", puller, (c) =>
  serveBeside(c, { name: `plots/${c.req.param("name")}`, contentType: "image/svg+xml" }),
);
batchRoutes.get("/:id/croissant", puller, (c) =>
  serveBeside(c, { name: "croissant.json", contentType: "application/ld+json" }),
);
batchRoutes.get("/:id/dataset-info", puller, (c) =>
  serveBeside(c, { name: "dataset_info.json", contentType: "application/json" }),
);

async function serveBeside(c: Context<ConsoleContext>, { name, contentType }: { name: string; contentType: string }) {
  const id = c.req.param("id") ?? "";
  const row = await readBatch(c.env.DB, { app: c.get("claims").app, id });
  if (row === undefined) return noBatch(id);
  const key = batchKey(row.id, name);
  if ((await c.env.STORE.head(key)) === null) {
    return apiErrorResponse({
      code: "not_found",
      message: `batch ${row.id} has no ${name}; its card names what it has`,
    });
  }
  return serveObject({
    request: c.req.raw,
    bucket: c.env.STORE,
    key,
    contentType,
    fileName: `${row.id}.${name.replace("/", ".")}`,
  });
}

/** In winnow's own form alone: the rows before any format, and where each comes from. */
const OWN_FILES = ["canonical", "provenance"];

type Named = { ok: true; name: string; contentType: string } | { ok: false; response: Response };

function nameOf(file: string, format: string | undefined): Named {
  if (format !== undefined && !isExportFormat(format)) {
    const message = `format: ${format} is not one of ${EXPORT_FORMATS.join(", ")}`;
    return { ok: false, response: apiErrorResponse({ code: "bad_field", message }) };
  }
  // provenance goes with the rows of the other files by their numbers, whatever the format of those
  if (OWN_FILES.includes(file)) return { ok: true, name: `${file}.winnow.jsonl`, contentType: "application/jsonl" };
  const known = EXAMPLE_FILES.find((one) => one === file);
  if (known === undefined) {
    const message = `no file ${file} in a batch; there are ${[...EXAMPLE_FILES, ...OWN_FILES].join(", ")}`;
    return { ok: false, response: apiErrorResponse({ code: "not_found", message }) };
  }
  const chosen = format ?? DEFAULT_FORMAT[known];
  if (!canExport({ file: known, format: chosen })) {
    const message = `${chosen} has no form for ${known}; ask for format=${DEFAULT_FORMAT[known]}`;
    return { ok: false, response: apiErrorResponse({ code: "format_not_expressible", message }) };
  }
  return { ok: true, name: fileNameOf({ file: known, format: chosen }), contentType: contentTypeOf(chosen) };
}

function summaryOf(row: BatchRow) {
  const { id, task, status, counts, sha256 } = row;
  return { id, task, status, createdAt: new Date(row.createdAtMs).toISOString(), counts, sha256 };
}

function noBatch(id: string): Response {
  return apiErrorResponse({ code: "not_found", message: `no batch ${id}; GET /v1/batches lists those there are` });
}
