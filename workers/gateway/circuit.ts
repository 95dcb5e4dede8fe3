/**
 * A circuit breaker for each provider and isolate (Nygard, Release It!, chapter 5): after some failures in a row it opens,
 * and until it closes calls go elsewhere if they can. When its time is over one call tries; its outcome decides.
 */
import { CIRCUIT_FAILURES_MAX, CIRCUIT_OPEN_MS } from "../../shared/core/limits.ts";

interface State {
  failures: number;
  openUntilMs: number;
}

export class Circuits {
  readonly #states = new Map<string, State>();

  /** Is it better not to ask this provider? The first to ask after the time is over is let through, alone. */
  isOpen(provider: string, nowMs: number): boolean {
    const state = this.#states.get(provider);
    if (state === undefined || state.failures < CIRCUIT_FAILURES_MAX) return false;
    if (nowMs < state.openUntilMs) return true;
    state.openUntilMs = nowMs + CIRCUIT_OPEN_MS;
    return false;
  }

  succeeded(provider: string): void {
    this.#states.delete(provider);
  }

  failed(provider: string, nowMs: number): void {
    const failures = (this.#states.get(provider)?.failures ?? 0) + 1;
    this.#states.set(provider, { failures, openUntilMs: nowMs + CIRCUIT_OPEN_MS });
  }
}
