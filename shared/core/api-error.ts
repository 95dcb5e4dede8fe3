/**
 * Errors of winnow's own API: one list of reasons, one mapping to HTTP. A message says what failed,
 * with the value, and what to do next; it never holds a secret or a prompt.
 */
import type { ProviderFormat } from "./providers.ts";

export const API_ERROR_STATUSES = {
  bad_request: 400,
  bad_field: 400,
  bad_mac: 401,
  id_expired: 401,
  key_missing: 401,
  key_wrong: 401,
  key_ended: 401,
  provider_key_missing: 401,
  scope_missing: 403,
  origin_refused: 403,
  not_found: 404,
  provider_unknown: 404,
  format_not_expressible: 404,
  method_not_allowed: 405,
  conflict: 409,
  batch_erased: 410,
  batch_held: 409,
  not_held: 409,
  too_large: 413,
  unsupported_type: 415,
  range_not_satisfiable: 416,
  upgrade_refused: 426,
  rate_limited: 429,
  internal: 500,
  provider_address_missing: 500,
  configuration: 500,
  upstream_unreachable: 502,
  unavailable: 503,
  upstream_timeout: 504,
} as const;

export type ApiErrorCode = keyof typeof API_ERROR_STATUSES;

export interface ApiError {
  code: ApiErrorCode;
  message: string;
}

export function statusOf(code: ApiErrorCode): number {
  return API_ERROR_STATUSES[code];
}

/** `{"error":{"code","message"}}` with the status that belongs to the code. */
export function apiErrorResponse(error: ApiError, headers?: Record<string, string>): Response {
  return Response.json({ error }, { status: statusOf(error.code), ...(headers && { headers }) });
}

/** The same error in the shape of the provider whose SDK will read it, with `x-winnow-error`. */
export function providerErrorResponse(error: ApiError, format: ProviderFormat): Response {
  const status = statusOf(error.code);
  return Response.json(providerErrorBody(error, format, status), { status, headers: { "x-winnow-error": error.code } });
}

function providerErrorBody(error: ApiError, format: ProviderFormat, status: number): object {
  const message = `winnow: ${error.message}`;
  if (format === "anthropic") return { type: "error", error: { type: errorType(status), message } };
  if (format === "google") return { error: { code: status, message, status: GOOGLE_STATUS[status] ?? "INTERNAL" } };
  return { error: { message, type: errorType(status), param: null, code: error.code } };
}

function errorType(status: number): string {
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 404) return "not_found_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "api_error";
}

const GOOGLE_STATUS: Record<number, string> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
};
