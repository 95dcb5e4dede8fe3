/**
 * Counts what could not be captured, by reason. A loss is logged at once, and added to D1 as soon as
 * D1 takes it; until then the isolate holds the count. It never throws and never waits in a call's way.
 */
import type { LossReason } from "../../shared/core/loss.ts";
import { addLosses } from "../../shared/store/losses.ts";
import { type Listener, tell } from "../../shared/telemetry/tell.ts";

export class LossCounter {
  readonly #pending = new Map<LossReason, number>();
  readonly #listener: Listener;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Counts one loss and writes all that is pending; give the promise to `waitUntil`. */
  async lose(options: { reason: LossReason; error: unknown; db: D1Database; nowMs: number }): Promise<void> {
    this.#pending.set(options.reason, (this.#pending.get(options.reason) ?? 0) + 1);
    tell(this.#listener, { event: "capture_loss", reason: options.reason, error: options.error });
    await this.flush(options);
  }

  get isEmpty(): boolean {
    return this.#pending.size === 0;
  }

  async flush(options: { db: D1Database; nowMs: number }): Promise<void> {
    if (this.isEmpty) return;
    const counts = [...this.#pending];
    this.#pending.clear();
    try {
      await addLosses({ db: options.db, counts, nowMs: options.nowMs });
    } catch {
      for (const [reason, count] of counts) this.#pending.set(reason, (this.#pending.get(reason) ?? 0) + count);
    }
  }
}
