/**
 * How often in a minute: one small interface with two makers, Cloudflare's binding (limiter-binding.ts) and Upstash
 * (limiter-upstash.ts). Both are held by one contract suite (test/limits).
 */

export interface Limiter {
  /**
   * Counts one request of `key`. Never rejects: a limiter that is slow or gone lets the request through and says so.
   * @param key whose requests are counted together
   * @param perMinute how many of them may pass
   */
  take(request: { key: string; perMinute: number }): Promise<Taken>;
}

export type Taken =
  | { ok: true }
  /** Nobody counted. */
  | { ok: true; unchecked: "timeout" | "error"; error: string }
  | { ok: false; retryAfterS: number };
