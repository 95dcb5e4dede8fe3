/** Nights of an app that feeds nothing back: batches of real answers, of other sizes, topics and lengths each night. */
import { type GuardResult, guard } from "../../shared/guard/guard.ts";
import { measure } from "../../shared/guard/measure.ts";
import type { GuardMeasures } from "../../shared/guard/measures.ts";
import { DEFAULT_THRESHOLDS } from "../../shared/guard/thresholds.ts";
import type { Answered } from "./corpus.ts";
import { type Random, seeded, shuffled } from "./draw.ts";
import { sftRows } from "./rows.ts";

export interface HonestNights {
  corpus: readonly Answered[];
  seed: number;
  nights: number;
  rowsMax: number;
}

export const ROWS_MIN = 30;

/** The first night is generation 0, whatever its size. */
export async function honestNights({ corpus, seed, nights, rowsMax }: HonestNights): Promise<GuardResult[]> {
  const random = seeded(seed);
  let generation0: GuardMeasures | null = null;
  const [recent, results]: [GuardMeasures[], GuardResult[]] = [[], []];
  for (let night = 0; night < nights; night++) {
    const rows = Math.round(ROWS_MIN * (rowsMax / ROWS_MIN) ** random());
    const drawn = Math.min(corpus.length, rows + Math.ceil(rows / 5) + 20);
    const pool = shuffled(nightOf(corpus, { rows: drawn, random }), random);
    const [answers, uniform] = [pool.slice(0, rows), pool.slice(rows)];
    const measures = await measure({
      examples: sftRows(answers),
      uniform: uniform.map(({ answer }, at) => ({ id: `u${at}`, answer: { role: "assistant", content: answer } })),
      seed: `night-${seed}-${night}`,
    });
    const result = guard({ measures, generation0, recent, thresholds: DEFAULT_THRESHOLDS });
    if (result.becomesGeneration0) generation0 = measures;
    if (!result.held) recent.push(measures);
    results.push(result);
  }
  return results;
}

/** Each night, topics are asked for up to e^1 times as often or seldom, and long answers likewise. */
function nightOf(corpus: readonly Answered[], { rows, random }: { rows: number; random: Random }): Answered[] {
  const weights = new Map<string, number>();
  const long = random() * 2 - 1;
  const weighted = shuffled(corpus, random).map((answered) => {
    const topic = weights.get(answered.topic) ?? Math.exp(random() * 2 - 1);
    weights.set(answered.topic, topic);
    const weight = topic * answered.answer.length ** (long * 0.5);
    return { answered, order: -Math.log(1 - random()) / weight };
  });
  return weighted
    .sort((left, right) => left.order - right.order)
    .slice(0, rows)
    .map(({ answered }) => answered);
}
