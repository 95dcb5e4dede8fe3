/** One line of an import: its capture and the feedback that it carries, or why it is not taken. */
import type { Capture } from "../../shared/core/exchange.ts";
import type { FeedbackEvent } from "../../shared/core/feedback.ts";
import { FEEDBACK_BODY_BYTES_MAX } from "../../shared/core/limits.ts";
import type { ProviderTable } from "../../shared/core/providers.ts";
import { toBytes } from "../../shared/core/text.ts";
import { readFeedback } from "../../shared/feedback/read-events.ts";
import { type Imported, importCapture } from "../../shared/import/import-capture.ts";
import { importEventId } from "../../shared/import/import-id.ts";
import { type ImportLine, type Read, readImportLine } from "../../shared/import/import-line.ts";
import { parseBounded } from "../../shared/parse/parse-bounded.ts";

export interface ImportContext {
  /** The key's. */
  app: string;
  maySayFeedback: boolean;
  providers: ProviderTable;
  nowMs: number;
}

export interface TakenLine {
  capture: Capture;
  events: FeedbackEvent[];
}

export async function readLine(text: string, context: ImportContext): Promise<Read<TakenLine>> {
  const json = parseBounded(text);
  if (json === undefined) return { ok: false, reason: "the line is not JSON, or nests too deep" };
  const line = readImportLine(json);
  if (!line.ok) return line;
  const { app, providers, nowMs } = context;
  const imported = importCapture({ line: line.value, app, providers, nowMs });
  if (!imported.ok) return imported;
  const events = await eventsOf({ line: line.value, imported: imported.value, context });
  return events.ok ? { ok: true, value: { capture: imported.value.capture, events: events.value } } : events;
}

/** As POST /v1/feedback reads them; where an event has no time, it is the call's. */
async function eventsOf(options: {
  line: ImportLine;
  imported: Imported;
  context: ImportContext;
}): Promise<Read<FeedbackEvent[]>> {
  const { line, imported, context } = options;
  const { feedback = [] } = line;
  if (feedback.length === 0) return { ok: true, value: [] };
  if (!context.maySayFeedback) return { ok: false, reason: "feedback: the key lacks the scope feedback" };
  const { id, atMs } = imported;
  const body = JSON.stringify(feedback.map((event) => ({ at: new Date(atMs).toISOString(), ...event, id })));
  if (toBytes(body).length > FEEDBACK_BODY_BYTES_MAX) {
    return { ok: false, reason: `feedback has more than ${FEEDBACK_BODY_BYTES_MAX} bytes` };
  }
  const read = await readFeedback(body, {
    nowMs: context.nowMs,
    newEventId: () => "",
    resolve: async () => ({ ok: true, ref: { id }, app: context.app }),
  });
  if (!read.ok) return { ok: false, reason: `feedback${read.error.message}` };
  const events = read.events.map((event, at) => ({
    ...event,
    eventId: importEventId({ exchange: id, atMs: event.atMs, event: feedback[at] ?? {} }),
  }));
  return { ok: true, value: events };
}
