/**
 * What to train on together with this batch. Always the earlier batches too: training on generated rows in place of real
 * ones degrades with each generation, training on both does not (Gerstgrasser et al. 2024, arXiv:2404.01413; even of a
 * fixed size, a mixture holds far longer, Kazdan et al. 2024, arXiv:2410.16713). The numbers say how many rows of which
 * batches bring what our own fine-tunes wrote down to half: rows of people first, then of base models, the newest first,
 * since the prompts of today are most like them.
 */
import { type GuardMeasures, selfWritten } from "./measures.ts";

/** A published batch, as its manifest knows it. */
export interface EarlierBatch {
  id: string;
  groundedRows: number;
  /** Rows of base models, and of our own fine-tunes. */
  baseRows: number;
  selfWrittenRows: number;
}

export interface Advice {
  /** Never replace: train on the earlier batches and this one. */
  method: "accumulate";
  /** Of this batch, written by our own fine-tunes. */
  selfWrittenRows: number;
  mix: { batch: string; rows: number; origin: "grounded" | "base model" }[];
  /** Rows that earlier batches lack: ask people for as many corrections. */
  missingRows: number;
  text: string;
}

/** Self-written rows in what is trained on, at most. No share is known to be safe; at half, the real rows lead no less. */
const SELF_WRITTEN_SHARE_MAX = 0.5;

export function adviceFor(input: { measures: GuardMeasures; earlier: readonly EarlierBatch[] }): Advice {
  const { measures } = input;
  const own = Math.round(measures.rows * selfWritten(measures, 1));
  let needed = Math.max(0, Math.ceil(own / SELF_WRITTEN_SHARE_MAX - measures.rows));
  const mix: Advice["mix"] = [];
  const newest = [...input.earlier].reverse();
  const offers = [
    ...newest.map(({ id, groundedRows }) => ({ batch: id, rows: groundedRows, origin: "grounded" as const })),
    ...newest.map(({ id, baseRows }) => ({ batch: id, rows: baseRows, origin: "base model" as const })),
  ];
  for (const offer of offers) {
    const rows = Math.min(needed, offer.rows);
    if (rows > 0) mix.push({ ...offer, rows });
    needed -= rows;
  }
  return {
    method: "accumulate",
    selfWrittenRows: own,
    mix,
    missingRows: needed,
    text: adviceText({ own, mix, needed }),
  };
}

function adviceText({ own, mix, needed }: { own: number; mix: Advice["mix"]; needed: number }): string {
  const always = "Train on the earlier batches together with this one, never on this one in their place.";
  if (own === 0) return always;
  const rows = mix.reduce((sum, part) => sum + part.rows, 0);
  const parts = [always, `${own} of its rows were written by fine-tunes of your own.`];
  if (rows > 0)
    parts.push(`Mix in at least ${rows} rows of ${new Set(mix.map(({ batch }) => batch)).size} earlier batches.`);
  if (needed > 0) parts.push(`${needed} more rows of people or base models are missing: collect corrections.`);
  return parts.join(" ");
}
