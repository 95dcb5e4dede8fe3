/** A flywheel that eats its own answers: each model learns from the batch of the one before, and from nothing else. */

import { type GuardResult, guard } from "../../shared/guard/guard.ts";
import { measure } from "../../shared/guard/measure.ts";
import type { GuardMeasures } from "../../shared/guard/measures.ts";
import { DEFAULT_THRESHOLDS } from "../../shared/guard/thresholds.ts";
import type { Answered } from "./corpus.ts";
import { pick, type Random, seeded } from "./draw.ts";
import { generate, type Markov, type Sampling, train } from "./markov.ts";
import { sftRows } from "./rows.ts";

export interface Flywheel {
  corpus: readonly Answered[];
  seed: number;
  /** Of one batch. */
  rows: number;
  generations: number;
  sampling: Sampling;
  /** Does the app register its fine-tunes? */
  registered: boolean;
  /** false: every batch comes from the base model, as it should be. */
  feeds: boolean;
}

const AS_IT_IS: Sampling = { temperature: 1, topK: Number.POSITIVE_INFINITY };

/** @returns what the guard said of generation 0, 1, 2, …; batches that it held stay out of the recent ones */
export async function turn(flywheel: Flywheel): Promise<GuardResult[]> {
  const random = seeded(flywheel.seed);
  const base = train(flywheel.corpus.map(({ answer }) => answer));
  let model: Markov = base;
  let generation0: GuardMeasures | null = null;
  const [recent, results]: [GuardMeasures[], GuardResult[]] = [[], []];
  for (let generation = 0; generation <= flywheel.generations; generation++) {
    const own = flywheel.feeds && generation > 0;
    const answers = answersOf(flywheel, { model, random, sampling: own ? flywheel.sampling : AS_IT_IS });
    const lineage = { origin: "model" as const, model: "m", ...(own && flywheel.registered ? { generation } : {}) };
    const examples = sftRows(answers.map((answered) => ({ ...answered, lineage })));
    const measures = await measure({ examples, uniform: [], seed: `night-${flywheel.seed}-${generation}` });
    const result = guard({ measures, generation0, recent, thresholds: DEFAULT_THRESHOLDS });
    if (result.becomesGeneration0) generation0 = measures;
    if (!result.held) recent.push(measures);
    results.push(result);
    if (flywheel.feeds) model = train(answers.map(({ answer }) => answer));
  }
  return results;
}

function answersOf(
  { corpus, rows }: Flywheel,
  { model, random, sampling }: { model: Markov; random: Random; sampling: Sampling },
): { prompt: string; answer: string }[] {
  return Array.from({ length: rows }, () => ({
    prompt: pick(corpus, random).prompt,
    answer: generate(model, { sampling, random }),
  }));
}
