/** Captures that went to R2 instead of the queue: `spill/<exchange id>`, deleted once ingested. */
import type { ExchangeId } from "../core/ids.ts";

export const SPILL_PREFIX = "spill/";

export function spillKey(id: ExchangeId): string {
  return SPILL_PREFIX + id;
}
