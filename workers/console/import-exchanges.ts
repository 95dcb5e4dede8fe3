/**
 * POST /v1/exchanges: logs that an app already has, as NDJSON. Read as they come, a line at a time; each becomes the capture
 * that the gateway would have made, and goes to the gateway's queue in batches. The next bytes are read once the queue
 * has taken the last ones: memory is one line and one batch, whatever the body's length.
 *
 * By the queue and not by ingest's own way into the store: parsing, users' hashes, segments, retries and dead letters are
 * ingest's, and stay in one place. What this answers is what the queue has; the same line twice is one exchange.
 */
import { type Context, Hono } from "hono";
import { apiErrorResponse } from "../../shared/core/api-error.ts";
import { type ProviderTable, readProviders } from "../../shared/core/providers.ts";
import { LINE_BYTES_MAX, REJECTIONS_LISTED_MAX } from "../../shared/import/bounds.ts";
import { LineSplitter, type RawLine } from "../../shared/import/split-lines.ts";
import { listenerOf } from "../../shared/telemetry/tell.ts";
import { authorise, type ConsoleContext } from "./authorise.ts";
import { type ImportContext, readLine } from "./import-one.ts";
import { ImportQueue, QueueRefused } from "./import-queue.ts";

interface Outcome {
  accepted: number;
  /** Those that are told, at most REJECTIONS_LISTED_MAX. */
  rejected: { line: number; reason: string }[];
  rejectedTotal: number;
}

export const importRoutes = new Hono<ConsoleContext>();

importRoutes.post("/", authorise("proxy"), async (c) => {
  const { env } = c;
  const { body } = c.req.raw;
  const encoding = c.req.header("content-encoding") ?? "identity";
  if (encoding !== "identity") {
    return apiErrorResponse({
      code: "unsupported_type",
      message: `content-encoding is ${encoding}; send the lines as they are`,
    });
  }
  if (body === null) return apiErrorResponse({ code: "bad_request", message: "the body is empty; send a call a line" });
  const providers = providersOf(env);
  if (!providers.ok) return providers.response;
  const queue = new ImportQueue({
    queue: env.CAPTURE,
    bucket: env.STORE,
    listener: listenerOf(env, console.error),
  });
  const { app, scopes } = c.get("claims");
  const context = { app, maySayFeedback: scopes.includes("feedback"), providers: providers.table, nowMs: Date.now() };
  return takeLines(c, { body, queue, context });
});

function providersOf(env: ConsoleEnv): { ok: true; table: ProviderTable } | { ok: false; response: Response } {
  try {
    return { ok: true, table: readProviders(env.PROVIDERS) };
  } catch (error) {
    return { ok: false, response: apiErrorResponse({ code: "configuration", message: String(error) }) };
  }
}

async function takeLines(
  c: Context<ConsoleContext>,
  options: { body: ReadableStream<Uint8Array>; queue: ImportQueue; context: ImportContext },
): Promise<Response> {
  const { body, queue, context } = options;
  const outcome: Outcome = { accepted: 0, rejected: [], rejectedTotal: 0 };
  const splitter = new LineSplitter(LINE_BYTES_MAX);
  const take = async (lines: Iterable<RawLine>) => {
    for (const line of lines) await takeLine({ line, queue, context, outcome });
  };
  try {
    for await (const chunk of body) await take(splitter.push(chunk));
    await take(splitter.end());
    await queue.flush();
  } catch (error) {
    if (!(error instanceof QueueRefused)) throw error;
    return apiErrorResponse({
      code: "unavailable",
      message:
        "the queue does not take more now; send the same body again in some seconds: what is there already stays one",
    });
  }
  return c.json(outcome);
}

async function takeLine(options: {
  line: RawLine;
  queue: ImportQueue;
  context: ImportContext;
  outcome: Outcome;
}): Promise<void> {
  const { line, queue, context, outcome } = options;
  const read = "reason" in line ? { ok: false as const, reason: line.reason } : await readLine(line.text, context);
  if (!read.ok) {
    outcome.rejectedTotal++;
    if (outcome.rejected.length < REJECTIONS_LISTED_MAX) {
      outcome.rejected.push({ line: line.number, reason: read.reason });
    }
    return;
  }
  await queue.add(read.value);
  outcome.accepted++;
}
