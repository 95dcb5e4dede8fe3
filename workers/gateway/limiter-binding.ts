/**
 * Cloudflare's rate limit binding: nothing to set up, counts per location. A binding has its limit in the config, so there
 * is one for each step; a limit between two steps is held to the lower.
 * https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/
 */
import type { Limiter, Taken } from "./limiter.ts";

export interface Step {
  perMinute: number;
  binding: RateLimit;
}

/** Its windows are fixed: within this time the next one begins. */
const RETRY_AFTER_S = 60;

export class BindingLimiter implements Limiter {
  readonly #steps: readonly Step[];

  /** @param steps at least one */
  constructor(steps: readonly Step[]) {
    this.#steps = steps.toSorted((a, b) => a.perMinute - b.perMinute);
  }

  async take({ key, perMinute }: { key: string; perMinute: number }): Promise<Taken> {
    const step = this.#steps.findLast((one) => one.perMinute <= perMinute) ?? this.#steps[0];
    if (step === undefined) return { ok: true, unchecked: "error", error: "no rate limit binding is configured" };
    try {
      const { success } = await step.binding.limit({ key });
      return success ? { ok: true } : { ok: false, retryAfterS: RETRY_AFTER_S };
    } catch (error) {
      return { ok: true, unchecked: "error", error: String(error) };
    }
  }
}
