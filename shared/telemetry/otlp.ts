/** Spans as OTLP/HTTP takes them in JSON. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */

export interface Span {
  /** 32 hex characters. */
  traceId: string;
  /** 16 hex characters. */
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  /** Nanoseconds since the epoch, in decimal. */
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Attribute[];
  status: { code?: number; message?: string };
}

export interface Attribute {
  key: string;
  value: Value;
}

type Value =
  | { stringValue: string }
  | { boolValue: boolean }
  | { intValue: string }
  | { doubleValue: number }
  | { arrayValue: { values: Value[] } };

/** undefined for what is not there. @param type of a number; a whole one may be meant as either */
export function attribute(
  key: string,
  value: string | boolean | number | string[] | null | undefined,
  type: "int" | "double" = Number.isInteger(value) ? "int" : "double",
): Attribute | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return { key, value: { stringValue: value } };
  if (typeof value === "boolean") return { key, value: { boolValue: value } };
  if (Array.isArray(value)) {
    return { key, value: { arrayValue: { values: value.map((stringValue) => ({ stringValue })) } } };
  }
  // 64-bit integers are text in OTLP's JSON
  return { key, value: type === "int" ? { intValue: String(Math.trunc(value)) } : { doubleValue: value } };
}

/** The body of POST /v1/traces. */
export function tracesOf(spans: readonly Span[], by: { service: string; version: string }): object {
  const resource = { attributes: [attribute("service.name", by.service)] };
  const scope = { name: "winnow", version: by.version };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans }] }] };
}
