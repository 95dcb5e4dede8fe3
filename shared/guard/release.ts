/** A person lets a held batch out: who, when, why, and over which reasons. It stands in the manifest for good. */
import type { Reason } from "./guard.ts";

export interface Release {
  /** Name of the key or person that released it. */
  by: string;
  at: string;
  note: string;
  /** What it was held for. */
  over: Reason[];
}

export interface ReleaseOf {
  reasons: readonly Reason[];
  by: string;
  nowMs: number;
  note: string;
}

/** null where nothing holds the batch. */
export function releaseOf({ reasons, by, nowMs, note }: ReleaseOf): Release | null {
  if (reasons.length === 0) return null;
  return { by, at: new Date(nowMs).toISOString(), note: note.slice(0, NOTE_CHARS_MAX), over: [...reasons] };
}

const NOTE_CHARS_MAX = 1_000;
