/** Why something of ours was lost: each is counted by the hour, and shown. */
export const LOSS_REASONS = [
  /** Queue and R2 both refused the capture. */
  "capture_refused",
  /** Making the capture failed: a fault of ours. */
  "capture_failed",
  /** The request was too large to keep; the rest of the exchange is there. */
  "request_too_large",
  /** The answer went past the bound of the copy; what came before it is there. */
  "answer_truncated",
  /** A limiter was slow or gone, and the call went on unchecked. Nothing of the call is lost. */
  "limit_unchecked",
  /** The OpenTelemetry collector did not take a span. Nothing of the exchange is lost. */
  "span_refused",
] as const;
export type LossReason = (typeof LOSS_REASONS)[number];
