/**
 * Hands what was taken in to an OpenTelemetry collector, where one is named by OpenTelemetry's own variables. After R2 and
 * D1, and never in their way: what the collector does not take is counted and left.
 */
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import { SPANS_TIMEOUT_MS } from "../../shared/core/limits.ts";
import { CODE_VERSION } from "../../shared/core/version.ts";
import { addLosses } from "../../shared/store/losses.ts";
import { isSampled, spanOf } from "../../shared/telemetry/genai-span.ts";
import { tracesOf } from "../../shared/telemetry/otlp.ts";
import { listenerOf, tell } from "../../shared/telemetry/tell.ts";

/** https://opentelemetry.io/docs/specs/otel/protocol/exporter/ */
export interface ExporterVariables {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  /** `name=value` pairs, values percent-encoded, with commas between them. */
  OTEL_EXPORTER_OTLP_HEADERS?: string;
  OTEL_SERVICE_NAME?: string;
}

export async function exportSpans(
  records: readonly ExchangeRecord[],
  env: IngestEnv & ExporterVariables,
): Promise<void> {
  const endpoint = env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const spans = records.filter(isSampled).map(spanOf);
  if (!endpoint || spans.length === 0) return;
  try {
    await post(endpoint, tracesOf(spans, { service: env.OTEL_SERVICE_NAME || "winnow", version: CODE_VERSION }), env);
  } catch (error) {
    tell(listenerOf(env, console.error), { event: "spans_refused", spans: spans.length, error });
    await addLosses({ db: env.DB, counts: [["span_refused", spans.length]], nowMs: Date.now() });
  }
}

async function post(endpoint: string, body: object, env: ExporterVariables): Promise<void> {
  const response = await fetch(`${endpoint.replace(/\/+$/, "")}/v1/traces`, {
    method: "POST",
    headers: { ...readHeaders(env.OTEL_EXPORTER_OTLP_HEADERS ?? ""), "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(SPANS_TIMEOUT_MS),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`the collector answered ${response.status}: ${answer.slice(0, 200)}`);
}

function readHeaders(text: string): Record<string, string> {
  const pairs = text.split(",").map((pair) => pair.split("="));
  return Object.fromEntries(
    pairs
      .map(([name = "", ...value]) => [name.trim().toLowerCase(), decodeURIComponent(value.join("=").trim())])
      .filter(([name]) => name !== ""),
  ) as Record<string, string>;
}
