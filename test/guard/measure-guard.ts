/**
 * How often does the guard hold honest nights, and at which generation a flywheel that eats its own answers?
 *
 *     node test/guard/measure-guard.ts 3 1     (seeds, and the first of them)
 */
import type { GuardResult } from "../../shared/guard/guard.ts";
import { corpora } from "./corpus.ts";
import { turn } from "./flywheel.ts";
import { honestNights } from "./honest-nights.ts";

const seeds = Number(process.argv[2] ?? 3);
const first = Number(process.argv[3] ?? 1);
const all = corpora();

for (const [name, corpus] of Object.entries(all)) {
  const rowsMax = Math.min(2_000, Math.floor(corpus.length * 0.8));
  const held: string[] = [];
  const worst = new Map<string, number>();
  for (let seed = first; seed < first + seeds; seed++) {
    const results = await honestNights({ corpus, seed, nights: 50, rowsMax });
    held.push(String(results.filter((result) => result.held).length));
    for (const result of results) note(worst, result);
  }
  console.log(`honest ${name}: held of 50 by seed ${held.join(" ")}`);
  print(worst);
}
for (const [name, corpus] of Object.entries(all)) {
  for (const sampling of [
    { temperature: 0.7, topK: 10 },
    { temperature: 0.85, topK: 20 },
  ]) {
    for (const rows of [60, 120, 400]) {
      const held: string[] = [];
      for (let seed = first; seed < first + seeds; seed++) {
        const results = await turn({ corpus, seed, rows, generations: 10, sampling, registered: false, feeds: true });
        held.push(firstHeld(results));
      }
      console.log(`flywheel ${name} T=${sampling.temperature} k=${sampling.topK} ${rows} rows: ${held.join(" | ")}`);
    }
  }
  const control = await turn({
    corpus,
    seed: first,
    rows: 200,
    generations: 10,
    sampling: { temperature: 1, topK: 99 },
    registered: false,
    feeds: false,
  });
  console.log(`control ${name}: held ${control.filter(({ held }) => held).length} of 11`);
}

function firstHeld(results: readonly GuardResult[]): string {
  const at = results.findIndex(({ held }) => held);
  const reasons =
    results[at]?.reasons.map(({ measure, against }) => `${measure}${against === "recent" ? "*" : ""}`) ?? [];
  return `${at}: ${reasons.join(",")}`;
}

/** Greatest worsening beyond doubt, as a part of its threshold: 1 is a hold. */
function note(worst: Map<string, number>, result: GuardResult): void {
  for (const { measure, worsening, error, threshold } of result.compared) {
    const part = (worsening - 2.33 * error) / (threshold || 1);
    worst.set(measure, Math.max(worst.get(measure) ?? Number.NEGATIVE_INFINITY, part));
  }
}

function print(worst: Map<string, number>): void {
  console.log([...worst].map(([measure, part]) => `  ${measure} ${part.toFixed(2)}`).join(""));
}
