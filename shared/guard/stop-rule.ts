/**
 * Is there anything to make a batch of? Where not, the batch is empty and says why. Only what nobody could train on stops
 * a night: a dozen labelled rows are a team's first batch, and they come out. Teams that want more say so in `minima`.
 */
import { type GuardMeasures, selfWritten } from "./measures.ts";

export interface Minima {
  /** Rows that no batch had before. */
  newRows: number;
  /** Rows that a person wrote, mended or judged. */
  groundedRows: number;
  /** From so many rows on, at least two must differ. */
  sameTextRows: number;
  /** From so many rows on, not all may be our own fine-tunes' without a person's word. */
  ownRows: number;
}

/**
 * newRows: one. groundedRows: none is asked for, since verdicts rank without labelling and the guard watches the share.
 * sameTextRows: twice what a sink takes at least (10), since few short answers may well be equal. ownRows: what a sink takes.
 */
export const DEFAULT_MINIMA: Minima = { newRows: 1, groundedRows: 0, sameTextRows: 20, ownRows: 10 };

export interface StopInput {
  newRows: number;
  /** Rows that a person wrote, mended or judged (a thumb, a rating): more than `measures.groundedRows`. */
  groundedRows: number;
  measures: Pick<GuardMeasures, "rows" | "differentTexts" | "selfWrittenShare">;
  minima: Minima;
}

export type Stop = { stop: false } | { stop: true; because: string };

export function stopRule({ newRows, groundedRows, measures, minima }: StopInput): Stop {
  const { rows, differentTexts } = measures;
  if (newRows < minima.newRows) {
    return stopped(`too little is new: ${newRows} rows that no batch had before, ${minima.newRows} are needed`);
  }
  if (groundedRows < minima.groundedRows) {
    return stopped(`too little is grounded: people spoke of ${groundedRows} rows, ${minima.groundedRows} are needed`);
  }
  if (rows >= minima.sameTextRows && differentTexts <= 1) {
    return stopped(`nothing is diverse: all ${rows} rows teach the same text`);
  }
  if (rows >= minima.ownRows && groundedRows === 0 && selfWritten(measures, 1) >= 1) {
    return stopped(
      `nothing is grounded: fine-tunes of your own wrote all ${rows} rows, and no person said a word on them`,
    );
  }
  return { stop: false };
}

function stopped(because: string): Stop {
  return { stop: true, because };
}
