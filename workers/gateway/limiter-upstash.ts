/**
 * Upstash's sliding window in Redis: counts for all locations together. Slow or gone, it lets the request through within
 * LIMITER_WAIT_MS_MAX and says so.
 */
import { Ratelimit } from "@upstash/ratelimit";
import { Redis } from "@upstash/redis/cloudflare";
import { LIMITER_KINDS_MAX, LIMITER_WAIT_MS_MAX } from "../../shared/core/limits.ts";
import type { Limiter, Taken } from "./limiter.ts";

export class UpstashLimiter implements Limiter {
  readonly #redis: Redis;
  /** One a limit: the library has the limit in the object. */
  readonly #byLimit = new Map<number, Ratelimit>();
  readonly #now: () => number;
  readonly #waitMs: number;

  constructor(options: { url: string; token: string; now: () => number; waitMs?: number }) {
    const { url, token, now, waitMs = LIMITER_WAIT_MS_MAX } = options;
    // no second try: there is no time for one
    this.#redis = new Redis({ url, token, retry: false, enableTelemetry: false });
    this.#now = now;
    this.#waitMs = waitMs;
  }

  async take({ key, perMinute }: { key: string; perMinute: number }): Promise<Taken> {
    const over = Promise.withResolvers<Taken>();
    const timer = setTimeout(
      () => over.resolve({ ok: true, unchecked: "timeout", error: `no answer in ${this.#waitMs} ms` }),
      this.#waitMs,
    );
    try {
      return await Promise.race([this.#ask(key, perMinute), over.promise]);
    } catch (error) {
      return { ok: true, unchecked: "error", error: String(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  async #ask(key: string, perMinute: number): Promise<Taken> {
    const { success, reset } = await this.#limiterOf(perMinute).limit(key);
    return success ? { ok: true } : { ok: false, retryAfterS: Math.max(1, Math.ceil((reset - this.#now()) / 1_000)) };
  }

  #limiterOf(perMinute: number): Ratelimit {
    const known = this.#byLimit.get(perMinute);
    if (known !== undefined) return known;
    if (this.#byLimit.size >= LIMITER_KINDS_MAX) this.#byLimit.clear();
    const made = new Ratelimit({
      redis: this.#redis,
      limiter: Ratelimit.slidingWindow(perMinute, "60 s"),
      prefix: `winnow:${perMinute}`,
      timeout: 0, // the wait is bounded above, where an error is told from a time-out
      analytics: false,
    });
    this.#byLimit.set(perMinute, made);
    return made;
  }
}
