/**
 * Counts what could not be captured, by reason. A loss is logged at once, and added to D1 as soon as
 * D1 takes it; until then the isolate holds the count. It never throws and never waits in a call's way. The log
 * names the exchange; D1's count is too high where D1 counted and said that it had not, and too low only where an isolate
 * ended with counts that D1 had refused.
 */
import type { ExchangeId } from "../../shared/core/ids.ts";
import { LOSSES_WAIT_MS_MAX } from "../../shared/core/limits.ts";
import type { LossReason } from "../../shared/core/loss.ts";
import { addLosses } from "../../shared/store/losses.ts";
import { type Listener, tell } from "../../shared/telemetry/tell.ts";
import { inTime } from "./in-time.ts";

export class LossCounter {
  readonly #pending = new Map<LossReason, number>();
  readonly #listener: Listener;

  constructor(listener: Listener) {
    this.#listener = listener;
  }

  /** Counts one loss and writes all that is pending; give the promise to `waitUntil`. */
  async lose(options: {
    reason: LossReason;
    /** Of the exchange; undefined: no exchange is lost. */
    id?: ExchangeId;
    error: unknown;
    db: D1Database;
    nowMs: number;
  }): Promise<void> {
    const { reason, id, error } = options;
    this.#pending.set(reason, (this.#pending.get(reason) ?? 0) + 1);
    tell(this.#listener, { event: "capture_loss", reason, id, error });
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
      const adding = addLosses({ db: options.db, counts, nowMs: options.nowMs });
      await inTime(adding, { what: "D1", waitMs: LOSSES_WAIT_MS_MAX });
    } catch {
      for (const [reason, count] of counts) this.#pending.set(reason, (this.#pending.get(reason) ?? 0) + count);
    }
  }
}
