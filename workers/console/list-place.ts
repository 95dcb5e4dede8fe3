/**
 * A place in the list of batches, as `next` names it and `since` takes it: the id of the last batch that was listed. A held
 * batch moves to the end when it is released, so that its id alone would lead past those in between: its place goes with it.
 */
import type { BatchRow } from "../../shared/store/batches.ts";

export function placeOf({ id, status, seq }: BatchRow): string {
  return status === "held" ? `${id}~${seq}` : id;
}

/** @returns seq undefined: where the batch is now */
export function readPlace(place: string): { id: string; seq?: number } {
  const [, id, seq] = /^(.+)~(\d{1,15})$/.exec(place) ?? [];
  return id === undefined ? { id: place } : { id, seq: Number(seq) };
}
