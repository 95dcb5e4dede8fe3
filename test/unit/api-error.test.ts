import { describe, expect, test } from "vitest";
import { type ApiErrorCode, apiErrorResponse, providerErrorResponse, statusOf } from "../../shared/core/api-error.ts";

/** The contract's statuses. `satisfies` makes a code that is missing here a type error. */
const STATUSES = {
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
} satisfies Record<ApiErrorCode, number>;
const CODES = Object.keys(STATUSES) as ApiErrorCode[];

describe("an error of winnow's own API", () => {
  test.each(CODES)("%s has its status and the contract's shape", async (code) => {
    const response = apiErrorResponse({ code, message: "what failed" }, { "x-more": "1" });
    expect(response.status).toBe(STATUSES[code]);
    expect(statusOf(code)).toBe(STATUSES[code]);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    expect(response.headers.get("x-more")).toBe("1");
    expect(await response.json()).toEqual({ error: { code, message: "what failed" } });
  });
});

describe("an error on a proxy path", () => {
  const error = { code: "key_wrong", message: "no such key" } as const;

  test.each(["openai", "raw"] as const)("has OpenAI's shape for the format %s", async (format) => {
    const response = providerErrorResponse(error, format);
    expect(response.status).toBe(401);
    expect(response.headers.get("x-winnow-error")).toBe("key_wrong");
    expect(await response.json()).toEqual({
      error: { message: "winnow: no such key", type: "authentication_error", param: null, code: "key_wrong" },
    });
  });

  test("has Anthropic's shape for Anthropic's SDK", async () => {
    const response = providerErrorResponse(error, "anthropic");
    expect(response.headers.get("x-winnow-error")).toBe("key_wrong");
    expect(await response.json()).toEqual({
      type: "error",
      error: { type: "authentication_error", message: "winnow: no such key" },
    });
  });

  test("has Google's shape for Google's SDK", async () => {
    const response = providerErrorResponse(error, "google");
    expect(await response.json()).toEqual({
      error: { code: 401, message: "winnow: no such key", status: "UNAUTHENTICATED" },
    });
  });

  test.each([
    ["bad_request", "invalid_request_error"],
    ["scope_missing", "permission_error"],
    ["provider_unknown", "not_found_error"],
    ["rate_limited", "rate_limit_error"],
    ["upstream_unreachable", "api_error"],
  ] as const)("names %s by the provider's own type %s", async (code, type) => {
    const body = await providerErrorResponse({ code, message: "x" }, "anthropic").json();
    expect(body).toMatchObject({ error: { type } });
  });

  test.each(CODES)("%s has a status that Google's SDK knows", async (code) => {
    const body = await providerErrorResponse({ code, message: "x" }, "google").json();
    expect(body).toMatchObject({ error: { code: STATUSES[code], status: expect.stringMatching(/^[A-Z_]+$/) } });
  });
});
