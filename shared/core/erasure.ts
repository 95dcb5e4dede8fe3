/**
 * An erasure on its way: done in parts, each of which can be done again. Of kind `age` is what an app's retention lets go: its rows
 * leave, batches that hold it stay.
 */
export type ErasureKind = "exchange" | "user" | "age";

/**
 * rows      exchanges, their records and what was said of them
 * segments  what was said of them, or by the user, in later segments; and records of them that a failed try of ingest left in a second one
 * letters   what was never taken in, under dead/ and spill/
 * batches   files of batches that hold their text
 * runs      what runs wrote down of them
 */
export const ERASURE_STEPS = ["rows", "segments", "letters", "batches", "runs"] as const;
export type ErasureStep = (typeof ERASURE_STEPS)[number];

export interface ErasureState {
  /** null: all are done. */
  step: ErasureStep | null;
  /** Within the step: the last key or number that was looked at. */
  cursor: string;
  /** Of a user, while it is under way: the names under which things of theirs are kept. */
  names: string[];
  /** Batches that had held what was erased. */
  batches: string[];
  exchanges: number;
  /** Nothing was said of them after this; null: nobody knows. */
  saidToMs: number | null;
}
