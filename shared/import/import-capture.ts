/**
 * From a line to the capture that the gateway would have made of the call: from there on an imported exchange goes the
 * same way as every other. Pure: clock and providers are passed in.
 */
import type { Capture } from "../core/exchange.ts";
import type { ExchangeId } from "../core/ids.ts";
import type { ProviderTable } from "../core/providers.ts";
import { toBytes } from "../core/text.ts";
import { apiPath } from "./api-path.ts";
import { importId } from "./import-id.ts";
import { type ImportLine, metaOf, type Read } from "./import-line.ts";
import { importTimeMs } from "./import-time.ts";

export interface Imported {
  id: ExchangeId;
  atMs: number;
  capture: Capture;
}

export function importCapture(options: {
  line: ImportLine;
  app: string;
  providers: ProviderTable;
  nowMs: number;
}): Read<Imported> {
  const { line, app, providers, nowMs } = options;
  const provider = providers.get(line.provider);
  if (provider === undefined) {
    return { ok: false, reason: `provider ${line.provider} is not known; PROVIDERS may add it` };
  }
  const path = apiPath(line, provider);
  if (!path.ok) return path;
  const time = importTimeMs(line, nowMs);
  if (!time.ok) return time;
  const atMs = time.value;
  const id = importId({ app, atMs, line });
  const { status = 200, durationMs = 0 } = line;
  const header: Capture["header"] = {
    version: 1,
    id,
    app,
    provider: provider.name,
    format: provider.format,
    method: "POST",
    path: path.value,
    capture: "full",
    atMs,
    requestId: line.id,
    task: line.task,
    user: line.user,
    session: line.session,
    parent: line.parent,
    meta: metaOf(line),
    status,
    requestType: "application/json",
    responseType: "application/json",
    outcome: status < 400 ? "complete" : "upstream_error",
    firstByteMs: durationMs,
    durationMs,
  };
  const bodies = { request: toBytes(JSON.stringify(line.request)), response: toBytes(JSON.stringify(line.response)) };
  return { ok: true, value: { id, atMs, capture: { header, ...bodies } } };
}
