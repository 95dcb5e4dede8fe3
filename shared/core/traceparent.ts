/** The trace that a call is part of. W3C Trace Context, https://www.w3.org/TR/trace-context/#traceparent-header */

export interface Traceparent {
  /** 32 hex characters. */
  traceId: string;
  /** Of the caller's span: 16 hex characters. */
  spanId: string;
  sampled: boolean;
}

/** A later version may say more behind the flags. */
const FORM = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** undefined where there is none, or none that can be used: the caller is then taken to have sent none. */
export function parseTraceparent(text: string | null | undefined): Traceparent | undefined {
  const [, traceId, spanId, flags] = FORM.exec(text ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
